/** What a key asks for on the page; null: nothing. */
export type KeyRequest = { readonly label: string } | 'skip' | 'undo' | 'filter' | null

/** Of a keyboard event what counts here. */
export interface Key {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly repeat: boolean
}

/**
 * @param shown the labels in the order in which they stand there
 * @param isTyping whether the key goes into a field
 */
export function requestOf(
  { key, ctrlKey, metaKey, altKey, repeat }: Key,
  shown: readonly string[],
  isTyping: boolean,
): KeyRequest {
  // A key that is held down would label texts that nobody has read.
  if (isTyping || repeat || ctrlKey || metaKey || altKey) return null
  if (/^[1-9]$/.test(key)) {
    const label = shown[Number(key) - 1]
    return label === undefined ? null : { label }
  }
  if (key === 's') return 'skip'
  if (key === 'u') return 'undo'
  return key === '/' ? 'filter' : null
}

/** The labels that hold what was typed, those that begin with it first. */
export function filtered(labels: readonly string[], typed: string): readonly string[] {
  const wanted = typed.trim().toLowerCase()
  const found = labels.filter((label) => label.toLowerCase().includes(wanted))
  const begins = (label: string): boolean => label.toLowerCase().startsWith(wanted)
  return wanted === '' ? labels : [...found.filter(begins), ...found.filter((label) => !begins(label))]
}
