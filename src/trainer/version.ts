/** Put in by esbuild.mjs from package.json. */
declare const FINESSE_VERSION: string

export const version = typeof FINESSE_VERSION === 'string' ? FINESSE_VERSION : 'development'
