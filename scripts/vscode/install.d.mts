/** Where the parts of the VS Code of the tests lie; `exists` says whether they do. */
export const vscodeUnderTest: { readonly node: string; readonly entry: string; readonly exists: boolean }
/** Why it can't be had, or null once it is there. */
export function installVscode(): string | null
/** A browser that Playwright can drive. */
export function findBrowser(): string | undefined
/** Why there is no browser, or null once there is one. */
export function installBrowser(): string | null
