import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseSteps } from '../../../src/data/clean/choose.ts'
import { isTextStep } from '../../../src/data/clean/steps.ts'
import { textCleaner } from '../../../src/data/clean/text.ts'
import { ALL_STEPS } from '../../../src/shared/clean-steps.ts'
import { UserError } from '../../../src/shared/error.ts'
import { messyText } from './texts.ts'

const cleaned = (steps: string, text: string): string => textCleaner(chooseSteps(steps)).clean(text)

const CASES: readonly (readonly [step: string, text: string, cleaned: string])[] = [
  ['nfc', 'cafe\u0301', 'caf\u00e9'],
  ['control', 'a\u0000b\u200bc\ufeff', 'abc'],
  ['control', 'tab\tand\r\nline', 'tab\tand\r\nline'],
  ['control', '\ud83d\udc68\u200d\ud83d\udc69', '\ud83d\udc68\u200d\ud83d\udc69'],
  ['urls', 'see http://x.org/a?b=c#d, or www.x.org.', 'see [URL], or [URL].'],
  ['urls', '看https://x.cn/a，很好', '看[URL]，很好'],
  ['urls', '(HTTPS://X.ORG/A)', '([URL])'],
  ['urls', 'awww.com, http:// and http', 'awww.com, http:// and http'],
  ['emails', 'to joe.b+x@mail.example.co.uk.', 'to [EMAIL].'],
  ['emails', 'at @joe, x@y and 3 @ 4', 'at @joe, x@y and 3 @ 4'],
  ['html', 'one<br />two', 'one two'],
  ['html', '<p class="a">x</p>', ' x '],
  ['html', 'a < b and c > d, <3, <joe@x.com>', 'a < b and c > d, <3, <joe@x.com>'],
  ['html', 'a<!-- <b>no</b> -->b', 'a b'],
  ['html', 'a<script type="x">var b = 1</script>c<style>p {}</style>', 'a c '],
  ['html,urls', '<a href="http://x.org">x</a> <https://y.org>', ' x  <[URL]>'],
  ['entities', 'a &amp; b &lt;b&gt; &amp;lt; &#39;', "a & b <b> &lt; '"],
  ['entities', '&eacute; &unknown; &', '&eacute; &unknown; &'],
  ['html,entities', '&lt;b&gt;<b>', '<b> '],
  ['whitespace', ' a\t\tb\u3000c \n', 'a b c'],
  ['none', ' a\u0000 <b>', ' a\u0000 <b>'],
]

test('each step does what it says', () => {
  for (const [steps, text, expected] of CASES)
    assert.equal(cleaned(steps, text), expected, `${steps}: ${text}`)
})

test('a step does nothing to what it has made, but for tags and entities that others leave', () => {
  for (const step of ALL_STEPS.filter(isTextStep)) {
    if (step === 'html' || step === 'entities') continue
    const { clean } = textCleaner([step])
    fc.assert(
      fc.property(messyText, (text) => clean(clean(text)) === clean(text)),
      { seed: 1, numRuns: 300 },
    )
  }
})

test('what changed is what is named', () => {
  const { trace } = textCleaner(ALL_STEPS)
  fc.assert(
    fc.property(messyText, (text) => {
      const { text: after, changed } = trace(text)
      let now = text
      for (const step of changed) {
        const next = textCleaner([step]).clean(now)
        assert.notEqual(next, now)
        now = next
      }
      assert.equal(now, after)
    }),
    { seed: 2, numRuns: 300 },
  )
})

test('no text takes long, however it is made', () => {
  const { clean } = textCleaner(ALL_STEPS)
  for (const piece of [
    '<',
    '<a',
    '<!--',
    '<script>',
    '</',
    '&',
    'http://',
    'www.',
    'a@',
    '@a.',
    'a',
    'a.',
    ' ',
    '<a ',
    '-->',
    '.',
    'http://.!',
    '&#',
  ]) {
    const started = performance.now()
    clean(piece.repeat(100_000))
    assert.ok(performance.now() - started < 3000, piece)
  }
})

test('steps are chosen by words', () => {
  assert.deepEqual(chooseSteps('default'), ['nfc', 'control', 'whitespace', 'missing_label', 'empty'])
  assert.deepEqual(chooseSteps('none'), [])
  assert.deepEqual(chooseSteps('all'), ALL_STEPS)
  assert.deepEqual(chooseSteps('whitespace, NFC'), ['nfc', 'whitespace'])
  assert.deepEqual(chooseSteps('default,html,no-whitespace'), [
    'nfc',
    'control',
    'html',
    'missing_label',
    'empty',
  ])
  assert.throws(
    () => chooseSteps('htm'),
    (error) => error instanceof UserError && /did you mean html\?/.test(error.message),
  )
})
