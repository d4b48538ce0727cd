import type { Roles, ToPage } from '../../shared/page.ts'

/** What the reader of the file that is shown is asked. */
export type ToReader =
  | { readonly type: 'open'; readonly path: string; readonly roles: Roles | null; readonly numbers: boolean }
  /** null: find them. */
  | { readonly type: 'roles'; readonly roles: Roles | null; readonly numbers: boolean }
  | { readonly type: 'rows'; readonly first: number; readonly count: number }
  | { readonly type: 'line'; readonly id: number; readonly row: number }

/** Compares the files named for validation and test with those to train on; paths are absolute, null: none is named. */
export interface ToLeakCount {
  readonly type: 'named-leaks'
  readonly files: readonly string[]
  readonly text: string
  readonly label: string
  readonly pair: string | null
  readonly valid: string | null
  readonly test: string | null
}

/** Host to worker thread. */
export type ToDataWorker = ToReader | ToLeakCount

/** What the page is shown as it comes. */
export type DataMessage = Extract<
  ToPage,
  { type: 'opened' | 'roles' | 'rows' | 'index' | 'profile' | 'data-problem' | 'named-leaks' }
>

/** Worker thread to host. */
export type FromDataWorker =
  | DataMessage
  /** Where a row begins; null: it can't be read any more. */
  | { readonly type: 'line'; readonly id: number; readonly line: number | null }
