import { type ChildProcess, spawn } from 'node:child_process'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'

/** SetThreadExecutionState(ES_CONTINUOUS | ES_SYSTEM_REQUIRED) holds as long as its process does. */
const WINDOWS = `Add-Type -Name Power -Namespace Finesse -MemberDefinition '[DllImport("kernel32.dll")] public static extern uint SetThreadExecutionState(uint state);'; [void][Finesse.Power]::SetThreadExecutionState([uint32]2147483649); Wait-Process -Id`

/** The program of each system that keeps it awake for as long as a process lives. */
export const keepAwakeCommand = (
  pid: number,
  platform: NodeJS.Platform,
): readonly [string, readonly string[]] | null => {
  if (platform === 'darwin') return ['caffeinate', ['-i', '-w', `${pid}`]]
  if (platform === 'win32')
    return ['powershell', ['-NoProfile', '-NonInteractive', '-Command', `${WINDOWS} ${pid}`]]
  if (platform === 'linux')
    return [
      'systemd-inhibit',
      ['--what=sleep:idle', '--who=finesse', '--why=training', 'tail', `--pid=${pid}`, '-f', '/dev/null'],
    ]
  return null
}

/** Keeps the machine from falling asleep until this process ends. Fails where the system has no means. */
export async function keepAwake(): Promise<void> {
  const command = keepAwakeCommand(process.pid, process.platform)
  if (command === null)
    throw new UserError(t`Keeping the machine awake: ${process.platform} has no known means for it`)
  const [program, words] = command
  const child: ChildProcess = spawn(program, [...words], { stdio: 'ignore' })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', () =>
      reject(new UserError(t`Keeping the machine awake: ${program} is not there; leave that out`)),
    )
  })
  child.unref()
}
