import * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import type { ActiveModel } from './active-models.ts'
import { cellsOf } from './csv-units.ts'
import { type Unit, unitsOf } from './units.ts'

/** Of a document longer than this nothing is classified: it would cost more than it shows. */
const LONGEST = 20_000_000

export interface FoundUnits {
  readonly units: readonly Unit[]
  /** Why there are none, in one line. */
  readonly problem: string | null
}

interface Known extends FoundUnits {
  readonly version: number
  readonly key: string
}

/** The units of documents, found once for each version. */
export class DocumentUnits {
  private readonly known = new WeakMap<vscode.TextDocument, Known>()

  of(document: vscode.TextDocument, { unit, column }: Pick<ActiveModel, 'unit' | 'column'>): FoundUnits {
    const key = `${unit} ${column ?? ''}`
    const before = this.known.get(document)
    if (before?.version === document.version && before.key === key) return before
    const found = { ...find(document, unit, column), version: document.version, key }
    this.known.set(document, found)
    return found
  }

  /** The unit that an offset is in, or at the end of. */
  at(
    document: vscode.TextDocument,
    how: Pick<ActiveModel, 'unit' | 'column'>,
    position: vscode.Position,
  ): Unit | null {
    const offset = document.offsetAt(position)
    const { units } = this.of(document, how)
    const unit = units[firstFrom(units, offset)]
    return unit !== undefined && unit.start <= offset ? unit : null
  }

  /** Those that touch a range. */
  in(
    document: vscode.TextDocument,
    how: Pick<ActiveModel, 'unit' | 'column'>,
    range: vscode.Range,
  ): readonly Unit[] {
    const { units } = this.of(document, how)
    const last = document.offsetAt(range.end)
    const from = firstFrom(units, document.offsetAt(range.start))
    const after = units.findIndex((unit, i) => i >= from && unit.start > last)
    return units.slice(from, after < 0 ? undefined : after)
  }
}

export const rangeOf = (document: vscode.TextDocument, { start, end }: Unit): vscode.Range =>
  new vscode.Range(document.positionAt(start), document.positionAt(end))

/** Place of the first unit that ends at an offset or behind it. */
function firstFrom(units: readonly Unit[], offset: number): number {
  let low = 0
  let high = units.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((units[middle]?.end ?? 0) < offset) low = middle + 1
    else high = middle
  }
  return low
}

function find(
  document: vscode.TextDocument,
  unit: ActiveModel['unit'],
  column: string | undefined,
): FoundUnits {
  const text = document.getText()
  if (text.length > LONGEST) return { units: [], problem: null }
  if (unit !== 'column') return { units: unitsOf(text, unit), problem: null }
  try {
    return { units: cellsOf(document.fileName, text, column ?? null).units, problem: null }
  } catch (error) {
    if (error instanceof UserError) return { units: [], problem: error.message }
    throw error
  }
}
