import { modelFolderOf, modelStamp } from '../../run/model-folder.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { openPredictor, type Predictor } from './predict.ts'

/** Models that stay open: a person has few in use, and each holds its weights. */
const MOST_OPEN = 3

export interface OpenModels {
  /** Opens a model once; again where its file has changed. Of a folder that is gone a UserError. */
  get(path: string): Promise<Predictor>
}

interface Open {
  readonly folder: string
  readonly stamp: string
  readonly predictor: Predictor
}

export function createOpenModels(open: (folder: string) => Promise<Predictor> = openPredictor): OpenModels {
  /** The one used last comes last. */
  const models = new Map<string, Open>()

  const close = async (path: string): Promise<void> => {
    const model = models.get(path)
    models.delete(path)
    await model?.predictor.close()
  }

  return {
    async get(path) {
      const known = models.get(path)
      if (known !== undefined) {
        const stamp = modelStamp(known.folder)
        if (stamp === known.stamp) {
          models.delete(path)
          models.set(path, known)
          return known.predictor
        }
        await close(path)
        if (stamp === null)
          throw new UserError(t`${path}: the model was deleted while in use; choose another`)
      }
      const folder = modelFolderOf(path)
      const stamp = modelStamp(folder)
      const predictor = await open(folder)
      for (const oldest of [...models.keys()].slice(0, Math.max(0, models.size + 1 - MOST_OPEN)))
        await close(oldest)
      // Without a file it would not have opened; one that changed meanwhile is opened again by the next request.
      models.set(path, { folder, stamp: stamp ?? '', predictor })
      return predictor
    },
  }
}
