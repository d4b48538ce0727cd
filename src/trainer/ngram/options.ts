import { type OptionName, ResolvedOptions } from '../../shared/config.ts'

/** Whether an option says how an encoder is trained or written, and nothing of an n-gram model. */
export const isWithoutEffect = (name: OptionName): boolean =>
  (Object.hasOwn(ResolvedOptions.entries, name) && name !== 'seed' && name !== 'task') ||
  name.startsWith('augment') ||
  name === 'compress'
