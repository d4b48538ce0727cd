import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** What a model's folder is called before a person: a run's name without its time. */
export function modelName(path: string): string {
  const name = basename(path) === 'model' ? basename(dirname(path)) : basename(path)
  return name.replace(/^\d{8}-\d{6}-/, '')
}

/** Changes when a model's folder comes, goes, or is another. */
export const stampNow = (path: string): string =>
  [
    ['run.json'],
    ['config.json'],
    ['onnx', 'model.onnx'],
    ['model', 'config.json'],
    ['model', 'onnx', 'model.onnx'],
  ]
    .map((names) => {
      try {
        const { size, mtimeMs } = statSync(join(path, ...names))
        return `${size} ${mtimeMs}`
      } catch {
        return '-'
      }
    })
    .join(' ')
