import { checkLabelsScenes } from './check-labels.ts'
import { classifiedScenes } from './classified.ts'
import { configurationScenes } from './configuration.ts'
import { dataScenes } from './data.ts'
import { labellingScenes } from './labelling.ts'
import { learningCurveScenes } from './learning-curve.ts'
import { reportScenes } from './report.ts'
import { runScenes } from './run.ts'
import type { Scene } from './scene.ts'

/** The states of all pages, by name. */
export const scenes: Readonly<Record<string, Scene>> = {
  ...dataScenes,
  ...configurationScenes,
  ...runScenes,
  ...reportScenes,
  ...classifiedScenes,
  ...checkLabelsScenes,
  ...labellingScenes,
  ...learningCurveScenes,
}

export type { Scene }
