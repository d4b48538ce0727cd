/*
 * The prediction server: a process of its own for the editor, as computing blocks the thread. It reads requests of
 * src/shared/prediction-protocol.ts from standard input and ends with it, however its parent ended.
 */
import { useLanguage } from './cli/language.ts'

// What is imported below makes texts when it is loaded, and a bundler keeps no order of imports.
useLanguage()
const { serve } = await import('./prediction/serve.ts')
serve()
