// node scripts/screenshots.mjs: the README's pictures, from what `npm test -- test/ui/journey.test.ts` saw last.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

const pictures = {
  '1-data': 'data',
  '5-done': 'training',
  '6-report': 'report',
  '7-hover': 'hover',
}

const to = join(root, 'media', 'screenshots')
mkdirSync(to, { recursive: true })
for (const [shot, picture] of Object.entries(pictures))
  copyFileSync(join(root, '.cache', 'shots', `${shot}.png`), join(to, `${picture}.png`))
