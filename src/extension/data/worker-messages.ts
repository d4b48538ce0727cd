import type { Roles, ToPage } from '../../shared/page.ts'

/** Host to worker thread. */
export type ToDataWorker =
  | { readonly type: 'open'; readonly path: string; readonly roles: Roles | null; readonly numbers: boolean }
  /** null: find them. */
  | { readonly type: 'roles'; readonly roles: Roles | null; readonly numbers: boolean }
  | { readonly type: 'rows'; readonly first: number; readonly count: number }
  | { readonly type: 'line'; readonly id: number; readonly row: number }

/** What the page is shown as it comes. */
export type DataMessage = Extract<
  ToPage,
  { type: 'opened' | 'roles' | 'rows' | 'index' | 'profile' | 'data-problem' }
>

/** Worker thread to host. */
export type FromDataWorker =
  | DataMessage
  /** Where a row begins; null: it can't be read any more. */
  | { readonly type: 'line'; readonly id: number; readonly line: number | null }
