import { type Html, html } from './html.ts'

/** The page's style sheet: light and dark by the reader's system, light on paper. */
export const STYLE: Html = html`
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #5c6670; --paper: #fff; --rule: #d5dae0; --a: #0b62c4; --b: #b3470a; --right: 11 98 196; --wrong: 179 71 10; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --faint: #9aa5b1; --paper: #16191d; --rule: #3a424c; --a: #6cb2ff; --b: #f3a26b; --right: 108 178 255; --wrong: 243 162 107; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 32px 0 8px; padding-bottom: 4px; border-bottom: 1px solid var(--rule); break-after: avoid; }
p { margin: 8px 0; max-width: 80ch; }
.faint, caption, figcaption { color: var(--faint); }
.headline { font-size: 17px; }
.headline b { font-size: 28px; margin-right: 4px; }
dl { margin: 8px 0; }
dl > div { display: grid; grid-template-columns: 10em 1fr; gap: 4px 16px; padding: 2px 0; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 8px 0; font-size: 14px; }
caption { text-align: start; padding-bottom: 4px; font-size: 13px; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: top; text-align: start; }
thead th { color: var(--faint); font-weight: 600; border-bottom-color: var(--faint); }
tbody th { font-weight: 400; }
td.t, tbody th.t { min-width: 7em; overflow-wrap: anywhere; }
td.prose { min-width: 18em; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding: 4px 8px; }
.matrix td, .matrix th { padding: 4px 8px; }
.matrix thead th { white-space: normal; overflow-wrap: anywhere; max-width: 9em; }
.right { --tone: var(--right); } .wrong { --tone: var(--wrong); }
${Array.from(
  { length: 9 },
  (_, i) => html`.h${i + 1} { background: rgb(var(--tone) / ${(0.055 * (i + 1)).toFixed(3)}); }
`,
)}
figure { margin: 16px 0; }
figcaption { font-size: 13px; margin-bottom: 4px; }
svg { max-width: 100%; }
figure > svg { width: 640px; height: auto; display: block; }
.square > svg { width: 320px; }
.key { margin-left: 12px; white-space: nowrap; color: var(--ink); }
.key svg { vertical-align: middle; }
.line { fill: none; stroke-width: 2; } .line.a { stroke: var(--a); } .line.b { stroke: var(--b); stroke-dasharray: 6 4; }
.dot.a { fill: var(--a); } .dot.b { fill: var(--b); } .faded { fill-opacity: 0.5; }
.bar { fill: var(--a); fill-opacity: 0.25; stroke: var(--a); }
.grid { stroke: var(--rule); }
.tick { fill: var(--faint); font-size: 12px; } .tick.end { text-anchor: end; } .tick.middle { text-anchor: middle; }
.beside { display: flex; flex-wrap: wrap; gap: 0 32px; align-items: flex-start; }
.findings { padding-left: 20px; } .findings li { margin: 8px 0; }
code { font-family: ui-monospace, "SF Mono", Consolas, monospace; font-size: 13px; overflow-wrap: anywhere; }
.receipt table { font-size: 12px; } .receipt td { font-family: ui-monospace, "SF Mono", Consolas, monospace; word-break: break-all; }
@media (max-width: 480px) { main { padding: 16px 12px 32px; } dl > div { grid-template-columns: 1fr; gap: 0; padding: 4px 0; } }
@page { size: A4; margin: 16mm 14mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --faint: #444; --paper: #fff; --rule: #bbb; --a: #0b62c4; --b: #b3470a; --right: 11 98 196; --wrong: 179 71 10; }
  body { font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  table { font-size: 9pt; } .wide { overflow: visible; }
  thead { display: table-header-group; } tr, figure, .findings li { break-inside: avoid; }
  .receipt { break-before: page; }
}
`
