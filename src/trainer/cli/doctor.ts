import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { dirname, resolve } from 'node:path'
import { systemReason } from '../../data/atomic-write.ts'
import { DEFAULT_OUT } from '../../run/folder.ts'
import { thisMachine } from '../../run/machine.ts'
import { sizeOf } from '../../run/size.ts'
import { stateFolder } from '../../run/socket.ts'
import { listed } from '../../shared/counts.ts'
import { DEVICES, deviceName } from '../../shared/device.ts'
import { t } from '../../shared/l10n.ts'
import { availableMemory } from '../available-memory.ts'
import { userCache } from '../text/user-cache.ts'
import { version } from '../version.ts'
import { bytes } from './format.ts'

/** Something that a run depends on, as it is on this machine. */
export interface Finding {
  readonly name: string
  readonly value: string
  /** What would go wrong and what to do; null where nothing would. */
  readonly problem: string | null
}

const fine = (name: string, value: string): Finding => ({ name, value, problem: null })

/** MiniLM with batches of 16 rows of 128 tokens takes about 1 GB. */
const LEAST_MEMORY = 1.5e9
/** Checkpoints and cached activations of a small model. */
const LEAST_DISK = 2e9

/** Looks at all that a run depends on. Changes nothing. */
export const examine = async (): Promise<readonly Finding[]> => {
  const loaded = await runtime()
  return [
    fine('Finesse', version),
    node(),
    fine('system', `${process.platform}-${process.arch}`),
    loaded,
    processor(),
    ...(loaded.problem === null ? await devices() : []),
    memory(),
    folder('runs', DEFAULT_OUT),
    folder('cache of models', userCache()),
    folder('state', stateFolder()),
    folder('temporary files', tmpdir()),
    fine('model hub', process.env.HF_ENDPOINT ?? t`the default; HF_ENDPOINT names another`),
  ]
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const old = major < 20 || (major === 20 && minor < 19)
  return {
    name: 'Node',
    value: process.versions.node,
    problem: old ? t`Finesse needs Node 20.19 or later` : null,
  }
}

async function runtime(): Promise<Finding> {
  const name = 'onnxruntime'
  try {
    const { runtimeVersion } = await import('../engine/runtime.ts')
    return fine(name, runtimeVersion)
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return { name, value: t`does not load`, problem: t`nothing can be trained: ${reason}; run npm ci again` }
  }
}

function processor(): Finding {
  const cores = availableParallelism()
  const { features } = thisMachine()
  const vectors = features.filter((feature) =>
    /^(avx2|avx512f|avx512_vnni|avx_vnni|amx_tile|asimd|sve)$/.test(feature),
  )
  const model = cpus()[0]?.model.trim() ?? process.arch
  return fine('processor', listed([model, t`cores ${cores}`, ...vectors]))
}

/** What else could compute here: WebGPU, and what the runtime of this platform was built for beside it. */
async function devices(): Promise<readonly Finding[]> {
  const { missingDevice } = await import('../engine/device-check.ts')
  const { supportedDevices } = await import('../engine/runtime.ts')
  const others = DEVICES.filter((device) => device !== 'cpu' && device !== 'webgpu')
  const asked = ['webgpu' as const, ...others.filter((device) => supportedDevices.includes(device))]
  return Promise.all(
    asked.map(async (device) => {
      const missing = await missingDevice(device)
      return fine(
        deviceName(device),
        missing === null
          ? t`there (--device ${device})`
          : device === 'webgpu'
            ? t`none; training uses the processor`
            : missing,
      )
    }),
  )
}

/** In a container the limit is the container's. */
function memory(): Finding {
  const limit = process.constrainedMemory() ?? 0
  const total = limit > 0 && limit < totalmem() ? limit : totalmem()
  const free = Math.min(availableMemory(), total)
  return {
    name: 'memory',
    value: t`${bytes(free)} free of ${bytes(total)}`,
    problem:
      free < LEAST_MEMORY
        ? t`little for more than the embedded model: close other programs, or use a smaller --batch`
        : null,
  }
}

/** A folder that is not there yet is made in the nearest one above it. */
function folder(name: string, path: string): Finding {
  const there = existing(resolve(path))
  try {
    accessSync(there, constants.W_OK)
    const { bavail, bsize } = statfsSync(there)
    const free = bavail * bsize
    return {
      name,
      value:
        there === resolve(path) && name !== 'temporary files'
          ? t`${there}: holds ${bytes(sizeOf(there))}, ${bytes(free)} of disk free`
          : t`${resolve(path)}: ${bytes(free)} of disk free`,
      problem:
        free < LEAST_DISK ? t`a full disk would stop a run: free some, as with finesse runs --prune` : null,
    }
  } catch (error) {
    const reason = systemReason(error)
    if (reason === null) throw error
    return { name, value: resolve(path), problem: t`cannot be written: ${reason}` }
  }
}

const existing = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : existing(dirname(path))
