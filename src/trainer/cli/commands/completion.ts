import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { completionScript, SHELLS } from '../completion.ts'
import { wordAt } from '../run-references.ts'
import { print } from '../standard.ts'

/** @param commands all of them; this one is among them, so they are asked for when it is called */
export const completionOf = (commands: () => ReadonlyMap<string, Command>): Command => ({
  summary: t`print a script that completes commands and options in your shell`,
  synopsis: 'bash|zsh|fish|powershell',
  about: t`Prints a script for your shell; its first line says where it belongs.`,
  required: ['SHELL'],
  optional: [],
  options: {},
  optionHelp: [],
  examples: [
    'finesse completion bash >> ~/.bashrc',
    'finesse completion fish > ~/.config/fish/completions/finesse.fish',
  ],
  async run({ words }) {
    const asked = wordAt(words, 0)
    const shell = SHELLS.find((known) => known === asked)
    if (shell === undefined)
      throw new UserError(t`${asked}: no shell that is known here; use one of ${SHELLS.join(', ')}`, 'usage')
    await print(completionScript(shell, commands()))
    return EXIT.done
  },
})
