/**
 * x with A x = b for a symmetric positive definite A [size, size], by Cholesky's decomposition; null where A is
 * not positive definite. A is overwritten.
 */
export const solvePositive = (a: Float64Array, b: Float64Array): Float64Array | null => {
  const size = b.length
  for (let row = 0; row < size; row++) {
    const own = a.subarray(row * size, row * size + row)
    for (let column = 0; column <= row; column++) {
      const other = a.subarray(column * size, column * size + column)
      let sum = a[row * size + column] as number
      for (let k = 0; k < column; k++) sum -= (own[k] as number) * (other[k] as number)
      if (column < row) a[row * size + column] = sum / (a[column * size + column] as number)
      else if (sum > 0) a[row * size + row] = Math.sqrt(sum)
      else return null
    }
  }
  const x = b.slice()
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++)
      x[row] = (x[row] as number) - (a[row * size + k] as number) * (x[k] as number)
    x[row] = (x[row] as number) / (a[row * size + row] as number)
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++)
      x[row] = (x[row] as number) - (a[k * size + row] as number) * (x[k] as number)
    x[row] = (x[row] as number) / (a[row * size + row] as number)
  }
  return x
}
