import { translate } from '../../src/shared/l10n.ts'
import { chosenNames, textOfNames, type WordList } from '../../src/shared/word-list.ts'

/** A box for each word of a list. */
export const WordBoxes = ({
  id,
  list,
  what,
  chosen,
  type,
}: {
  readonly id: string
  readonly list: WordList
  readonly what: Readonly<Record<string, string>>
  readonly chosen: readonly string[]
  readonly type: (text: string) => void
}) => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend can't stand where the names of fields do
  <div class="boxes" id={id} role="group" aria-labelledby={`${id}-name`} aria-describedby={`${id}-words`}>
    {list.names.map((name) => (
      <label class="box" key={name}>
        <input
          type="checkbox"
          checked={chosen.includes(name)}
          onChange={({ currentTarget: { checked } }) =>
            type(
              textOfNames(
                list,
                list.names.filter((one) => (one === name ? checked : chosen.includes(one))),
              ),
            )
          }
        />
        <span>
          <code>{name}</code> {translate(what[name] ?? '')}
        </span>
      </label>
    ))}
  </div>
)

/** The words that a text asks for; null: it has one that the list does not know. */
export const wordsOf = (list: WordList, text: string): readonly string[] | null => {
  const chosen = chosenNames(list, text)
  return 'unknown' in chosen ? null : chosen
}
