/* As src/data has it, which writes files too and may not import from here. */
export {
  atomicWrite,
  atomicWriteWith,
  isSystemError,
  rename,
  syncFolder,
  systemReason,
  writeAll,
} from '../data/atomic-write.ts'
