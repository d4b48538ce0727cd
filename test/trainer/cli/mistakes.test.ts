import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../../run/sample.ts'
import { needsBuild } from './cli.ts'
import { refuses } from './refuses.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url))

/** 40 rows of two labels that could be trained on. */
const sound = `text,label\n${Array.from({ length: 40 }, (_, i) => `this is sentence ${i},${i % 2 ? 'odd' : 'even'}`).join('\n')}\n`

const rows = (row: (i: number) => string, count = 40): string =>
  `text,label\n${Array.from({ length: count }, (_, i) => row(i)).join('\n')}\n`

interface Mistake {
  readonly what: string
  /** Written to data.csv; null: there is no such file. */
  readonly content: string | Uint8Array | null
  readonly names: readonly (string | RegExp)[]
}

const MISTAKES: readonly Mistake[] = [
  { what: 'no such file', content: null, names: ['data.csv'] },
  { what: 'an empty file', content: '', names: ['data.csv', 'empty'] },
  { what: 'a header alone', content: 'text,label\n', names: ['data.csv'] },
  {
    what: 'a binary file',
    content: Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) & 255),
    names: ['data.csv'],
  },
  {
    what: 'one column',
    content: rows((i) => `sentence ${i}`).replace(',label', ''),
    names: ['data.csv', 'column'],
  },
  { what: 'one label', content: rows((i) => `sentence ${i},same`), names: ['data.csv', 'label', 'same'] },
  {
    what: 'a label column of a thousand distinct values',
    content: rows((i) => `sentence number ${i},value ${i}`, 1000),
    names: ['data.csv', '"label"', '1,000', 'another column of labels'],
  },
  {
    what: 'all texts equal',
    content: rows((i) => `the same words,${i % 2 ? 'a' : 'b'}`),
    names: ['data.csv', '"text"', 'another column of texts'],
  },
]

const mistaken = (t: TestContext, { content }: Mistake): string => {
  const folder = temporaryFolder(t)
  if (content !== null) writeFileSync(join(folder, 'data.csv'), content)
  writeFileSync(join(folder, 'mine.txt'), 'kept')
  return folder
}

for (const mistake of MISTAKES)
  test(`train: ${mistake.what}`, { skip: needsBuild }, (t) => {
    refuses(mistaken(t, mistake), ['train', 'data.csv'], 1, ...mistake.names)
  })

for (const mistake of MISTAKES.slice(0, 5))
  test(`profile: ${mistake.what}`, { skip: needsBuild }, (t) => {
    refuses(mistaken(t, mistake), ['profile', 'data.csv'], 1, ...mistake.names)
  })

test('a folder in place of a file', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'data'))
  refuses(folder, ['train', 'data'], 1, 'data', 'folder')
})

test('a column that is not there', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'data.csv'), sound)
  refuses(folder, ['train', 'data.csv', '--text', 'txt'], 2, 'Text "txt"', 'data.csv', 'did you mean "text"?')
  refuses(
    folder,
    ['profile', 'data.csv', '--label', 'lable'],
    2,
    'Label "lable"',
    'data.csv',
    'did you mean "label"?',
  )
})

test('a model folder without a tokenizer', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'data.csv'), sound)
  mkdirSync(join(folder, 'model', 'onnx'), { recursive: true })
  writeFileSync(join(folder, 'model', 'config.json'), '{"model_type":"bert"}')
  cpSync(join(fixtures, 'onnx', 'types.onnx'), join(folder, 'model', 'onnx', 'model.onnx'))
  refuses(folder, ['train', 'data.csv', '--model', 'model'], 1, 'model', 'tokenizer.json')
})

test('a model folder with a truncated or no ONNX file', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'data.csv'), sound)
  cpSync(join(fixtures, 'tokenizer', 'wordpiece'), join(folder, 'model'), { recursive: true })
  refuses(folder, ['train', 'data.csv', '--model', 'model'], 1, 'model', 'onnx')
  mkdirSync(join(folder, 'model', 'onnx'))
  const whole = readFileSync(join(fixtures, 'onnx', 'types.onnx'))
  for (const length of [0, 1, Math.floor(whole.length / 2), whole.length - 1]) {
    writeFileSync(join(folder, 'model', 'onnx', 'model.onnx'), whole.subarray(0, length))
    refuses(folder, ['train', 'data.csv', '--model', 'model'], 1, 'model.onnx')
  }
})

test('a model that is nowhere', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'data.csv'), sound)
  refuses(folder, ['train', 'data.csv', '--model', './no/such/model'], 1, './no/such/model')
})

test('an output folder that cannot be written', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'data.csv'), sound)
  writeFileSync(join(folder, 'file'), 'kept')
  refuses(folder, ['train', 'data.csv', '--out', 'file'], 1, 'file', 'choose another folder')
  refuses(folder, ['train', 'data.csv', '--out', join('file', 'runs')], 1, 'file', 'choose another folder')
})

test('a wrong option value, a wrong option, a wrong command', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'data.csv'), sound)
  refuses(folder, ['train', 'data.csv', '--epochs', 'many'], 2, '--epochs', 'whole number')
  refuses(folder, ['train', 'data.csv', '--strategy', 'last:0'], 2, '--strategy', 'last:N')
  refuses(folder, ['train', 'data.csv', '--set', 'lr=0'], 2, '--set lr', 'above 0')
  refuses(folder, ['train', 'data.csv', '--epoch', '3'], 2, 'did you mean --epochs?')
  refuses(folder, ['train'], 2, 'FILE')
  refuses(folder, ['train', 'data.csv', 'other.csv'], 1, 'other.csv')
  refuses(folder, ['train', '*.tsv'], 1, '*.tsv', 'no file')
  refuses(folder, ['train', 'data.csv', '--folds', '1'], 2, '--folds', '2 or more')
  refuses(folder, ['train', 'data.csv', '--folds', '5', '--test', 'data.csv'], 2, 'test file')
  refuses(folder, ['train', 'data.csv', '--label', 'label', '--split-column', 'label'], 2, 'Split', '"label"')
  refuses(folder, ['train', 'data.csv', '--text-pair', 'txt'], 2, 'Second text', 'did you mean "text"?')
  const parts = Array.from({ length: 9 }, (_, i) => `text ${i},${i % 2},${i === 2 ? 'unused' : 'train'}\n`)
  writeFileSync(join(folder, 'split.csv'), `text,label,part\n${parts.join('')}`)
  refuses(folder, ['train', 'split.csv', '--split-column', 'part'], 1, 'split.csv row 3', '"unused"')
  writeFileSync(join(folder, 'other.csv'), sound.replace('text', 'body'))
  refuses(folder, ['train', 'data.csv', 'other.csv'], 1, 'other.csv', '"text"', 'data.csv')
  refuses(folder, ['tarin', 'data.csv'], 2, 'did you mean finesse train?')
  refuses(folder, ['train', 'data.csv', '--config', 'none.json'], 1, 'none.json')
})

test('a run that is not there', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'empty'))
  for (const command of ['resume', 'evaluate', 'predict']) {
    refuses(folder, [command, 'nothing'], 1, 'nothing', 'finesse runs')
    refuses(folder, [command, 'empty'], 1, 'empty', 'run.json')
  }
  refuses(folder, ['export', 'nothing', 'out'], 1, 'nothing')
  refuses(folder, ['compare', 'nothing', 'nothing'], 1, 'nothing')
})
