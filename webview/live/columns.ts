/** The steps of a run, a column each: numbers in arrays that double, so that a step more costs nothing. */
export interface StepColumns {
  readonly length: number
  readonly step: Float64Array
  readonly time: Float64Array
  readonly loss: Float64Array
  readonly rate: Float64Array
  readonly speed: Float64Array
}

const NAMES = ['step', 'time', 'loss', 'rate', 'speed'] as const

export type StepRow = Readonly<Record<(typeof NAMES)[number], number>>

export interface StepStore {
  push(row: StepRow): void
  /** Views, good until the next `push`. */
  columns(): StepColumns
}

/** An empty store. */
export const createSteps = (capacity = 1024): StepStore => {
  let room = capacity
  let length = 0
  const filled = (): Record<(typeof NAMES)[number], Float64Array> => ({
    step: new Float64Array(room),
    time: new Float64Array(room),
    loss: new Float64Array(room),
    rate: new Float64Array(room),
    speed: new Float64Array(room),
  })
  let arrays = filled()
  return {
    push(row) {
      if (length === room) {
        room *= 2
        const before = arrays
        arrays = filled()
        for (const name of NAMES) arrays[name].set(before[name])
      }
      for (const name of NAMES) arrays[name][length] = row[name]
      length++
    },
    columns: () => ({
      length,
      step: arrays.step.subarray(0, length),
      time: arrays.time.subarray(0, length),
      loss: arrays.loss.subarray(0, length),
      rate: arrays.rate.subarray(0, length),
      speed: arrays.speed.subarray(0, length),
    }),
  }
}
