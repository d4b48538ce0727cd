import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readEvents } from '../../../src/run/metrics.ts'

/** Hold times, paths or the names of folders; all else of equal runs is equal bytes. */
const NOT_COMPARED = /^(run\.json|log\.txt|metrics\.jsonl|report\.html|checkpoints\/(last|best)\.json)$/

/** The files of a run with their bytes. A step that was saved again after a kill may have a number more to its name. */
function contents(run: string): ReadonlyMap<string, Buffer> {
  const files = readdirSync(run, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return new Map(
    files.map((file) => {
      const name = relative(run, file).replaceAll('\\', '/')
      return [name.replace(/^(checkpoints\/\d+)-\d+\//, '$1/'), readFileSync(file)]
    }),
  )
}

const losses = (run: string): readonly number[] =>
  readEvents(run).flatMap((event) =>
    event.event === 'step' ? [event.step, event.loss] : event.event === 'epoch' ? [event.train_loss] : [],
  )

/** Same files, same weights, predictions, scores and checkpoints bit for bit, same losses told. */
export function assertSameRun(run: string, whole: string, when: string): void {
  const [a, b] = [contents(run), contents(whole)]
  assert.deepEqual([...a.keys()], [...b.keys()], when)
  for (const [name, bytes] of a)
    if (!NOT_COMPARED.test(name))
      assert.ok(bytes.equals(b.get(name) ?? Buffer.alloc(0)), `${name} differs, ${when}`)
  assert.deepEqual(losses(run), losses(whole), when)
}
