import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A language pack that translates nothing of VS Code itself, which is enough for it to speak Chinese: extensions then
 * use their own Chinese texts. The real pack comes from the marketplace, which tests don't reach.
 */
export function installChinese(data: string, extensions: string): void {
  const id = 'finesse-test.language-pack-zh-cn'
  const version = '1.0.0'
  const folder = join(extensions, `${id}-${version}`)
  const translations = join(folder, 'main.i18n.json')
  mkdirSync(folder, { recursive: true })
  writeFileSync(translations, JSON.stringify({ version, contents: {} }))
  const localization = {
    languageId: 'zh-cn',
    languageName: 'Chinese Simplified',
    localizedLanguageName: '中文(简体)',
    translations: [{ id: 'vscode', path: './main.i18n.json' }],
  }
  const manifest = {
    name: 'language-pack-zh-cn',
    publisher: 'finesse-test',
    version,
    engines: { vscode: '*' },
    contributes: { localizations: [localization] },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  // What VS Code itself writes when it finds a pack, which is too late for the first page.
  const packs = {
    'zh-cn': {
      hash: '1',
      label: localization.localizedLanguageName,
      extensions: [{ extensionIdentifier: { id }, version }],
      translations: { vscode: translations },
    },
  }
  writeFileSync(join(data, 'languagepacks.json'), JSON.stringify(packs))
}
