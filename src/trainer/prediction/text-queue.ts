import type { ModelText } from '../../data/model-text.ts'

/** A request for predictions, as far as it is answered. */
export interface Job {
  readonly id: number
  readonly model: string
  readonly texts: readonly ModelText[]
  /** One a text, from the first on. */
  readonly rows: number[][]
}

/** Texts that are computed at once, of one model. */
export interface Batch {
  readonly model: string
  readonly parts: readonly { readonly job: Job; readonly texts: readonly ModelText[] }[]
}

/** What waits: a text under the mouse goes before a file of thousands. */
export interface TextQueue {
  add(job: Job): void
  /** The job, where it still waited. */
  remove(id: number): Job | undefined
  removeModel(model: string): Job[]
  /** At most `most` texts, those of the jobs with the fewest left first; null: nothing waits. */
  next(most: (model: string) => number): Batch | null
}

export function createTextQueue(): TextQueue {
  const jobs = new Map<number, Job>()
  const left = (job: Job): number => job.texts.length - job.rows.length
  const remove = (id: number): Job | undefined => {
    const job = jobs.get(id)
    jobs.delete(id)
    return job
  }
  return {
    add: (job) => void jobs.set(job.id, job),
    remove,
    removeModel: (model) => [...jobs.values()].filter((job) => job.model === model && remove(job.id)),
    next(most) {
      // Stable: of equally many the older one.
      const waiting = [...jobs.values()].sort((a, b) => left(a) - left(b))
      const model = waiting[0]?.model
      if (model === undefined) return null
      let room = most(model)
      const parts = waiting
        .filter((job) => job.model === model)
        .flatMap((job) => {
          if (room === 0 && left(job) > 0) return []
          const texts = job.texts.slice(job.rows.length, job.rows.length + room)
          room -= texts.length
          return [{ job, texts }]
        })
      return { model, parts }
    },
  }
}
