import { readdirSync } from 'node:fs'
import { needsShared, shared } from '../../shared.ts'

/** The ONNX files of ../shared: real models and the zoo. */
export const sharedModels: readonly string[] = needsShared
  ? []
  : ['models', 'zoo'].flatMap((folder) =>
      readdirSync(shared(folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.onnx'))
        .sort()
        .map((path) => `${folder}/${path}`),
    )
