import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { encodingSentence, findEncoding, readText } from '../../src/data/decode.ts'
import { createEncodingJudge, type Encoding } from '../../src/data/encoding.ts'
import { openTable } from '../../src/data/table.ts'
import { UserError } from '../../src/shared/error.ts'
import { needsShared, shared } from '../shared.ts'
import { encode, encodingTable } from './encode.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-encoding-'))
after(() => rmSync(folder, { recursive: true }))

const file = (content: Uint8Array, name = 'text.csv'): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const CHINESE = [
  '这家店的菜很好吃，送餐也快，下次还会点。',
  '等了两个小时才送到，饭都凉了，差评！',
  '味道一般般，分量太少了',
  '服务态度不错，推荐给大家',
]
const WESTERN = [
  'Le café était très agréable, à recommander',
  'Das Essen war kalt und der Kellner unhöflich – schade, 12 €',
  '¿Qué tal? Muy señorial, niño “bueno”',
  'L’été dernier… déçu',
]
const ENCODINGS: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'windows-1252']

const tableOf = (texts: readonly string[]): string =>
  `text,label\r\n${texts.map((text, i) => `"${text}",${i % 2 ? 'b' : 'a'}`).join('\r\n')}\r\n`

test('the encoding is found by content and said in one line', async () => {
  for (const [texts, encodings] of [
    [CHINESE, ['utf-8', 'utf-16le', 'utf-16be', 'gb18030']],
    [WESTERN, ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']],
  ] as const) {
    for (const encoding of encodings) {
      for (const mark of encoding === 'windows-1252' ? [false] : [false, true]) {
        const path = file(encode((mark ? '\ufeff' : '') + tableOf(texts), encoding))
        const table = await openTable(path)
        assert.equal(table.format.encoding, encoding)
        assert.equal(table.format.bom, mark)
        const read: string[] = []
        for await (const { cells } of table.rows()) read.push(cells[0] ?? '')
        assert.deepEqual(read, texts)
        assert.equal(table.said.length, encoding === 'utf-8' ? 0 : 1)
        if (encoding !== 'utf-8')
          assert.match(table.said[0] ?? '', mark ? /by its byte order mark/ : /by its content/)
      }
    }
  }
  assert.equal(encodingSentence('a.csv', { encoding: 'utf-8', mark: false }), null)
})

test('text comes back from each encoding, whatever the size of a chunk', async () => {
  const anyText = fc.array(
    fc.constantFrom(...'aZ ,"\n\t0é中的很好，。😀€ßÿ\u3000〇龥', '\r\n', 'Œ', '㐀', '\u{20000}'),
    { maxLength: 60 },
  )
  const western = fc.array(fc.constantFrom(...'aZ ,"\n0éàüßÿñ€“”’…Œž', '\r\n'), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ENCODINGS),
      anyText,
      western,
      fc.integer({ min: 1, max: 40 }),
      async (encoding, all, latin, chunkBytes) => {
        const text = (encoding === 'windows-1252' ? latin : all).join('')
        const path = file(encode(text, encoding))
        let read = ''
        for await (const piece of readText(path, chunkBytes, encoding)) read += piece
        assert.equal(read, text)
      },
    ),
    { seed: 3, numRuns: 400 },
  )
})

test('a judge says the same whatever the pieces it is given', () => {
  const samples = [...CHINESE, ...WESTERN].flatMap((text) =>
    ENCODINGS.filter((encoding) => encodingTable(encoding, text)).map((encoding) =>
      encode(tableOf([text, 'plain', text]), encoding),
    ),
  )
  const judged = (bytes: Uint8Array, size: number) => {
    const judge = createEncodingJudge()
    for (let i = 0; i < bytes.length; i += size) if (judge.push(bytes.subarray(i, i + size))) break
    return judge.end()
  }
  for (const bytes of samples)
    for (const size of [1, 2, 3, 7, 64])
      assert.equal(judged(bytes, size), judged(bytes, bytes.length), `${size}`)
})

test('a text in which one letter is not ASCII, far behind the beginning', async () => {
  const rows = 'a plain text,x\n'.repeat(60_000)
  const found = async (tail: Uint8Array) =>
    (await findEncoding(file(Buffer.concat([Buffer.from(`text,label\n${rows}`), tail])))).encoding
  assert.equal(await found(Buffer.from('caf\xe9,x\n', 'latin1')), 'windows-1252')
  assert.equal(await found(Buffer.from([0xd6, 0xd0, 0x2c, 0x78, 0x0a])), 'gb18030')
  assert.equal(await found(Buffer.from('中,x\n')), 'utf-8')
  assert.equal(await found(Buffer.from('x,y\n')), 'utf-8')
})

test('what is none of these is refused with its line, never guessed', async () => {
  const refused = async (content: Uint8Array, line: number) => {
    const path = file(content, 'refused.csv')
    await assert.rejects(
      async () => {
        for await (const row of (await openTable(path)).rows()) assert.ok(row)
      },
      (error) => {
        assert.ok(error instanceof UserError, String(error))
        assert.ok(error.message.startsWith(`${path} line ${line.toLocaleString('en-US')}: `), error.message)
        assert.match(error.message, /save/)
        return true
      },
    )
  }
  const russian = Buffer.from('text,label\nxxxxxx xxxxxxxx,a\n')
  const cyrillic = [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x20, 0xf5, 0xee, 0xf0, 0xee, 0xf8, 0xe8, 0xe9]
  await refused(Buffer.concat([russian, Buffer.from(cyrillic), Buffer.from(',b\n')]), 3)
  // Korean (EUC-KR), Japanese (Shift-JIS), Polish (Windows-1250).
  const korean = Buffer.from(
    'c0ccbfebc0dac0c720c8c4b1e2b4c220b8c5bfec20c1c1bec6bfe4b0a1b3aab4d9b6f3b8b6b9d9bbe7',
    'hex',
  )
  await refused(Buffer.concat([Buffer.from('text,label\n'), korean, Buffer.from(',b\n')]), 2)
  const japanese = Buffer.from('82b182cc8358836683429682c682c482e082e682a9c182bd', 'hex')
  await refused(Buffer.concat([Buffer.from('text,label\n'), japanese, Buffer.from(',b\n')]), 2)
  await refused(Buffer.from('text,label\nbardzo ma\xb3e i \x9cwie\xbfe, zupe\xb3nie z\xb3e,b\n', 'latin1'), 2)
  // Damaged UTF-8, and a file cut off in the middle of a character.
  await refused(
    Buffer.concat([Buffer.from('text,label\n很好的店,a\n味道'), Buffer.from([0xff]), Buffer.from('好,b\n')]),
    3,
  )
  await refused(Buffer.from('text,label\na,中').subarray(0, -1), 2)
  // Behind the sample of an encoding that was found.
  const long = encode(tableOf(Array.from({ length: 3000 }, (_, i) => `${CHINESE[i % 4]}`)), 'gb18030')
  await refused(Buffer.concat([long, Buffer.from([0xff, 0xff]), Buffer.from(',a\n')]), 3002)
})

test('a Chinese data set is found in GB18030 and UTF-16, and reads the same', {
  skip: needsShared,
}, async () => {
  const path = shared('datasets/waimai_10k/train.csv')
  let text = ''
  for await (const piece of readText(path)) text += piece
  for (const encoding of ['gb18030', 'utf-16le', 'utf-16be'] as const) {
    const other = file(encode(text, encoding))
    assert.deepEqual(await findEncoding(other), { encoding, mark: false })
    let read = ''
    for await (const piece of readText(other)) read += piece
    assert.ok(read === text)
  }
})

test('every single row of a Chinese data set is enough', { skip: needsShared }, async () => {
  const table = await openTable(shared('datasets/waimai_10k/train.csv'))
  let wrong = 0
  let all = 0
  for await (const { cells } of table.rows()) {
    const judge = createEncodingJudge()
    judge.push(encode(`text,label\n${cells[0]},a\n`, 'gb18030'))
    if (!/[^\0-\x7f]/.test(cells[0] ?? '')) continue
    all++
    if (judge.end() !== 'gb18030') wrong++
  }
  assert.ok(wrong <= all / 200, `${wrong} of ${all}`)
})
