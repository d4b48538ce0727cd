/** The bytes are not what the format demands. `parquet.ts` tells it to a person with the file's name. */
export class Damage extends Error {
  override readonly name = 'Damage'
}

/** What no table of texts needs, and a bomb has. */
export class Excess extends Error {
  override readonly name = 'Excess'
}

/** What a Parquet file may hold. */
export const PARQUET_LIMITS = {
  footerBytes: 64 * 2 ** 20,
  columns: 10_000,
  /** Of a page. */
  values: 2 ** 24,
  pageBytes: 2 ** 28,
  /** A page that unpacks to more than this may be so many times as large as it is packed. */
  ratioFrom: 2 ** 24,
  ratio: 200,
  /** Beyond this many rows, so many for a byte of the file. */
  rowsFrom: 2 ** 22,
  rowsPerByte: 16,
  /** Characters of all cells: this many, or so many for a byte of the file. */
  chars: 2 ** 30,
  charsPerByte: 1000,
} as const
