/** The largest number that IEEE 754's half holds. */
export const LARGEST_HALF = 65504

/**
 * Halves of float32 numbers, as their bits, rounded to the nearest and from the middle to the even one. Beyond
 * `LARGEST_HALF` they become infinite.
 */
export const toHalves = (values: Float32Array): Uint16Array => {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < bits.length; i++) halves[i] = toHalf(bits[i] ?? 0)
  return halves
}

const toHalf = (bits: number): number => {
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 0xff) - 112
  const fraction = bits & 0x7fffff
  if (exponent >= 31) {
    const noNumber = exponent === 143 && fraction !== 0
    return sign | 0x7c00 | (noNumber ? 0x200 : 0)
  }
  // Below the smallest normal half the leading 1 becomes a digit like the others.
  const digits = exponent > 0 ? fraction : fraction | 0x800000
  const shift = exponent > 0 ? 13 : 14 - exponent
  if (shift > 24) return sign
  const kept = digits >>> shift
  const rest = digits & ((1 << shift) - 1)
  const middle = 1 << (shift - 1)
  const up = rest > middle || (rest === middle && (kept & 1) === 1) ? 1 : 0
  // Rounding up may carry into the exponent, which is then right too.
  return (sign | ((Math.max(0, exponent) << 10) + kept + up)) & 0xffff
}
