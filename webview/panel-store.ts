import type { PageState, ShownRow, ToPage } from '../src/shared/page.ts'
import { typedOf } from './configuration/typed-options.ts'

type Message<T extends ToPage['type']> = Extract<ToPage, { type: T }>

/** All that the page knows of the data file and the run to be, and what the person chose. */
export interface PanelView {
  readonly begin: Message<'begin'>
  readonly opened: Message<'opened'> | null
  readonly roles: Message<'roles'> | null
  readonly index: Message<'index'> | null
  readonly profile: Message<'profile'> | null
  readonly tokens: Message<'tokens'> | null
  readonly named: Message<'named-leaks'> | null
  readonly problem: Message<'data-problem'> | null
  readonly changed: Message<'file-changed'> | null
  readonly configuration: Message<'configuration'> | null
  readonly estimate: Message<'estimate'> | null
  readonly start: Message<'start'> | null
  /** Asked for by a finding; another number each time. */
  readonly goTo: { readonly row: number; readonly asked: number } | null
  readonly state: PageState
}

export interface PanelStore {
  /** null: nothing was told yet. */
  view(): PanelView | null
  take(message: ToPage): void
  /** Changes what is kept over hiding and reloading. */
  keep(change: Partial<PageState>): void
  /** The row, where it is here. */
  row(row: number): ShownRow | null
  /** Calls soon after something changed; returns the end of it. */
  subscribe(listener: () => void): () => void
}

/** Rows kept here; those furthest from the last that came go first. */
const KEPT_ROWS = 5000

const NO_FILE = {
  opened: null,
  roles: null,
  index: null,
  profile: null,
  tokens: null,
  problem: null,
  changed: null,
  goTo: null,
} as const

/** Gathers what the extension tells, and keeps what the person chose. */
export function createPanelStore(kept: PageState | null, save: (state: PageState) => void): PanelStore {
  let view: PanelView | null = null
  let state: PageState = kept ?? {
    files: [],
    shown: 0,
    roles: null,
    typed: {},
    applied: '',
    name: '',
    run: null,
    part: 'data',
    row: 1,
  }
  let asked = 0
  const rows = new Map<number, ShownRow>()
  const listeners = new Set<() => void>()
  let isTold = false

  const tell = (): void => {
    if (isTold) return
    isTold = true
    requestAnimationFrame(() => {
      isTold = false
      for (const listener of [...listeners]) listener()
    })
  }
  const set = (change: Partial<PanelView>): void => {
    if (view === null) return
    view = { ...view, ...change }
    tell()
  }
  const keep = (change: Partial<PageState>): void => {
    state = { ...state, ...change }
    save(state)
    set({ state })
  }
  const addRows = (added: readonly ShownRow[]): void => {
    for (const row of added) rows.set(row.row, row)
    const near = added[0]?.row ?? 1
    if (rows.size > KEPT_ROWS)
      for (const row of rows.keys()) if (Math.abs(row - near) > KEPT_ROWS / 2) rows.delete(row)
    tell()
  }
  const begin = (message: Message<'begin'>): void => {
    const { files, run } = message
    const part = run === null && state.part !== 'configuration' ? 'data' : state.part
    // A run that was not shown before: it is what the person came for.
    const isNew = run !== null && run !== state.run
    view = {
      ...NO_FILE,
      named: null,
      configuration: null,
      estimate: null,
      start: null,
      ...view,
      begin: message,
      state,
    }
    keep({ files, run, part: isNew ? 'live' : part })
  }

  /** Takes what a configuration file says, but once. */
  const configure = (message: Message<'configuration'>): void => {
    set({ configuration: message })
    const applied = JSON.stringify(message.options)
    if (applied === state.applied) return
    const { text, label, text_pair, group, split_column } = message.options
    const named = text || label || text_pair || group || split_column
    const roles = {
      text: text ?? null,
      label: label ?? null,
      text_pair: text_pair ?? null,
      group: group ?? null,
      split_column: split_column ?? null,
    }
    keep({ applied, typed: typedOf(message.options), ...(named ? { roles } : {}) })
  }

  return {
    view: () => view,
    row: (row) => rows.get(row) ?? null,
    keep,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    take(message) {
      switch (message.type) {
        case 'begin':
          return begin(message)
        case 'trust':
          return view === null ? undefined : set({ begin: { ...view.begin, trusted: message.trusted } })
        case 'opened':
          rows.clear()
          return set({ ...NO_FILE, opened: message })
        case 'rows':
          return addRows(message.rows)
        case 'roles':
          return set({ roles: message })
        case 'index':
          return set({ index: message })
        case 'profile':
          return set({ profile: message })
        case 'named-leaks':
          return set({ named: message })
        case 'tokens':
          return set({ tokens: message })
        case 'data-problem':
          return set({ problem: message })
        case 'file-changed':
          return set({ changed: message })
        case 'show-row':
          return set({ goTo: { row: message.row, asked: ++asked } })
        case 'configuration':
          return configure(message)
        case 'chosen':
          return keep({ typed: { ...state.typed, [message.option]: message.value } })
        case 'estimate':
          return set({ estimate: message })
        case 'start':
          return set({ start: message })
      }
    },
  }
}
