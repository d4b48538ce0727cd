/** A name that may be broken behind its own marks (`_`, `-`, `/`, `.`) before it is broken inside a word. */
export const Breakable = ({ text }: { readonly text: string }) => (
  <>{text.split(/(?<=[_\-/.])/).flatMap((part, i) => (i === 0 ? [part] : [<wbr key={i} />, part]))}</>
)
