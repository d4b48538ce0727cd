export interface Place {
  readonly row: number
  readonly column: number
}

/** Where a key leads in a square grid; null: nowhere, it is no key of the grid. */
export const moved = ({ row, column }: Place, key: string, ctrl: boolean, size: number): Place | null => {
  const last = size - 1
  const held = (n: number): number => Math.min(last, Math.max(0, n))
  switch (key) {
    case 'ArrowUp':
      return { row: held(row - 1), column }
    case 'ArrowDown':
      return { row: held(row + 1), column }
    case 'ArrowLeft':
      return { row, column: held(column - 1) }
    case 'ArrowRight':
      return { row, column: held(column + 1) }
    case 'PageUp':
      return { row: held(row - 10), column }
    case 'PageDown':
      return { row: held(row + 10), column }
    case 'Home':
      return { row: ctrl ? 0 : row, column: 0 }
    case 'End':
      return { row: ctrl ? last : row, column: last }
    default:
      return null
  }
}
