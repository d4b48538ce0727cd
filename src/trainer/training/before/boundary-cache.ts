import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemReason, writeAll } from '../../../data/atomic-write.ts'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import type { Tensor } from '../../engine/tensor.ts'

/**
 * What the frozen part of a model makes of each row, [tokens, width], on disk: computed once, read at every
 * epoch. It lives as long as a run trains; a run that goes on makes it anew, so what a killed process left, half
 * of it or all, is never read.
 */
export class BoundaryCache {
  private readonly file: number
  private readonly path: string
  private readonly starts: Float64Array
  private readonly lengths: ArrayLike<number>
  private readonly width: number
  readonly half: boolean

  /**
   * @param lengths tokens of each row
   * @param half in fp16 rather than fp32
   */
  constructor(path: string, lengths: ArrayLike<number>, width: number, half: boolean) {
    this.path = path
    this.lengths = lengths
    this.width = width
    this.half = half
    this.starts = new Float64Array(lengths.length)
    let at = 0
    for (let row = 0; row < lengths.length; row++) {
      this.starts[row] = at
      at += (lengths[row] ?? 0) * width * this.elementBytes
    }
    try {
      mkdirSync(dirname(path), { recursive: true })
      rmSync(path, { force: true })
      this.file = openSync(path, 'wx+')
    } catch (error) {
      throw cacheError(path, error)
    }
    try {
      ftruncateSync(this.file, at)
    } catch (error) {
      this.close()
      throw cacheError(path, error)
    }
  }

  /** Stores the rows of a batch [rows.length, padded, width], without their padding. */
  write(rows: readonly number[], batch: Tensor): void {
    const { data, dims } = batch
    const stride = (dims[1] ?? 0) * this.width * this.elementBytes
    try {
      for (const [i, row] of rows.entries()) {
        const bytes = new Uint8Array(data.buffer, data.byteOffset + i * stride, this.rowBytes(row))
        writeAll(this.file, bytes, this.starts[row] ?? 0)
      }
    } catch (error) {
      throw cacheError(this.path, error)
    }
  }

  /** The rows as a batch [rows.length, length, width], padded with zeros. */
  read(rows: readonly number[], length: number): Tensor {
    const dims = [rows.length, length, this.width]
    const count = rows.length * length * this.width
    const tensor: Tensor = this.half
      ? { type: 'float16', dims, data: new Uint16Array(count) }
      : { type: 'float32', dims, data: new Float32Array(count) }
    const stride = length * this.width * this.elementBytes
    for (const [i, row] of rows.entries()) {
      const bytes = this.rowBytes(row)
      const into = new Uint8Array(tensor.data.buffer, i * stride, bytes)
      if (readSync(this.file, into, 0, bytes, this.starts[row] ?? 0) !== bytes)
        throw new Error(`${this.path} ends before row ${row}`)
    }
    return tensor
  }

  close(): void {
    closeSync(this.file)
    rmSync(this.path, { force: true })
  }

  private get elementBytes(): number {
    return this.half ? 2 : 4
  }

  private rowBytes(row: number): number {
    return (this.lengths[row] ?? 0) * this.width * this.elementBytes
  }
}

const cacheError = (path: string, error: unknown): unknown => {
  const reason = systemReason(error)
  return reason === null
    ? error
    : new UserError(
        t`${path} could not be written: ${reason}. Free some disk, or set the disk for activations (cache_mb) to 0 to work without it.`,
      )
}
