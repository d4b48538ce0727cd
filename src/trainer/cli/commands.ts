import type { Command } from './command.ts'
import { clean } from './commands/clean.ts'
import { compare } from './commands/compare.ts'
import { completionOf } from './commands/completion.ts'
import { doctor } from './commands/doctor.ts'
import { evaluate } from './commands/evaluate.ts'
import { exportModel } from './commands/export.ts'
import { labelErrors } from './commands/label-errors.ts'
import { learningCurveCommand } from './commands/learning-curve.ts'
import { options } from './commands/options.ts'
import { predict } from './commands/predict.ts'
import { profile } from './commands/profile.ts'
import { report } from './commands/report.ts'
import { resume } from './commands/resume.ts'
import { runs } from './commands/runs.ts'
import { select } from './commands/select.ts'
import { train } from './commands/train.ts'
import { verify } from './commands/verify.ts'

/** In the order in which a person comes to need them. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['train', train],
  ['options', options],
  ['profile', profile],
  ['clean', clean],
  ['label-errors', labelErrors],
  ['learning-curve', learningCurveCommand],
  ['predict', predict],
  ['evaluate', evaluate],
  ['report', report],
  ['select', select],
  ['export', exportModel],
  ['resume', resume],
  ['runs', runs],
  ['compare', compare],
  ['verify', verify],
  ['doctor', doctor],
  ['completion', completionOf(() => COMMANDS)],
])
