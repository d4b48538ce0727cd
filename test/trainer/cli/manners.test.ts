import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { constants, getPriority, platform } from 'node:os'
import { test } from 'node:test'
import { keepAwakeCommand } from '../../../src/run/keep-awake.ts'
import { takeLowPriority } from '../../../src/run/low-priority.ts'
import { COMMANDS } from '../../../src/trainer/cli/commands.ts'
import { completionScript, SHELLS } from '../../../src/trainer/cli/completion.ts'
import { examine } from '../../../src/trainer/cli/doctor.ts'
import { cpuRuntime } from '../../../src/trainer/engine/runtime.ts'

test('every shell is told every command and its options', () => {
  for (const shell of SHELLS) {
    const script = completionScript(shell, COMMANDS)
    for (const [name, { options }] of COMMANDS) {
      assert.ok(script.includes(name), `${shell}: ${name}`)
      for (const option of Object.keys(options))
        assert.ok(script.includes(option.replaceAll('_', '-')), `${shell}: ${name} ${option}`)
    }
  }
})

const noBash = spawnSync('bash', ['--version']).status === 0 ? false : 'needs bash'

test('bash completes commands, options and files', { skip: noBash }, () => {
  const completed = (...words: string[]): string => {
    const quoted = words.map((word) => `'${word}'`).join(' ')
    const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _finesse; echo "\${COMPREPLY[@]}"`
    return spawnSync('bash', ['-c', `${completionScript('bash', COMMANDS)}\n${ask}`], {
      encoding: 'utf8',
    }).stdout.trim()
  }
  assert.equal(completed('finesse', 'tr'), 'train')
  assert.equal(completed('finesse', 'train', '--epo'), '--epochs')
  assert.equal(completed('finesse', 'runs', '--pr'), '--prune')
  assert.equal(completed('finesse', 'train', 'rev'), '')
})

test('the doctor finds what a run depends on, and no fault with this machine but what it lacks', async () => {
  const findings = await examine()
  const names = findings.map(({ name }) => name)
  for (const name of ['Finesse', 'Node', 'onnxruntime', 'processor', 'WebGPU', 'memory', 'runs'])
    assert.ok(names.includes(name), name)
  for (const { name, problem } of findings)
    if (problem !== null) assert.match(name, /^(memory|runs|cache of models|state|temporary files)$/, problem)
})

test('threads: all of one or two cores, else one less, or what is asked for', () => {
  const { threads } = cpuRuntime()
  assert.ok(threads >= 1)
  assert.equal(cpuRuntime(3).threads, 3)
})

test('a training goes behind everything else', {
  skip: platform() === 'win32' && 'no nice on Windows',
}, () => {
  const before = getPriority()
  takeLowPriority()
  assert.equal(getPriority(), Math.max(before, constants.priority.PRIORITY_BELOW_NORMAL))
})

test('each system has its own means to stay awake, for as long as the process lives', () => {
  for (const system of ['darwin', 'linux', 'win32'] as const) {
    const [program, words] = keepAwakeCommand(4321, system) ?? ['', []]
    assert.notEqual(program, '')
    assert.ok(words.some((word) => word.includes('4321')))
  }
  assert.equal(keepAwakeCommand(1, 'aix'), null)
})
