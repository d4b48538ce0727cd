import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { atomicWrite, isSystemError } from '../../data/atomic-write.ts'
import { LabelCheck } from './label-check.ts'

const Stored = v.pipe(v.string(), v.parseJson(), LabelCheck)

/** A check lives until another one is made of its file: it goes on after a reload, and a day later. */
export function storeCheck(folder: string, file: string, check: LabelCheck): void {
  mkdirSync(folder, { recursive: true })
  atomicWrite(pathOf(folder, file), JSON.stringify(check))
}

/** null: none was stored, or by another version. */
export function storedCheck(folder: string, file: string): LabelCheck | null {
  try {
    const stored = v.safeParse(Stored, readFileSync(pathOf(folder, file), 'utf8'))
    return stored.success ? stored.output : null
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null
    throw error
  }
}

const pathOf = (folder: string, file: string): string =>
  join(folder, `${createHash('sha256').update(file).digest('hex').slice(0, 20)}.json`)
