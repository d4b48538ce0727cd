// A WebGPU adapter for machines without a GPU: SwiftShader, Vulkan on the processor, and Vulkan's loader. Both are
// taken out of an npm package that carries a browser, kept in .cache/, and never part of what Finesse ships.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { root, runNpm } from './setup.mjs'

const PACKAGE = '@sparticuz/chromium'
const VERSION = '153.0.0'
const INTEGRITY =
  'sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=='
const DRIVER = 'vk_swiftshader_icd.json'
const FILES = ['libvk_swiftshader.so', 'libvulkan.so.1', DRIVER]

const parent = join(root, '.cache', 'webgpu')
const folder = join(parent, VERSION)

/** The variables under which onnxruntime finds the adapter, or why there is none; says which in one line. */
export function webgpuAdapter() {
  const missing = fetchAdapter()
  if (missing) return { missing }
  console.log(
    `WebGPU adapter for the tests: SwiftShader of ${PACKAGE} ${VERSION}, in ${relative(root, folder)}`,
  )
  const driver = join(folder, DRIVER)
  const libraries = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter)
  // The second name is for loaders older than the one that comes with it.
  return { env: { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: libraries } }
}

/** Why it can't be had, or null once it is there. */
function fetchAdapter() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `the software adapter is for linux-x64, not ${process.platform}-${process.arch}`
  if (existsSync(folder)) return null
  mkdirSync(parent, { recursive: true })
  const work = mkdtempSync(join(parent, 'new-'))
  try {
    const { status } = runNpm(
      ['pack', `${PACKAGE}@${VERSION}`, '--pack-destination', work, '--silent', '--fetch-retries=1'],
      { cwd: work, stdio: ['ignore', 'ignore', 2] },
    )
    if (status !== 0) return `npm could not fetch ${PACKAGE}@${VERSION}`
    const archive = join(work, `${PACKAGE.slice(1).replace('/', '-')}-${VERSION}.tgz`)
    const bytes = readFileSync(archive)
    if (`sha512-${createHash('sha512').update(bytes).digest('base64')}` !== INTEGRITY)
      return `what npm fetched as ${PACKAGE}@${VERSION} is not the package that was chosen`
    const inner = readTar(gunzipSync(bytes)).get('package/bin/swiftshader.tar.br')
    const files = readTar(brotliDecompressSync(inner))
    for (const name of FILES) writeFileSync(join(work, name), files.get(name))
    rmSync(archive)
    // In one step: the folder is there or complete. Whoever else fetched it meanwhile has the same.
    if (!existsSync(folder)) renameSync(work, folder)
    return null
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** The files of a tar archive by their names: blocks of 512 bytes, a header (name, size in octal at 124) before each file. */
function readTar(bytes) {
  const text = (from, to) => bytes.toString('latin1', from, to).replace(/\0.*$/s, '')
  const files = new Map()
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, at + 136), 8)
    files.set(text(at, at + 100), bytes.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { missing } = webgpuAdapter()
  if (missing) {
    console.error(`No WebGPU adapter: ${missing}`)
    process.exit(1)
  }
}
