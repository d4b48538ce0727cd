#!/usr/bin/env node
import { main } from './cli/main.ts'

const code = await main(process.argv.slice(2))
// What is written may still be on its way to a pipe; and a runtime's threads would keep the process alive.
process.stdout.write('', () => process.exit(code))
