import type { Finding } from '../../../shared/trust.ts'
import { deadHead } from './dead-head.ts'
import type { Examined, Rule } from './examined.ts'
import { imbalance } from './imbalance.ts'
import { labelNoise } from './label-noise.ts'
import { overFitting } from './over-fitting.ts'
import { rateTooHigh } from './rate-too-high.ts'
import { tooLittleData } from './too-little-data.ts'
import { underFitting } from './under-fitting.ts'

/** Of these the first that holds explains what the others would see: they are its consequences. */
const CAUSES: readonly Rule[] = [rateTooHigh, deadHead, tooLittleData]

const OTHERS: readonly Rule[] = [overFitting, underFitting, imbalance, labelNoise]

/** What curves and data say is wrong with a run, by the rules of docs/evaluation/doctor.md. */
export const findFindings = (examined: Examined): Finding[] => {
  for (const rule of CAUSES) {
    const found = rule(examined)
    if (found !== null) return [found]
  }
  return OTHERS.flatMap((rule) => rule(examined) ?? [])
}
