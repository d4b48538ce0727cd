import { defaultOf } from '../../../shared/config.ts'
import { ofCourse } from './examined.ts'

const LEAST_ROWS = 20
/** Where nearly all rows have one label, saying it of every row is no sign of a dead head. */
const MOST_FREQUENT = 0.8

/** The trained head gives every row the same label: its scores are exactly those of one label for all validation rows. */
export const deadHead = ofCourse(({ asked, options, epochs }, { valid }) => {
  const last = epochs.at(-1)
  if (last === undefined || !('accuracy' in last.valid) || valid.rows < LEAST_ROWS) return null
  const { accuracy, f1_macro } = last.valid
  const present = valid.classes.filter(({ support }) => support > 0)
  const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9
  const same = present.find(({ support }) => {
    const share = support / valid.rows
    return near(accuracy, share) && near(f1_macro, (2 * share) / (1 + share) / present.length)
  })
  if (same === undefined || present.length < 2 || accuracy > MOST_FREQUENT) return null
  const usual = defaultOf('weight_decay')
  return {
    rule: 'dead-head',
    figures: { epoch: last.epoch, accuracy, weight_decay: options.weight_decay },
    change:
      typeof usual === 'number' && options.weight_decay > 10 * usual
        ? { weight_decay: usual }
        : { lr: asked.lr === 'auto' ? Number((options.lr / 4).toPrecision(2)) : 'auto' },
  }
})
