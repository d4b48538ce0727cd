import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { packFor, targets } from '../../scripts/package.mjs'
import { openZip } from '../../src/data/zip.ts'

/** The libraries of each target's package, all of them. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  'linux-x64': ['libonnxruntime.so.1', 'onnxruntime_binding.node'],
  'linux-arm64': ['libonnxruntime.so.1', 'onnxruntime_binding.node'],
  'darwin-arm64': ['libonnxruntime.1.dylib', 'onnxruntime_binding.node'],
  'win32-x64': ['directml.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll', 'onnxruntime_binding.node'],
  'win32-arm64': [
    'directml.dll',
    'dxcompiler.dll',
    'dxil.dll',
    'onnxruntime.dll',
    'onnxruntime_binding.node',
  ],
}
/** What is surely not native. A new kind of file is to be thought about once. */
const plain = /\.(js|cjs|css|json|md|txt|csv|onnx|svg|png|xml|vsixmanifest|ttf)$|\/license$/
const wanted = [
  'extension/package.json',
  'extension/package.nls.json',
  'extension/package.nls.zh-cn.json',
  'extension/l10n/bundle.l10n.zh-cn.json',
  'extension/readme.md',
  'extension/changelog.md',
  'extension/license.txt',
  'extension/dist/cli.js',
  'extension/dist/extension.cjs',
  'extension/dist/page.js',
  'extension/media/models/static-en/onnx/model.onnx',
  'extension/media/samples/reviews.csv',
]
const LARGEST = 60 * 2 ** 20

suite('the packages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-vsix-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('are for the platforms that there is a library for', () => {
    assert.deepEqual([...targets].sort(), Object.keys(libraries).sort())
  })

  for (const target of targets)
    test(`${target}: its own libraries and no others, under 60 MB`, async (t) => {
      const path = await packFor(target, join(folder, `${target}.vsix`))
      const { size } = statSync(path)
      t.diagnostic(`${target}: ${(size / 2 ** 20).toFixed(1)} MB`)
      assert.ok(size < LARGEST)
      const names = [...(await openZip(path)).entries.keys()].sort()
      const at = `extension/node_modules/onnxruntime-node/bin/napi-v6/${target.replace('-', '/')}/`
      assert.deepEqual(
        names.filter((name) => !plain.test(name)),
        libraries[target]?.map((name) => at + name),
      )
      for (const name of wanted) assert.ok(names.includes(name), name)
      const known =
        /^(\[content_types\]\.xml|extension\.vsixmanifest|extension\/(dist|media|l10n)\/|extension\/[^/]+$)/
      const modules = /^extension\/node_modules\/onnxruntime-(node|common)\//
      assert.deepEqual(
        names.filter((name) => !known.test(name) && !modules.test(name)),
        [],
      )
    })
})
