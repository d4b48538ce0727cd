import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../run/sample.ts'
import { finesse, needsBuild } from './cli.ts'

const CSV = 'id;text;label\n1;" one <b>two</b>";a\n2;three;b\n3;<br>;a\n4;three;b\n5;four;\n'

test('a file is written anew as it was, its texts cleaned', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'rows.csv')
  writeFileSync(file, CSV)
  const out = join(folder, 'clean.csv')
  const { code, out: said, err } = finesse(['clean', file, '-o', out, '--clean', 'all'])
  assert.equal(code, 0, err)
  assert.equal(readFileSync(out, 'utf8'), 'id;text;label\n1;one two;a\n2;three;b\n')
  assert.match(said, /html +2 {2}/)
  assert.match(said, /clean\.csv: 2 of 5 rows of .*rows\.csv written\.\n$/)
  assert.deepEqual(readdirSync(folder).sort(), ['clean.csv', 'rows.csv'])
})

test('JSON lines keep their values', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'rows.jsonl')
  writeFileSync(
    file,
    '{"text":" one ","label":1,"more":[true,null]}\n{"text":"two words","label":2,"more":0.5}\n{"text":"more words","label":1}\n{"text":"some words","label":2}\n',
  )
  const out = join(folder, 'clean.jsonl')
  const { code, err } = finesse(['clean', file, '--out', out])
  assert.equal(code, 0, err)
  assert.equal(
    readFileSync(out, 'utf8'),
    '{"text":"one","label":1,"more":[true,null]}\n{"text":"two words","label":2,"more":0.5}\n{"text":"more words","label":1}\n{"text":"some words","label":2}\n',
  )
})

test('a dry run shows rows before and after and writes nothing', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'rows.csv')
  writeFileSync(file, CSV)
  const { code, out } = finesse(['clean', file, '--dry-run', '--clean', 'default,html'])
  assert.equal(code, 0)
  assert.match(out, /Row 1: html, whitespace\n {2}- " one <b>two<\/b>"\n {2}\+ "one two"\n/)
  assert.match(out, /Row 3: html, whitespace, left out: empty\n/)
  assert.match(out, /5 rows, of which 3 would stay\. Nothing was written\.\n$/)
  assert.deepEqual(readdirSync(folder), ['rows.csv'])
  const json: unknown = JSON.parse(finesse(['clean', file, '--dry-run', '--json']).out)
  assert.ok(typeof json === 'object' && json !== null && 'rows' in json && json.rows === 5)
})

test('what would lose or overwrite something is refused in a line', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'rows.csv')
  writeFileSync(file, CSV)
  const refused = (args: readonly string[], message: RegExp): void => {
    const { code, err } = finesse(['clean', file, ...args])
    assert.ok(code === 1 || code === 2, `${code}`)
    assert.match(err, message)
    assert.equal(err.trim().split('\n').length, 1)
  }
  refused([], /say where to write with -o FILE, or --dry-run/)
  refused(['-o', file], /is the file that is read; name another/)
  refused(['-o', join(folder, 'a.xlsx')], /only CSV, TSV and JSONL can be written/)
  refused(['-o', join(folder, 'none', 'a.csv')], /cannot be written: no such file or folder/)
  refused(['--dry-run', '--clean', 'htm'], /no step "htm"; did you mean html\?/)
  assert.equal(readFileSync(file, 'utf8'), CSV)
  assert.ok(!existsSync(join(folder, 'a.xlsx')))
})
