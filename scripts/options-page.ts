// node --import tsx scripts/options-page.ts: writes docs/options.md from the options' own words.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { aboutOption, defaultOf, type OptionName } from '../src/shared/config.ts'
import { OPTION_GROUPS } from '../src/shared/option.ts'
import { flag, namesByGroup } from '../src/trainer/cli/options.ts'

const INTRODUCTION = `# Options

Every option of a training: what it does, what it may be, its default and why. Written by \`scripts/options-page.ts\` from \`src/shared/config.ts\`.

Each is a flag (\`--weight-decay 0.1\`), a pair (\`--set weight_decay=0.1\`) and a key of the JSON file that \`--config FILE\` names (\`{"weight_decay": 0.1}\`). Flags count most, then \`--set\`, then the file. \`finesse options NAME\` explains one in the terminal. How \`auto\` is decided is in [defaults.md](defaults.md) at length.
`

/** docs/options.md as it should be. */
export function optionsPage(): string {
  const sections = [...namesByGroup()].map(
    ([group, names]) => `## ${OPTION_GROUPS[group]}\n\n${names.map(section).join('\n')}`,
  )
  return [INTRODUCTION, ...sections].join('\n')
}

const section = (name: OptionName): string => {
  const { value, allowed, meaning, reason } = aboutOption(name)
  const fallback = defaultOf(name)
  return `### ${name}

${meaning}

- \`${`${flag(name)} ${value}`.trimEnd()}\`: ${allowed}
- default: ${fallback === null ? 'none' : `\`${fallback}\``}. ${reason}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/options.md', import.meta.url), optionsPage())
