import { DTYPES, type Dtype } from '../../shared/compression.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'

export const dtypeHelp = (): readonly [string, string] => [
  '--dtype D',
  t`which file of the model: ${DTYPES.join(', ')} (fp32)`,
]

/** The file of a model that is asked for. */
export function dtypeFrom(values: ReadonlyMap<string, string>): Dtype {
  const asked = values.get('dtype') ?? 'fp32'
  const dtype = DTYPES.find((name) => name === asked)
  if (dtype === undefined)
    throw new UserError(
      t`--dtype ${asked}: must be ${DTYPES.slice(0, -1).join(', ')} or ${DTYPES.at(-1) ?? ''}`,
      'usage',
    )
  return dtype
}
