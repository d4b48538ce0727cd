import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { PreTrainedTokenizer } from '@huggingface/transformers'
import fc from 'fast-check'
import { isTextStep, type TextStep } from '../../../src/data/clean/steps.ts'
import { normalizers, textCleaner } from '../../../src/data/clean/text.ts'
import { ALL_STEPS } from '../../../src/shared/clean-steps.ts'
import { messyText } from './texts.ts'

const STEPS = ALL_STEPS.filter(isTextStep)
/** Each step alone, and all of them. */
const CHOICES: readonly (readonly TextStep[])[] = [...STEPS.map((step) => [step]), STEPS]

/** A tokenizer whose tokens are the bytes of a text, so that they tell the text apart from any other. */
const byteTokenizer = (steps: readonly TextStep[]) => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: { type: 'Sequence', normalizers: normalizers(steps) },
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: true,
    ignore_merges: false,
    vocab: Object.fromEntries(
      Array.from({ length: 256 }, (_, byte) => [
        `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
        byte,
      ]),
    ),
    merges: [],
  },
})

test('the tokenizer of transformers.js reads from the raw text what the steps make of it', () => {
  for (const steps of CHOICES) {
    const { clean } = textCleaner(steps)
    const tokenizer = new PreTrainedTokenizer(byteTokenizer(steps), {})
    fc.assert(
      fc.property(messyText, (text) => {
        assert.deepEqual(tokenizer.encode(text), [...Buffer.from(clean(text))], JSON.stringify(text))
      }),
      { seed: 3, numRuns: 300 },
    )
  }
})

const python = process.env.FINESSE_PYTHON || 'python3'
const hasPython = spawnSync(python, ['-c', 'import tokenizers']).status === 0
const needsPython = hasPython ? false : `${python} has no tokenizers (set FINESSE_PYTHON)`

const NORMALIZE = `
import json, sys
from tokenizers import Tokenizer
for line in sys.stdin:
    task = json.loads(line)
    tokenizer = Tokenizer.from_str(json.dumps(task["tokenizer"]))
    normalized = [tokenizer.normalizer.normalize_str(text) for text in task["texts"]]
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in task["texts"]]
    print(json.dumps([normalized, ids]))
`

test('Python tokenizers read the same', { skip: needsPython }, () => {
  const texts = fc.sample(messyText, { seed: 4, numRuns: 2000 })
  const tasks = CHOICES.map((steps) => JSON.stringify({ tokenizer: byteTokenizer(steps), texts }))
  const { stdout, stderr } = spawnSync(python, ['-c', NORMALIZE], {
    input: tasks.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const answers = stdout.trim().split('\n')
  assert.equal(answers.length, CHOICES.length, stderr)
  for (const [i, steps] of CHOICES.entries()) {
    const { clean } = textCleaner(steps)
    const [normalized, ids]: [string[], number[][]] = JSON.parse(answers[i] ?? '')
    for (const [k, text] of texts.entries()) {
      assert.equal(normalized[k], clean(text), `${steps}: ${JSON.stringify(text)}`)
      assert.deepEqual(ids[k], [...Buffer.from(clean(text))], `${steps}: ${JSON.stringify(text)}`)
    }
  }
})
