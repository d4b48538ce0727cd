import type { Rules } from '../rule.ts'
import { activation } from './activation.ts'
import { attention } from './attention.ts'
import { convolution } from './convolution.ts'
import { elementwise } from './elementwise.ts'
import { indexing } from './indexing.ts'
import { linear } from './linear.ts'
import { normalisation } from './normalisation.ts'
import { pooling } from './pooling.ts'
import { reductions } from './reduction.ts'
import { resizing } from './resize.ts'
import { shape } from './shape.ts'
import { trigonometry } from './trigonometry.ts'

/** The table by what the operators do; rules are written for the opset of src/trainer/onnx/model.ts and later. */
export const ruleGroups: Readonly<Record<string, Rules>> = {
  'On elements': { ...elementwise, ...trigonometry },
  Activations: activation,
  Products: linear,
  'Convolution, pooling, resizing': { ...convolution, ...pooling, ...resizing },
  Normalisation: normalisation,
  Reductions: reductions,
  'Moving elements': shape,
  'Picking and placing elements': indexing,
  Attention: attention,
}

/** Every operator that Finesse can train through. */
export const rules: Rules = Object.assign({}, ...Object.values(ruleGroups))
