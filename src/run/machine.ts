import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { t } from '../shared/l10n.ts'
import type { Machine, RunRecord } from '../shared/run.ts'

/** Instructions by which the runtime chooses how it multiplies: others add in another order. */
const VECTOR_INSTRUCTION =
  /^(sse4_[12]|avx\w*|fma|f16c|amx\w*|asimd\w*|sve\w*|sme\w*|i8mm|bf16|vsx|lasx|lsx)$/

export const thisMachine = (): Machine => ({
  platform: process.platform,
  arch: process.arch,
  cpu: cpus()[0]?.model.trim() ?? '',
  features: vectorInstructions(),
})

/** Empty where the system does not list them as Linux does. */
function vectorInstructions(): string[] {
  try {
    const listed = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'latin1'))?.[1] ?? ''
    return listed
      .split(/\s+/)
      .filter((word) => VECTOR_INSTRUCTION.test(word))
      .sort()
  } catch {
    return []
  }
}

/**
 * What makes results of this machine differ in their last bits from those of the machine that a run began on, a
 * phrase each. The number of threads is not among it: a run keeps its own.
 */
export function machineDifferences(
  { machine: then, versions }: Pick<RunRecord, 'machine' | 'versions'>,
  now: Machine,
  onnxruntime: string,
): string[] {
  const differences: string[] = []
  const here = `${now.platform}-${now.arch}`
  const began = then === null ? versions.platform : `${then.platform}-${then.arch}`
  if (began !== here) differences.push(t`it began on ${began}, this machine is ${here}`)
  else if (then !== null && (then.features.length > 0 || now.features.length > 0)) {
    const lacking = then.features.filter((name) => !now.features.includes(name))
    const further = now.features.filter((name) => !then.features.includes(name))
    if (lacking.length > 0)
      differences.push(t`it began on a processor with ${lacking.join(', ')}, which this one has not`)
    if (further.length > 0)
      differences.push(t`it began on a processor without ${further.join(', ')}, which this one has`)
  } else if (then !== null && then.cpu !== now.cpu)
    differences.push(t`it began on a processor ${then.cpu}, this one is ${now.cpu}`)
  if (versions.onnxruntime !== onnxruntime)
    differences.push(t`it began with onnxruntime ${versions.onnxruntime}, this is ${onnxruntime}`)
  return differences
}
