import { t } from '../../../shared/l10n.ts'
import { stringAttribute } from '../../onnx/attributes.ts'
import { type Gradient, unsupported } from '../rule.ts'

/** Letters that stand for an ellipsis, free in any equation: exporters write small letters first. */
const SPARE = 'ZYXWVUTSRQPONMLKJIHGFEDCBA'

/** The gradient by each factor is an Einsum of g and the other factors. */
export const einsum: Gradient = ({ b, g, node, dims }) => {
  const terms = termsOf(
    stringAttribute(node, 'equation', ''),
    node.inputs.map((_, i) => dims(i).length),
  )
  if (!terms) throw unsupported(node, t`its ellipsis has another rank in each factor`)
  const { factors, output } = terms
  const length = new Map<string, number>()
  for (const [i, factor] of factors.entries()) {
    if (new Set(factor).size < factor.length) throw unsupported(node, t`a letter stands twice in one factor`)
    for (const [k, letter] of [...factor].entries()) {
      const n = dims(i)[k] ?? 1
      if (n !== (length.get(letter) ?? n)) throw unsupported(node, t`a length of 1 is broadcast`)
      length.set(letter, n)
    }
  }
  return node.inputs.map((_, i) => () => {
    const factor = factors[i] ?? ''
    const others = node.inputs.flatMap((name, k) => (k === i ? [] : [{ name, term: factors[k] ?? '' }]))
    const known = new Set([output, ...others.map(({ term }) => term)].join(''))
    // What only this factor has was summed over: its gradient is the same all along.
    const kept = [...factor].filter((letter) => known.has(letter))
    const equation = `${[output, ...others.map(({ term }) => term)].join(',')}->${kept.join('')}`
    const given = [g, ...others.map(({ name }) => name)]
    const made = b.one(
      'Einsum',
      given,
      { type: b.value(g).type, dims: kept.map((letter) => length.get(letter) ?? 1) },
      { equation },
    )
    const aligned = [...factor].map((letter) => (known.has(letter) ? (length.get(letter) ?? 1) : 1))
    return b.expand(b.reshape(made, aligned), dims(i))
  })
}

interface Terms {
  readonly factors: readonly string[]
  readonly output: string
}

/** The letters of each factor and of the output, an ellipsis written out; null where its rank differs. */
const termsOf = (equation: string, ranks: readonly number[]): Terms | null => {
  const [left = '', right] = equation.replaceAll(' ', '').split('->')
  const factors = left.split(',')
  const spare = [...SPARE].filter((letter) => !equation.includes(letter))
  let ellipsis: string | null = null
  const written: string[] = []
  for (const [i, factor] of factors.entries()) {
    if (!factor.includes('...')) {
      written.push(factor)
      continue
    }
    const letters = spare.slice(0, (ranks[i] ?? 0) - factor.length + 3).join('')
    if (ellipsis !== null && ellipsis !== letters) return null
    ellipsis = letters
    written.push(factor.replace('...', letters))
  }
  const once = [...new Set(left)].filter(
    (letter) => /[a-zA-Z]/.test(letter) && left.split(letter).length === 2,
  )
  const output = right ?? `${ellipsis === null ? '' : '...'}${once.sort().join('')}`
  return { factors: written, output: output.replace('...', ellipsis ?? '') }
}
