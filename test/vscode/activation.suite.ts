import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { say } from './say.ts'

const extension = vscode.extensions.getExtension('finesse.finesse')

interface Command {
  command: string
  title: string
}
interface MenuItem {
  command?: string
  submenu?: string
  when?: string
}

suite('activation', () => {
  test('the extension is there, and activates by itself', async () => {
    assert.ok(extension)
    await extension.activate()
    assert.ok(extension.isActive)
  })

  test('the time that activate() takes is known', () => {
    // The host and its extensions share one process, and so one timeline.
    const [activation] = performance.getEntriesByName('finesse.activate')
    assert.ok(activation)
    say(`activate() took ${activation.duration.toFixed(1)} ms`)
  })

  test('every command of the manifest is registered, and has a category for the palette', async () => {
    const registered = new Set(await vscode.commands.getCommands(true))
    for (const { command, title, category } of manifest().contributes.commands) {
      assert.ok(registered.has(command), `${command} is registered`)
      assert.equal(category, 'Finesse', `${command} stands under Finesse`)
      assert.doesNotMatch(title, /^%|!/, `${command} has a title`)
    }
  })

  test('every menu names a command that there is', () => {
    const { commands, menus } = manifest().contributes
    const known = new Set(commands.map(({ command }) => command))
    for (const [menu, items] of Object.entries(menus))
      for (const { command } of items)
        assert.ok(command === undefined || known.has(command), `${menu}: ${command}`)
  })

  test('no command but those that work everywhere is in the palette without a condition', () => {
    const { commands, menus } = manifest().contributes
    const conditions = new Map(menus.commandPalette?.map(({ command, when }) => [command, when]))
    const everywhere = new Set(['finesse.fineTune', 'finesse.trySample', 'finesse.showLog'])
    for (const { command, enablement } of commands)
      if (!everywhere.has(command))
        assert.ok(conditions.get(command) ?? enablement, `${command} has a when or an enablement`)
  })
})

interface Manifest {
  contributes: {
    commands: (Command & { category?: string; enablement?: string })[]
    menus: Record<string, MenuItem[]>
  }
}

/** As VS Code read it, with the texts of package.nls.json in place. */
const manifest = (): Manifest => {
  assert.ok(extension)
  const read: Manifest = extension.packageJSON
  return read
}
