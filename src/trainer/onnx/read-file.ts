import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'

/** One read call moves at most 2 GiB. */
const PART = 2 ** 30
/** Protobuf's largest message; a larger model keeps its tensors in files beside it. */
const LIMIT = 2 ** 31 - 1

/** The bytes of an ONNX file. */
export function readModelFile(path: string): Uint8Array {
  let handle: number
  try {
    handle = openSync(path, 'r')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    throw new UserError(
      code === 'ENOENT'
        ? t`there is no file ${path}; check the model's folder`
        : t`${path} can't be read (${String(code)}); check its permissions`,
    )
  }
  try {
    const status = fstatSync(handle)
    if (!status.isFile()) throw new UserError(t`${path} is not a file; name the ONNX file of the model`)
    if (status.size > LIMIT)
      throw new UserError(
        t`${path} is larger than the 2 GB that an ONNX file can hold; choose a smaller model`,
      )
    const bytes = new Uint8Array(status.size)
    let at = 0
    while (at < bytes.length) {
      const read = readSync(handle, bytes, at, Math.min(PART, bytes.length - at), at)
      if (read === 0) throw new UserError(t`${path} became shorter while it was read; try again`)
      at += read
    }
    return bytes
  } finally {
    closeSync(handle)
  }
}
