import { findBrowser, vscodeUnderTest } from '../../scripts/vscode/install.mjs'

/** The root of the clone, which is the extension under development. */
export const root = new URL('../../', import.meta.url).pathname

/**
 * Why tests in a real VS Code are left out, or false where it and a browser are there: `npm test` installs both
 * (scripts/vscode/install.mjs). Without them CI fails: see scripts/test.mjs.
 */
export const needsEditor: string | false =
  vscodeUnderTest.exists && findBrowser()
    ? false
    : 'needs the VS Code of the tests: node scripts/vscode/install.mjs'
