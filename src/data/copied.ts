/** The same text on its own: a string cut from a larger one keeps all of that alive. */
export const copied = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le')
