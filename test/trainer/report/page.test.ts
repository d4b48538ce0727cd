import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RunFacts } from '../../../src/trainer/report/facts.ts'
import { reportPage } from '../../../src/trainer/report/page.ts'
import { outline } from './outline.ts'
import { labelFacts, numberFacts } from './sample-facts.ts'

const BANKING = Array.from({ length: 77 }, (_, i) => `card_payment_of_kind_${i}`)

/** What all of a page's attributes may be: none that loads, runs, or leads elsewhere. */
const HARMLESS =
  /^(aria-hidden|charset|class|content|cx|cy|desc|dir|height|http-equiv|lang|name|points|r|role|scope|viewBox|width|x|x1|x2|y|y1|y2)$/

const pages: readonly (readonly [string, RunFacts])[] = [
  ['2 labels', labelFacts(['good', 'bad'])],
  ['77 labels', labelFacts(BANKING, { rows: 3000 })],
  ['an older run', labelFacts(['good', 'bad'], { trust: false })],
  ['numbers', numberFacts()],
]

for (const [name, facts] of pages)
  test(`a page of ${name} is whole, small, and needs nothing else`, () => {
    const page = reportPage(facts)
    assert.ok(Buffer.byteLength(page) < 500_000, `${Buffer.byteLength(page)} bytes`)
    const { elements, attributes, texts, errors } = outline(page)
    assert.deepEqual(errors, [])
    for (const element of ['script', 'img', 'link', 'iframe', 'object', 'a'])
      assert.ok(!elements.includes(element))
    for (const [attribute] of attributes) assert.match(attribute, HARMLESS)
    for (const text of [...texts, ...attributes.map(([, value]) => value)])
      assert.doesNotMatch(text, /NaN|undefined|Infinity|\[object/)
    assert.equal(elements.filter((element) => element === 'h1').length, 1)
    const count = (element: string): number => elements.filter((one) => one === element).length
    assert.equal(count('table'), count('caption'))
    assert.equal(count('figure'), elements.filter((element) => element === 'desc').length)
  })

test('sections stand in the order in which they are wanted, and only where there is something', () => {
  const headings = (facts: RunFacts): readonly string[] =>
    [...reportPage(facts).matchAll(/<h2>([^<]*)</g)].map(([, heading]) => heading ?? '')
  assert.deepEqual(headings(labelFacts(['good', 'bad'])), [
    'What was trained',
    'Result',
    'What to do next',
    'Curves',
    'Confusion',
    'By label',
    'Probabilities',
    'Where it fails',
    'Leaked rows',
    'Most certain mistakes',
    'Options',
    'Receipt',
  ])
  assert.deepEqual(headings(labelFacts(['good', 'bad'], { trust: false })), [
    'What was trained',
    'Result',
    'Curves',
    'Confusion',
    'By label',
    'Most certain mistakes',
    'Options',
    'Receipt',
  ])
})

const hostile = fc.oneof(
  fc.constantFrom(
    '</td><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</style></title></svg><b>',
    '<!-- ',
    ']]><![CDATA[',
    '&lt;script&gt;',
    '\0<\u0008script>',
    '\ud800<i>\u202e',
    '__proto__',
    'constructor',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('<', '>', '"', "'", '&', '/', '=', ' ', 'a', '-', '!', '`'),
    maxLength: 40,
  }),
)

test('whatever labels, texts and names hold, a page has no element or attribute of theirs', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(hostile, { minLength: 2, maxLength: 5 }),
      hostile,
      hostile,
      (labels, name, text) => {
        const plain = labels.map((_, i) => `l${i}`)
        const rows = { rows: 40 }
        const ours = outline(reportPage(labelFacts(plain, { ...rows, name: 'n', text: () => 't' })))
        const theirs = outline(reportPage(labelFacts(labels, { ...rows, name, text: () => text })))
        assert.deepEqual(theirs.elements, ours.elements)
        assert.deepEqual(
          theirs.attributes.map(([attribute]) => attribute),
          ours.attributes.map(([attribute]) => attribute),
        )
        assert.deepEqual(theirs.errors, [])
      },
    ),
    { numRuns: 60 },
  )
})

test('a text is shown as it is, cut to a length', () => {
  const long = `${'<b>x</b> '.repeat(200)}`
  const page = reportPage(labelFacts(['good', 'bad'], { text: (row) => (row % 2 ? long : '5 < 6 & "7"') }))
  assert.ok(page.includes('5 &lt; 6 &amp; &quot;7&quot;'))
  assert.ok(!page.includes('<b>x</b>'))
  const shown = outline(page).texts.filter((text) => text.includes('<b>x</b>'))
  assert.ok(shown.length > 0)
  for (const text of shown) assert.ok([...text].length <= 300)
})
