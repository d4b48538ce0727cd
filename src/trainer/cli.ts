#!/usr/bin/env node
import { useLanguage } from './cli/language.ts'

// What is imported below makes texts when it is loaded, and a bundler keeps no order of imports.
useLanguage()
const { main } = await import('./cli/main.ts')
const code = await main(process.argv.slice(2))
// What is written may still be on its way to a pipe; and a runtime's threads would keep the process alive.
process.stdout.write('', () => process.exit(code))
