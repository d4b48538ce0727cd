/** Names of which an option takes some, as a list of words with commas. */
export interface WordList<Name extends string = string> {
  /** In the order in which they are done, whatever the order of the words. */
  readonly names: readonly Name[]
  /** What `all` asks for. */
  readonly all: readonly Name[]
  /** What `default` asks for; null: there is no such word. */
  readonly usual: readonly Name[] | null
}

/**
 * The names that a text asks for: `none`, `all`, `default`, names and `no-NAME`, read from left to right
 * (`default,html`, `default,no-whitespace`); or the first word that is none of these.
 */
export function chosenNames<Name extends string>(
  { names, all, usual }: WordList<Name>,
  text: string,
): readonly Name[] | { readonly unknown: string } {
  const chosen = new Set<Name>()
  for (const part of text.split(',')) {
    const word = part.trim().toLowerCase().replaceAll('-', '_')
    const name = names.find((one) => one === word)
    const left = names.find((one) => `no_${one}` === word)
    if (word === 'none') chosen.clear()
    else if (word === 'all') for (const one of all) chosen.add(one)
    else if (word === 'default' && usual !== null) for (const one of usual) chosen.add(one)
    else if (name !== undefined) chosen.add(name)
    else if (left !== undefined) chosen.delete(left)
    else return { unknown: part.trim() }
  }
  return names.filter((one) => chosen.has(one))
}

/** The shortest text that asks for them: by what is added to the default and left out of it, where there is one. */
export function textOfNames<Name extends string>(
  { names, usual }: WordList<Name>,
  chosen: readonly Name[],
): string {
  if (chosen.length === 0) return 'none'
  if (usual === null) return chosen.join(',')
  const added = chosen.filter((one) => !usual.includes(one))
  const left = usual.filter((one) => !chosen.includes(one)).map((one) => `no-${one}`)
  const changes = names.length === chosen.length ? 'all' : ['default', ...added, ...left].join(',')
  return changes.length <= chosen.join(',').length ? changes : chosen.join(',')
}
