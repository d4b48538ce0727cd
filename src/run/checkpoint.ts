import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { atomicWrite, rename, syncFolder } from '../data/atomic-write.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { readChecked } from './folder.ts'
import { readSafetensors, type SafeTensor, writeSafetensors } from './safetensors.ts'

export interface Checkpoint {
  readonly step: number
  /** Trainables and optimiser state by name; each is kept as one row of numbers. */
  readonly tensors: ReadonlyMap<string, Float32Array>
  /** Plain JSON; its owner checks it when it comes back. */
  readonly state: unknown
}

/** `last` is where `resume` goes on, `best` what is exported. */
export type Pointer = 'last' | 'best'

/** `checkpoints/last.json` and `checkpoints/best.json`. */
export const CheckpointPointer = v.object({
  step: v.number(),
  folder: v.pipe(v.string(), v.regex(/^\d+(-\d+)?$/)),
})
/** `checkpoints/<step>/state.json`. */
const StateFile = v.object({ schema: v.literal(1), step: v.number(), state: v.unknown() })

/**
 * Saves a checkpoint and points `last` and `best` to it, as asked; then every folder without a pointer goes. At
 * no moment is a pointer's folder missing or half written: a run that is killed here goes on from the old
 * checkpoint or from the new one.
 */
export function saveCheckpoint(
  run: string,
  checkpoint: Checkpoint,
  { best, last = true }: { readonly best: boolean; readonly last?: boolean },
): void {
  const folder = checkpointsFolder(run)
  mkdirSync(folder, { recursive: true })
  const before = pointedTo(run)
  const name = freeName(checkpoint.step, before)
  const temporary = join(folder, `${name}.tmp`)
  rmSync(temporary, { recursive: true, force: true })
  rmSync(join(folder, name), { recursive: true, force: true })

  mkdirSync(temporary)
  const tensors = new Map<string, SafeTensor>()
  for (const [key, values] of checkpoint.tensors)
    tensors.set(key, {
      dtype: 'F32',
      dims: [values.length],
      data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    })
  const state = { schema: 1, step: checkpoint.step, state: checkpoint.state }
  try {
    writeSafetensors(join(temporary, 'weights.safetensors'), tensors)
    atomicWrite(join(temporary, 'state.json'), `${JSON.stringify(state)}\n`)
    rename(temporary, join(folder, name))
  } catch (error) {
    // On a full disk the record needs this room.
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
  syncFolder(folder)

  const pointer = `${JSON.stringify({ step: checkpoint.step, folder: name })}\n`
  // Best first: were the process killed in between, the older `last` is computed again and finds the same best.
  if (best) atomicWrite(join(folder, 'best.json'), pointer)
  if (last) atomicWrite(join(folder, 'last.json'), pointer)
  removeUnpointed(run)
}

/** Removes the checkpoints that no pointer names, half written ones among them, and nothing else. */
export function removeUnpointed(run: string): void {
  const folder = checkpointsFolder(run)
  if (!existsSync(folder)) return
  const kept = pointedTo(run)
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory() && /^\d+(-\d+)?(\.tmp)?$/.test(entry.name) && !kept.has(entry.name))
      rmSync(join(folder, entry.name), { recursive: true, force: true })
}

/** A run may come from somebody else: where its folder of checkpoints leads elsewhere, nothing is removed there. */
function checkpointsFolder(run: string): string {
  const folder = join(run, 'checkpoints')
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new UserError(t`${folder}: a link to another place; put the folder itself there`)
  return folder
}

/** null: none was saved. A damaged one is a UserError. */
export function loadCheckpoint(run: string, which: Pointer): Checkpoint | null {
  const pointer = readPointer(run, which)
  if (pointer === null) return null
  const folder = join(run, 'checkpoints', pointer.folder)
  const { step, state } = readChecked(join(folder, 'state.json'), StateFile, t`the checkpoint is damaged`)
  if (step !== pointer.step)
    throw new UserError(
      t`${join(folder, 'state.json')}: damaged: step ${step}, but ${which}.json says ${pointer.step}`,
    )
  const file = join(folder, 'weights.safetensors')
  const tensors = new Map<string, Float32Array>()
  for (const [name, { dtype, data }] of readSafetensors(file).tensors) {
    if (dtype !== 'F32') throw new UserError(t`${file}: damaged: tensor ${name} is ${dtype}, not F32`)
    tensors.set(name, new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4))
  }
  return { step, tensors, state }
}

function readPointer(run: string, which: Pointer): v.InferOutput<typeof CheckpointPointer> | null {
  const file = join(run, 'checkpoints', `${which}.json`)
  return existsSync(file) ? readChecked(file, CheckpointPointer, t`the checkpoint is gone`) : null
}

function pointedTo(run: string): Set<string> {
  const pointers = [readPointer(run, 'last'), readPointer(run, 'best')]
  return new Set(pointers.flatMap((pointer) => (pointer === null ? [] : [pointer.folder])))
}

/** A folder that a pointer still names is not written over: the same step saved again gets a number. */
function freeName(step: number, taken: ReadonlySet<string>): string {
  let name = String(step)
  for (let n = 2; taken.has(name); n++) name = `${step}-${n}`
  return name
}
