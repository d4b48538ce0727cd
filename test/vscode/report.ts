/** What the suites inside VS Code tell the test outside, a line each: results, what they logged, and that all is over. */
export type ReportLine =
  | { title: string; ms: number }
  | { title: string; skipped: true }
  | { title: string; failure: string }
  | { log: string }
  | { done: true }
