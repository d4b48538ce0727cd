// Loaded into a trainer before it begins (node --import): while the file that FULL_WHILE names is there, the disk has
// no room for checkpoints, as one that is almost full.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const marker = process.env.FULL_WHILE ?? ''
const { openSync } = fs
fs.openSync = (path, flags = 'r', mode) => {
  if (flags !== 'r' && String(path).includes('checkpoints') && fs.existsSync(marker))
    throw Object.assign(new Error(`ENOSPC: no space left on device, open '${path}'`), {
      code: 'ENOSPC',
      errno: -28,
      path: String(path),
      syscall: 'open',
    })
  return openSync(path, flags, mode)
}
syncBuiltinESMExports()
