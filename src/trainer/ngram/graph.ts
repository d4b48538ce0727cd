import { LETTER, rangesOf, SPACE, SYMBOL, UNSPACED } from '../evaluation/ngram/characters.ts'
import type { NgramParts } from '../evaluation/ngram.ts'
import { attributes } from '../onnx/attributes.ts'
import type { Attribute, DataTypeName, Node, TensorValue } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import {
  BLOCKS,
  type Codes,
  characterTable,
  codesOfKind,
  codingOf,
  FIRST_GAP,
  KINDS,
  LAST_GAP,
  NOTHING,
  unusedCode,
} from './character-table.ts'
import { LABEL, PROBABILITIES, TEXT } from './names.ts'

/** Occurrences of an n-gram in a text beyond this count no more. */
const MOST_TIMES = 255

/**
 * The n-gram model as the bytes of one ONNX file, from strings [rows] to labels, strings [rows], and
 * probabilities [rows, labels]. It needs onnxruntime's own `Tokenizer` for the characters of a string, and opset
 * 20 for their kinds.
 *
 * A table turns each character into codes of the three sequences of `readGrams`; what is nothing and gaps after
 * gaps are taken out; `TfIdfVectorizer` counts the n-grams; the rest is arithmetic.
 */
export function ngramGraph(parts: NgramParts, labels: readonly string[]): Uint8Array {
  const graph = createGraph()
  const vocabulary = vocabularyOf(parts)
  const coding = codingOf(vocabulary.ids.map(parts.spelling))
  const sequence = sequenceOf(graph, characters(graph, parts.limit), characterTable(coding))
  const spellings = vocabulary.ids.map((id, column) =>
    id < 0
      ? [unusedCode(coding) + column]
      : Array.from(parts.spelling(id), (symbol) => coding.get(symbol) ?? 0),
  )
  const counts = graph.node('TfIdfVectorizer', [sequence], ngramAttributes(spellings))
  const scores = scoresOf(graph, counts, parts, vocabulary)
  graph.node('Softmax', [scores], { axis: -1 }, '', PROBABILITIES)
  const best = graph.node('ArgMax', [scores], { axis: -1, keepdims: 0 })
  graph.node('Gather', [graph.strings(labels), best], { axis: 0 }, '', LABEL)
  return writeModel({
    irVersion: 9,
    opsets: new Map([
      ['', 20],
      ['ai.onnx.ml', 4],
      ['com.microsoft', 1],
    ]),
    producer: 'finesse',
    graph: {
      name: 'n-gram model',
      nodes: graph.nodes,
      initializers: graph.initializers,
      inputs: [{ name: TEXT, type: 'string', dims: ['rows'] }],
      outputs: [
        { name: LABEL, type: 'string', dims: ['rows'] },
        { name: PROBABILITIES, type: 'float32', dims: ['rows', labels.length] },
      ],
    },
  })
}

/** [rows, characters]: the characters of the texts, each a string, filled up with empty ones. */
function characters(graph: GraphUnderWay, limit: number): string {
  const all = graph.node(
    'Tokenizer',
    [TEXT],
    {
      mark: 0,
      mincharnum: 1,
      pad_value: '',
      separators: { kind: 'strings', value: [''] },
    },
    'com.microsoft',
  )
  if (!Number.isFinite(limit)) return all
  return graph.node('Slice', [all, graph.ints([0]), graph.ints([limit]), graph.ints([1])])
}

type Table = ReturnType<typeof characterTable>

/** [rows, symbols]: codes of the three sequences one behind the other, filled up with nothing. */
function sequenceOf(graph: GraphUnderWay, tokens: string, table: Table): string {
  const listed = graph.node(
    'LabelEncoder',
    [tokens],
    {
      keys_strings: { kind: 'strings', value: table.map(([character]) => character) },
      values_int64s: table.map((_, at) => KINDS.length + at),
      default_int64: -1,
    },
    'ai.onnx.ml',
  )
  // What fills rows up is none of these, and so a space.
  const kind = [LETTER, UNSPACED, SYMBOL].reduce(
    (otherwise, each) =>
      graph.node('Where', [
        graph.node('RegexFullMatch', [tokens], { pattern: classOf(each) }),
        graph.ints([KINDS.indexOf(each)]),
        otherwise,
      ]),
    graph.ints([KINDS.indexOf(SPACE)]),
  )
  const isListed = graph.node('GreaterOrEqual', [listed, graph.ints([0])])
  const place = graph.node('Where', [isListed, listed, kind])

  const rows: readonly Codes[] = [...KINDS.map(codesOfKind), ...table.map(([, codes]) => codes)]
  const sequences = BLOCKS.map((block) => {
    const ofBlock = rows.map((codes) => codes[block] ?? [])
    const width = Math.max(...ofBlock.map((codes) => codes.length))
    const filled = ofBlock.flatMap((codes) => [...codes, ...Array(width - codes.length).fill(NOTHING)])
    const codes = graph.node('Gather', [graph.int32s(filled, [rows.length, width]), place], { axis: 0 })
    const flat = graph.node('Flatten', [codes], { axis: 1 })
    return graph.node('Pad', [flat, graph.ints([0, 1, 0, 1]), graph.int32s([FIRST_GAP + block], [])])
  })
  const all = graph.node('Concat', sequences, { axis: 1 })
  const nothing = graph.int32s([NOTHING], [])
  const some = compact(graph, all, graph.node('Not', [graph.node('Equal', [all, nothing])]))

  const before = graph.node('Pad', [some, graph.ints([0, 1, 0, -1]), nothing])
  const isGap = graph.node('LessOrEqual', [some, graph.int32s([LAST_GAP], [])])
  const isSame = graph.node('Equal', [some, before])
  const isRepeated = graph.node('And', [isGap, isSame])
  return compact(graph, some, graph.node('Not', [isRepeated]))
}

/** Moves to the front of each row what is kept of it, in order; nothing fills the rest. */
function compact(graph: GraphUnderWay, sequence: string, keep: string): string {
  const kept = graph.node('Cast', [keep], { to: 7 })
  const counted = graph.node('CumSum', [kept, graph.scalar(1)])
  // Place 0 takes what is not kept, and is cut off.
  const places = graph.node('Mul', [counted, kept])
  const wide = graph.node('Pad', [sequence, graph.ints([0, 0, 0, 1]), graph.int32s([NOTHING], [])])
  const empty = graph.node('Mul', [wide, graph.int32s([0], [])])
  const scattered = graph.node('ScatterElements', [empty, places, sequence], { axis: 1 })
  return graph.node('Slice', [scattered, graph.ints([1]), graph.ints([TO_END]), graph.ints([1])])
}

const TO_END = Number.MAX_SAFE_INTEGER

/** As RE2 reads it: onnxruntime's Unicode may be older or newer than the one trained with. */
const classOf = (kind: number): string => {
  const hex = (point: number) => `\\x{${point.toString(16)}}`
  const ranges = rangesOf(kind).map(([first, last]) =>
    first === last ? hex(first) : `${hex(first)}-${hex(last)}`,
  )
  return `[${ranges.join('')}]`
}

/** The n-grams by their column in the graph: those of words, then those of characters. */
interface Columns {
  /** -1 where a part has none: a column that stays zero. */
  readonly ids: readonly number[]
  readonly words: number
}

function vocabularyOf({ size, isCharacter }: NgramParts): Columns {
  const all = Array.from({ length: size }, (_, id) => id)
  const orNone = (ids: readonly number[]) => (ids.length === 0 ? [-1] : ids)
  const words = orNone(all.filter((id) => !isCharacter(id)))
  return { ids: [...words, ...orNone(all.filter(isCharacter))], words: words.length }
}

/** The operator wants n-grams in the order of their lengths, and to know where each length begins. */
function ngramAttributes(spellings: readonly (readonly number[])[]) {
  const order = spellings.map((_, column) => column).sort((a, b) => lengthOf(a) - lengthOf(b) || a - b)
  function lengthOf(column: number): number {
    return spellings[column]?.length ?? 0
  }
  const longest = lengthOf(order[order.length - 1] ?? 0)
  const begins: number[] = []
  let symbols = 0
  let at = 0
  for (let length = 1; length <= longest; length++) {
    begins.push(symbols)
    for (; at < order.length && lengthOf(order[at] ?? 0) === length; at++) symbols += length
  }
  return {
    mode: 'TF',
    min_gram_length: 1,
    max_gram_length: longest,
    max_skip_count: 0,
    ngram_counts: begins,
    ngram_indexes: order,
    pool_int64s: order.flatMap((column) => spellings[column] ?? []),
  }
}

/** [rows, labels]: sublinear TF-IDF, words and characters each of norm one, times the weights. */
function scoresOf(graph: GraphUnderWay, counts: string, parts: NgramParts, { ids, words }: Columns): string {
  const { classes, idf, weights, size } = parts
  const one = graph.floats([1], [])
  const times = graph.node('Min', [counts, graph.floats([MOST_TIMES], [])])
  const logarithm = graph.node('Log', [graph.node('Max', [times, one])])
  const frequency = graph.node('Add', [logarithm, graph.node('Min', [times, one])])
  const importance = graph.floats(
    ids.map((id) => idf[id] ?? 0),
    [ids.length],
  )
  const weighted = graph.node('Mul', [frequency, importance])

  const part = (from: number, to: number): string => {
    const columns = [graph.ints([from]), graph.ints([to]), graph.ints([1])]
    const own = graph.node('Slice', [weighted, ...columns])
    const matrix = new Float32Array((to - from) * classes)
    for (let column = from; column < to; column++) {
      const id = ids[column] ?? -1
      if (id >= 0) matrix.set(weights.subarray(id * classes, (id + 1) * classes), (column - from) * classes)
    }
    const product = graph.node('MatMul', [own, graph.floats(matrix, [to - from, classes])])
    const norm = graph.node('ReduceL2', [own, graph.ints([1])], { keepdims: 1 })
    // A text without any of its n-grams has a product of zero, whatever it is divided by.
    return graph.node('Div', [product, graph.node('Max', [norm, graph.floats([1e-9], [])])])
  }
  const sum = graph.node('Add', [part(0, words), part(words, ids.length)])
  return graph.node('Add', [sum, graph.floats(weights.subarray(size * classes), [classes])])
}

type Values = Readonly<Record<string, number | string | readonly number[] | Attribute>>

type GraphUnderWay = ReturnType<typeof createGraph>

/** Nodes of one output each, and constants, named as they come. */
function createGraph() {
  const nodes: Node[] = []
  const initializers = new Map<string, TensorValue>()
  const constant = (type: DataTypeName, dims: readonly number[], data: Uint8Array): string => {
    const name = `constant_${initializers.size}`
    initializers.set(name, { type, dims, data })
    return name
  }
  const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Uint8Array =>
    new Uint8Array(buffer, byteOffset, byteLength)
  const int64s = (values: readonly number[], dims: readonly number[]): string =>
    constant(
      'int64',
      dims,
      bytesOf(BigInt64Array.from(values, (value) => (value === TO_END ? 2n ** 63n - 1n : BigInt(value)))),
    )
  return {
    nodes,
    initializers,
    node(op: string, inputs: readonly string[], values: Values = {}, domain = '', name?: string): string {
      const output = name ?? `${op}_${nodes.length}`
      nodes.push({ name: output, op, domain, inputs, outputs: [output], attributes: attributes(values) })
      return output
    },
    ints: (values: readonly number[]): string => int64s(values, [values.length]),
    scalar: (value: number): string => int64s([value], []),
    int32s: (values: readonly number[], dims: readonly number[]): string =>
      constant('int32', dims, bytesOf(Int32Array.from(values))),
    floats: (values: ArrayLike<number>, dims: readonly number[]): string =>
      constant('float32', dims, bytesOf(Float32Array.from(values))),
    strings(values: readonly string[]): string {
      const name = `constant_${initializers.size}`
      const strings = values.map((value) => new TextEncoder().encode(value))
      initializers.set(name, { type: 'string', dims: [values.length], data: new Uint8Array(0), strings })
      return name
    },
  }
}
