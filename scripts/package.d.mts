/** The platforms that onnxruntime-node has a binary for, by Visual Studio Code's names. */
export const targets: readonly string[]
/** Where the package of a target is written. */
export function packagePath(target: string): string
/** Packs what is built in dist/ with just the native files of one target; resolves with the path. */
export function packFor(target: string, to?: string): Promise<string>
/** The package of a target, packed anew where something that it holds is newer than it. */
export function freshPackage(target: string): Promise<string>
