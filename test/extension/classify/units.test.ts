import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Unit, unitsOf } from '../../../src/extension/classify/units.ts'

const KINDS = ['line', 'sentence', 'paragraph'] as const
const texts = (units: readonly Unit[]): string[] => units.map(({ text }) => text)

describe('units of a text', () => {
  it('are lines without those that are blank', () => {
    const text = 'one\n\n  two \r\n\t\rthree'
    const units = unitsOf(text, 'line')
    assert.deepEqual(texts(units), ['one', 'two', 'three'])
    assert.deepEqual(
      units.map(({ start, end }) => text.slice(start, end)),
      ['one', 'two', 'three'],
    )
  })

  it('are paragraphs, of which the model reads line breaks as spaces', () => {
    const text = 'one\ntwo\n\n \nthree\r\nfour\r\n\r\n'
    assert.deepEqual(texts(unitsOf(text, 'paragraph')), ['one two', 'three  four'])
  })

  it('are sentences, over line breaks and in other scripts', () => {
    const text = 'A line\nbreak. Then more!\n\n这家店很好。服务也不错！'
    const units = unitsOf(text, 'sentence')
    assert.deepEqual(texts(units), ['A line break.', 'Then more!', '这家店很好。', '服务也不错！'])
    assert.equal(text.slice(units[0]?.start, units[0]?.end), 'A line\nbreak.')
  })

  it('stand in order, do not overlap, begin and end in text, and leave nothing out', () => {
    const piece = fc.constantFrom(
      'a',
      'Word. ',
      ' ',
      '\n',
      '\r\n',
      '\r',
      '\t',
      '。',
      '! ',
      '😀',
      '\u2028',
      'b c',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom(...KINDS), (pieces, kind) => {
        const text = pieces.join('')
        let last = 0
        let rest = ''
        for (const { start, end, text: read } of unitsOf(text, kind)) {
          assert.ok(start >= last && end > start && end <= text.length)
          rest += text.slice(last, start)
          const unit = text.slice(start, end)
          assert.equal(unit, unit.trim())
          assert.equal(read, unit.replaceAll(/[\r\n]/g, ' '))
          last = end
        }
        assert.equal((rest + text.slice(last)).trim(), '')
      }),
    )
  })
})
