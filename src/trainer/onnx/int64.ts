/**
 * ONNX's whole numbers have 64 bits. Held as numbers, those beyond 2^53 are brought to its edge: exporters
 * write INT64_MAX for 'to the end', and no length or axis comes near.
 */
export function toSafeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER
  if (value < BigInt(Number.MIN_SAFE_INTEGER)) return Number.MIN_SAFE_INTEGER
  return Number(value)
}

/** The way back: the edge becomes the end of int64. */
export function toInt64(value: number): bigint {
  if (value >= Number.MAX_SAFE_INTEGER) return 2n ** 63n - 1n
  if (value <= Number.MIN_SAFE_INTEGER) return -(2n ** 63n)
  return BigInt(value)
}
