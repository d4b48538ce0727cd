// node --import tsx scripts/compile-kernel.ts: compiles the optimiser's kernel into the module that holds its bytes.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import compiler from 'wabt'

const folder = new URL('../src/trainer/training/step/', import.meta.url)

/** The kernel's bytes, compiled anew from its text. */
export async function compileKernel(): Promise<Buffer> {
  const { parseWat } = await compiler()
  const text = readFileSync(new URL('adamw.wat', folder), 'utf8')
  return Buffer.from(parseWat('adamw.wat', text, { simd: true }).toBinary({}).buffer)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await compileKernel()
  writeFileSync(
    new URL('adamw-kernel.ts', folder),
    `/** adamw.wat, compiled by scripts/compile-kernel.ts. */\nexport const KERNEL_BASE64 =\n  '${bytes.toString('base64')}'\n`,
  )
}
