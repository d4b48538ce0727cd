import type { Rules } from '../rule.ts'
import { activation } from './activation.ts'
import { elementwise } from './elementwise.ts'
import { indexing } from './indexing.ts'
import { linear } from './linear.ts'
import { normalisation } from './normalisation.ts'
import { reduction } from './reduction.ts'
import { shape } from './shape.ts'

/** Every operator that Finesse can train through. Rules are written for the opset of src/trainer/onnx/model.ts. */
export const rules: Rules = {
  ...elementwise,
  ...activation,
  ...linear,
  ...reduction,
  ...shape,
  ...indexing,
  ...normalisation,
}
