/**
 * A change to a text, in the few forms that a `tokenizer.json` can hold as well: what is written there does exactly
 * what is done here. A pattern keeps to what JavaScript (flags `gu`), Oniguruma and Rust's regex read alike: explicit
 * classes instead of `\s`, `\w` and `\b`, no flags, no group that is put back, and no `$` in what is put in place.
 */
export type Edit =
  | { readonly kind: 'nfc' }
  | { readonly kind: 'pattern'; readonly pattern: string; readonly by: string }
  | { readonly kind: 'text'; readonly text: string; readonly by: string }

/** An edit as a normalizer of Hugging Face's tokenizers. */
export type Normalizer =
  | { readonly type: 'NFC' }
  | {
      readonly type: 'Replace'
      readonly pattern: { readonly Regex: string } | { readonly String: string }
      readonly content: string
    }

export const normalizerOf = (edit: Edit): Normalizer => {
  switch (edit.kind) {
    case 'nfc':
      return { type: 'NFC' }
    case 'pattern':
      return { type: 'Replace', pattern: { Regex: edit.pattern }, content: edit.by }
    case 'text':
      return { type: 'Replace', pattern: { String: edit.text }, content: edit.by }
  }
}

/** The same change as a function. */
export const editor = (edit: Edit): ((text: string) => string) => {
  switch (edit.kind) {
    case 'nfc':
      return (text) => text.normalize('NFC')
    case 'pattern': {
      const pattern = new RegExp(edit.pattern, 'gu')
      return (text) => text.replace(pattern, edit.by)
    }
    case 'text':
      return (text) => text.replaceAll(edit.text, edit.by)
  }
}
