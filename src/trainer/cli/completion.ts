import { t } from '../../shared/l10n.ts'
import type { Command } from './command.ts'

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof SHELLS)[number]

/** A command and the options that may follow it, as they are written. */
interface Completable {
  readonly name: string
  readonly summary: string
  readonly options: readonly string[]
}

/** A script that teaches a shell the commands and options; what is neither completes as a file. */
export function completionScript(shell: Shell, commands: ReadonlyMap<string, Command>): string {
  const known = [...commands].map(([name, { summary, options }]) => ({
    name,
    summary,
    options: [...Object.keys(options), 'json', 'help'].map((key) => `--${key.replaceAll('_', '-')}`),
  }))
  switch (shell) {
    case 'bash':
      return bash(known)
    case 'zsh':
      return zsh(known)
    case 'fish':
      return fish(known)
    case 'powershell':
      return powershell(known)
  }
}

const names = (commands: readonly Completable[]): string => commands.map(({ name }) => name).join(' ')

const bash = (commands: readonly Completable[]): string => `# ${t`source this, or put it into ~/.bashrc`}
_finesse() {
  local word=\${COMP_WORDS[COMP_CWORD]} choices=
  if [ "$COMP_CWORD" -eq 1 ]; then choices='${names(commands)}'
  else
    case \${COMP_WORDS[1]} in
${commands.map(({ name, options }) => `      ${name}) choices='${options.join(' ')}' ;;`).join('\n')}
    esac
    case $word in -*) ;; *) choices= ;; esac
  fi
  COMPREPLY=($(compgen -W "$choices" -- "$word"))
}
complete -o default -F _finesse finesse
`

const zsh = (commands: readonly Completable[]): string => `#compdef finesse
# ${t`source this after compinit, or save it as _finesse in a folder of $fpath`}
_finesse() {
  if (( CURRENT == 2 )); then
    local -a commands=(${commands.map(({ name, summary }) => `'${name}:${summary.replaceAll("'", "'\\''").replaceAll(':', '\\:')}'`).join(' ')})
    _describe command commands
    return
  fi
  local -a options
  case \${words[2]} in
${commands.map(({ name, options }) => `    ${name}) options=(${options.join(' ')}) ;;`).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then compadd -- $options; else _files; fi
}
compdef _finesse finesse
`

const fish = (commands: readonly Completable[]): string =>
  [
    `# ${t`save this as ~/.config/fish/completions/finesse.fish`}`,
    ...commands.flatMap(({ name, summary, options }) => [
      `complete -c finesse -n __fish_use_subcommand -a ${name} -d '${summary.replaceAll("'", "\\'")}'`,
      ...options.map(
        (option) =>
          `complete -c finesse -n '__fish_seen_subcommand_from ${name}' -l ${option.replace('--', '')}`,
      ),
    ]),
    '',
  ].join('\n')

const powershell = (
  commands: readonly Completable[],
): string => `# ${t`put this into the file that $PROFILE names`}
Register-ArgumentCompleter -Native -CommandName finesse -ScriptBlock {
  param($word, $ast, $position)
  $options = @{
${commands.map(({ name, options }) => `    '${name}' = @(${options.map((option) => `'${option}'`).join(', ')})`).join('\n')}
  }
  $words = $ast.CommandElements | ForEach-Object { $_.ToString() }
  $known = if ($words.Count -lt 2 -or ($words.Count -eq 2 -and $word)) { $options.Keys } else { $options[$words[1]] }
  $known | Where-Object { $_ -like "$word*" } | Sort-Object | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`
