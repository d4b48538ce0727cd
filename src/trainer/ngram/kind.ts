import { join } from 'node:path'
import * as v from 'valibot'
import { readJsonFile } from '../text/json-file.ts'

/** What `config.json` calls the kind of model. */
export const NGRAM_TYPE = 'finesse-ngram'

const KindOfModel = v.looseObject({ model_type: v.nullish(v.string()) })

/** Whether a folder holds an n-gram model. */
export const isNgramFolder = (folder: string): boolean =>
  readJsonFile(join(folder, 'config.json'), KindOfModel)?.model_type === NGRAM_TYPE
