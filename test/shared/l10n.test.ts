import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { suite, test } from 'node:test'
import { WAYS } from '../../src/shared/augmentation.ts'
import { CLEAN_STEPS } from '../../src/shared/clean-steps.ts'
import { aboutOption, OPTION_NAMES } from '../../src/shared/config.ts'
import { OPTION_GROUPS } from '../../src/shared/option.ts'
import { textsOf } from './translated-texts.ts'

const root = new URL('../../', import.meta.url).pathname
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const readTexts = (path: string): Record<string, string> => JSON.parse(read(path))

const sourcesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))

const texts = new Map(
  [...sourcesIn('src'), ...sourcesIn('webview')].map((path) => [path, textsOf(read(path))]),
)
const bundle = readTexts('l10n/bundle.l10n.zh-cn.json')
const holes = (text: string): string[] => [...new Set(text.match(/\{\d+\}/g))].sort()

suite('texts in Chinese', () => {
  test('no text is put together from others', () => {
    for (const [path, { translated }] of texts)
      for (const { key, line, nested } of translated) assert.ok(!nested, `${path}:${line}: ${key}`)
  })

  test('every text that is shown has one', () => {
    const missing = [...texts].flatMap(([path, { translated }]) =>
      translated
        .filter(({ key }) => bundle[key] === undefined)
        .map(({ key, line }) => `${path}:${line}: ${key}`),
    )
    assert.deepEqual(missing, [])
  })

  test('what is told of a mistake is such a text', () => {
    const plain = [...texts.keys()].flatMap((path) =>
      [...read(path).matchAll(/new UserError\(\s*['"`].*/g)].map(([found]) => `${path}: ${found}`),
    )
    assert.deepEqual(plain, [])
  })

  test('every text of a table has one', () => {
    const told = OPTION_NAMES.map(aboutOption).flatMap(({ short, allowed, meaning, reason }) => [
      short,
      allowed,
      meaning,
      reason,
    ])
    const steps = [...Object.values(CLEAN_STEPS).map(({ what }) => what), ...Object.values(WAYS)]
    assert.deepEqual(
      [...told, ...steps, ...Object.values(OPTION_GROUPS)].filter((text) => bundle[text] === undefined),
      [],
    )
  })

  test('every one is of a text that there is', () => {
    const known = new Set<string>()
    for (const { translated, strings } of texts.values()) {
      for (const { key } of translated) known.add(key)
      for (const text of strings) known.add(text)
    }
    assert.deepEqual(
      Object.keys(bundle).filter((key) => !known.has(key)),
      [],
    )
  })

  test('every one has the same values, and is no longer English', () => {
    for (const [key, text] of Object.entries(bundle)) {
      assert.deepEqual(holes(text), holes(key), key)
      if (/[a-z]{3}.* .*[a-z]{3}/i.test(key.replace(/\{\d+\}/g, ''))) assert.notEqual(text, key)
    }
  })

  test('keys are sorted', () => {
    const keys = Object.keys(bundle)
    assert.deepEqual(keys, keys.toSorted())
  })
})

suite('texts of the manifest', () => {
  const manifest = read('package.json')
  const used = new Set([...manifest.matchAll(/"%([\w.-]+)%"/g)].map((match) => match[1] ?? ''))
  for (const path of ['package.nls.json', 'package.nls.zh-cn.json'])
    test(`${path} has just those that package.json names`, () => {
      assert.deepEqual(Object.keys(readTexts(path)).sort(), [...used].sort())
    })

  test('nothing that a person reads is written in package.json itself', () => {
    const inPlace: string[] = []
    const read = new Set([
      'title',
      'displayName',
      'description',
      'markdownDescription',
      'contents',
      'label',
      'name',
    ])
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return
      for (const [key, inner] of Object.entries(value)) {
        // What a language model is told is English.
        if (key === 'inputSchema') continue
        if (typeof inner === 'string' && read.has(key) && !/^(%[\w.-]+%|Finesse)$/.test(inner))
          inPlace.push(`${path}.${key}: ${inner}`)
        visit(inner, `${path}.${key}`)
      }
    }
    visit(JSON.parse(manifest).contributes, 'contributes')
    assert.deepEqual(
      inPlace.filter((line) => !/^contributes\.languageModelTools\.\d+\.(name|modelDescription)/.test(line)),
      [],
    )
  })
})

suite('reading texts from a source', () => {
  const keys = (source: string): string[] => textsOf(source).translated.map(({ key }) => key)

  test('a text with values, templates within them, and escapes', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
    assert.deepEqual(keys('t`${rows} rows of ${`${a}${{ b: 1 }.b}`} \\`x\\` \\u00e9`'), [
      '{0} rows of {1} `x` é',
    ])
  })
  test('not another tag, a comment, a string, a regular expression', () => {
    assert.deepEqual(keys("css`a` // t`b`\n/* t`c` */ x = 't`d`'; y = /t`e`[/]/; z.t`f`; at`g`; t`h`"), ['h'])
  })
  test('a division is no regular expression, an end of a tag neither', () => {
    assert.deepEqual(keys("a = b / 2 + t`one` / 3\n<p a={1} />{t`two`}</p>; don't; t`three`"), [
      'one',
      'two',
      'three',
    ])
  })
  test('a text within a value of a text', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
    const { translated } = textsOf('t`a ${b ? t`c` : `d ${t`e`}`}`')
    assert.deepEqual(
      translated.map(({ key, nested }) => [key, nested]),
      [
        ['c', true],
        ['e', true],
        ['a {0}', false],
      ],
    )
  })
})
