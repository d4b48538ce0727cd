import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sha256 } from '../../data/sha256.ts'

/**
 * SHA-256 of what a base model is read from beside its ONNX file, by name: the tokenizer, and the files that begin
 * with the ONNX file's name, where exporters put its tensors.
 */
export const baseFiles = async (folder: string, onnxFile: string): Promise<Record<string, string>> => {
  const onnx = basename(onnxFile)
  const beside = readdirSync(dirname(onnxFile), { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name.startsWith(onnx) && entry.name !== onnx)
    .map((entry) => entry.name)
  const hashes: Record<string, string> = { 'tokenizer.json': await sha256(join(folder, 'tokenizer.json')) }
  for (const name of beside.sort()) hashes[name] = await sha256(join(dirname(onnxFile), name))
  return hashes
}
