import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { width } from '../../../src/trainer/cli/format.ts'
import { isSimplifiedChinese, localeOf } from '../../../src/trainer/cli/language.ts'
import { finesse, needsBuild } from './cli.ts'

const language = 'zh-CN'
const reviews = fileURLToPath(new URL('../../../media/samples/reviews.csv', import.meta.url))
const folder = (): string => mkdtempSync(join(tmpdir(), 'finesse-chinese-'))

/** Four words of English in a row, which no name, no command and no list of values is. */
const english = (text: string): readonly string[] =>
  text.replaceAll(/finesse [a-z-]+/g, '').match(/[A-Za-z]+(?:[,;:]? [A-Za-z]+){3,}/g) ?? []

suite('the language of the command line', () => {
  const none = () => 'en-GB'
  test('is that of the first variable that says one, else that of the system', () => {
    assert.equal(localeOf({ FINESSE_LANG: 'zh', LC_ALL: 'C' }, none), 'zh')
    assert.equal(localeOf({ LC_ALL: '', LC_MESSAGES: 'zh_CN.UTF-8', LANG: 'de' }, none), 'zh_CN.UTF-8')
    assert.equal(localeOf({ LANG: 'de' }, none), 'de')
    assert.equal(localeOf({}, none), 'en-GB')
  })
  test('is Chinese where Simplified Chinese is read', () => {
    for (const locale of ['zh', 'zh-CN', 'zh-cn', 'zh_CN.UTF-8', 'zh-Hans', 'zh-Hans-SG', 'zh_SG'])
      assert.ok(isSimplifiedChinese(locale), locale)
    for (const locale of ['en', 'C', 'C.UTF-8', 'de_DE', 'zh-TW', 'zh_TW.UTF-8', 'zh-Hant-HK', 'zha'])
      assert.ok(!isSimplifiedChinese(locale), locale)
  })
})

suite('the command line in Chinese', { skip: needsBuild }, () => {
  test('a training says nothing in English, and its table is aligned', () => {
    const { code, out, err } = finesse(['train', reviews, '--epochs', '1'], { cwd: folder(), language })
    assert.equal(code, 0, err)
    assert.deepEqual(english(out + err), [])
    assert.match(err, /训练集 \d+ 行，验证集 \d+ 行，测试集 \d+ 行；2 个标签。/)
    assert.match(out, /之后：微调模型/)
    const lines = out.split('\n').slice(1, 6)
    assert.match(lines[0] ?? '', /准确率/)
    assert.equal(new Set(lines.map(width)).size, 1, lines.join('\n'))
  })

  test('help', () => {
    const overview = finesse(['--help'], { language }).out
    const names = [...overview.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, name]) => name ?? '')
    assert.equal(names.length, 17)
    for (const out of [overview, ...names.map((name) => finesse([name, '--help'], { language }).out)]) {
      const words = out.replaceAll(/^ {2}(?:finesse|echo) .*$/gm, '')
      assert.match(words, /用法：/)
      assert.deepEqual(english(words), [])
      for (const line of words.split('\n')) assert.ok(width(line) <= 100, `${width(line)}: ${line}`)
    }
  })

  test('options, profile and doctor', () => {
    for (const words of [['options'], ['options', 'warmup'], ['profile', reviews], ['doctor']]) {
      const { out, err } = finesse(words, { cwd: folder(), language })
      assert.deepEqual(english(`${out}${err}`.replace(/^处理器.*$/m, '')), [], words.join(' '))
      assert.match(out, /[，：]/)
    }
  })

  test('mistakes', () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'odd.csv'), 'text,label\na fine day,x\na bad day,x\n')
    for (const [words, said] of [
      [['trian'], 'finesse: 没有命令 trian；您是否想用 finesse train？\n'],
      [['train'], 'finesse: finesse train：缺少 FILE；请参阅 finesse train --help\n'],
      [['train', 'none.csv'], 'finesse: none.csv 不存在：请检查路径\n'],
      [['train', 'odd.csv', '--epochs', '0'], 'finesse: --epochs 0 无效；可取值：不小于 1 的整数，或 auto\n'],
      [
        ['train', 'odd.csv'],
        'finesse: odd.csv：“label”列的全部 2 行都是同一个标签“x”；训练需要两个或更多标签\n',
      ],
    ] as const) {
      const { code, err } = finesse(words, { cwd, language })
      assert.ok(code === 1 || code === 2)
      assert.equal(err, said)
    }
  })

  test('what programs read stays as it is', () => {
    const events = (options: { language: string }) =>
      finesse(['doctor', '--json'], options)
        .out.trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line))
        .map((finding) =>
          typeof finding === 'object' && finding !== null && 'name' in finding ? finding.name : null,
        )
    assert.deepEqual(events({ language }), events({ language: 'en' }))
  })
})
