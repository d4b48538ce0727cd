/**
 * Largest magnitude of a weight in an int8 product. Processors without VNNI multiply unsigned activations with
 * signed weights by `pmaddubsw`, which adds two products in 16 bits and saturates: two of 255 * 64 are 32,640
 * and fit, two of 255 * 127 do not. So weights have 7 bits, and every processor gives the same integers.
 */
export const WEIGHT_LIMIT = 64

/** Rows of a product of which no sum can pass 32 bits. */
export const LONGEST_SUM = Math.floor((2 ** 31 - 1) / (255 * WEIGHT_LIMIT))

/** Value 0 of a table in uint8. */
export const TABLE_ZERO = 128
const TABLE_LIMIT = 127

export interface Quantised<T> {
  readonly values: T
  /** What one step of the integers stands for, a column or a row. */
  readonly scales: Float32Array
}

/**
 * A matrix [rows, columns] by columns: w = value * scale[column], the value between -WEIGHT_LIMIT and
 * WEIGHT_LIMIT, 0 standing for 0.
 */
export const quantiseColumns = (
  weights: Float32Array,
  rows: number,
  columns: number,
): Quantised<Int8Array> => {
  const scales = new Float32Array(columns)
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++)
      scales[column] = Math.max(scales[column] ?? 0, Math.abs(weights[at] ?? 0))
  for (let column = 0; column < columns; column++) scales[column] = scaleOf(scales[column] ?? 0, WEIGHT_LIMIT)
  const values = new Int8Array(weights.length)
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++)
      values[at] = steps(weights[at] ?? 0, scales[column] ?? 1, WEIGHT_LIMIT)
  return { values, scales }
}

/** A table [rows, width] by rows: w = (value - TABLE_ZERO) * scale[row]. */
export const quantiseRows = (table: Float32Array, rows: number, width: number): Quantised<Uint8Array> => {
  const scales = new Float32Array(rows)
  const values = new Uint8Array(table.length)
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * width, (row + 1) * width]
    let largest = 0
    for (let at = start; at < end; at++) largest = Math.max(largest, Math.abs(table[at] ?? 0))
    const scale = Math.fround(scaleOf(largest, TABLE_LIMIT))
    scales[row] = scale
    for (let at = start; at < end; at++) values[at] = TABLE_ZERO + steps(table[at] ?? 0, scale, TABLE_LIMIT)
  }
  return { values, scales }
}

/** Of nothing but zeros any scale is right; a scale below the normal numbers would itself be rounded too much. */
const scaleOf = (largest: number, limit: number): number => (largest > 1e-30 ? largest / limit : 1)

/** Rounded after the scale was, the largest could lie a step outside. */
const steps = (value: number, scale: number, limit: number): number =>
  Math.max(-limit, Math.min(limit, Math.round(value / scale)))
