import fs, { type PathLike, type WriteFileOptions } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/**
 * How the disk fails: `full` refuses every write from one on, what is removed still goes; `killed` does
 * nothing at all any more, as if the process had died in that call.
 */
export type Failure = 'full' | 'killed'

/** What is thrown where the process would have died. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** Its writer goes on where it cannot be written, so a write of it is no call at which a run ends. */
const isLog = (path: fs.PathOrFileDescriptor): boolean => String(path).endsWith('log.txt')

/** Calls that change the disk while `work` runs; from the call `at` on (from 1) they fail. Restores everything. */
export async function withBrokenDisk<T>(
  failure: Failure,
  at: number,
  work: () => Promise<T>,
): Promise<{ result: T | null; error: unknown; calls: readonly string[] }> {
  const calls: string[] = []
  const original = { ...fs }
  const fail = (): never => {
    if (failure === 'killed') throw new Killed(`killed in ${calls[at - 1]}`)
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 })
  }
  /** Counts a call: 'whole' before the failing one, 'half' in it, then 'none'. */
  const count = (name: string): 'whole' | 'half' | 'none' => {
    calls.push(name)
    return calls.length < at ? 'whole' : calls.length === at ? 'half' : 'none'
  }
  const replaced: Partial<typeof fs> = {
    openSync(path: PathLike, flags: fs.OpenMode = 'r', mode?: fs.Mode | null) {
      if (flags !== 'r' && count(`open ${path}`) !== 'whole') fail()
      return original.openSync(path, flags, mode)
    },
    appendFileSync(path: fs.PathOrFileDescriptor, data: string | Uint8Array, options?: WriteFileOptions) {
      if (isLog(path) && calls.length < at) return original.appendFileSync(path, data, options)
      const share = count(`append ${path}`)
      if (share === 'whole') return original.appendFileSync(path, data, options)
      if (share === 'half') original.appendFileSync(path, data.slice(0, data.length >> 1), options)
      fail()
    },
    writeFileSync(
      path: fs.PathOrFileDescriptor,
      data: string | NodeJS.ArrayBufferView,
      options?: WriteFileOptions,
    ) {
      // Appending ends here too.
      if (isLog(path) && calls.length < at) return original.writeFileSync(path, data, options)
      if (count(`write ${path}`) !== 'whole') fail()
      original.writeFileSync(path, data, options)
    },
    renameSync(from: PathLike, to: PathLike) {
      if (count(`rename ${from}`) !== 'whole') fail()
      original.renameSync(from, to)
    },
    fsyncSync(fd: number) {
      if (count(`fsync ${fd}`) !== 'whole') fail()
    },
    ftruncateSync(fd: number, length?: number | null) {
      if (count(`truncate ${fd}`) !== 'whole') fail()
      original.ftruncateSync(fd, length ?? 0)
    },
    rmSync(path: PathLike, options?: fs.RmOptions) {
      if (failure === 'full' || !original.existsSync(path)) return original.rmSync(path, options)
      const share = count(`remove ${path}`)
      if (share === 'whole') return original.rmSync(path, options)
      if (share === 'half' && original.statSync(path).isDirectory())
        for (const name of original.readdirSync(path).slice(0, 1))
          original.rmSync(`${path}/${name}`, { recursive: true })
      fail()
    },
  }
  // These have overloads that an object of functions cannot repeat.
  const writeSync = ((fd: number, bytes: Uint8Array, offset: number, length: number, at: number | null) => {
    const share = count(`write ${fd}`)
    if (share === 'whole') return original.writeSync(fd, bytes, offset, length, at)
    if (share === 'none' || length < 2) return fail()
    const written = original.writeSync(fd, bytes, offset, length >> 1, at)
    return failure === 'full' ? written : fail()
  }) as typeof fs.writeSync
  const mkdirSync = ((path: PathLike, options?: fs.MakeDirectoryOptions) => {
    if (count(`mkdir ${path}`) !== 'whole') fail()
    return original.mkdirSync(path, options)
  }) as typeof fs.mkdirSync
  const changed = { ...replaced, writeSync, mkdirSync }
  Object.assign(fs, changed)
  syncBuiltinESMExports()
  try {
    return { result: await work(), error: null, calls }
  } catch (error) {
    return { result: null, error, calls }
  } finally {
    for (const name of Object.keys(changed)) Object.assign(fs, { [name]: Reflect.get(original, name) })
    syncBuiltinESMExports()
  }
}
