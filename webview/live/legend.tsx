import type { LineStyle } from './plot.ts'

/** As in parts/theme.ts. */
const COLOURS = [
  'var(--vscode-charts-blue, var(--vscode-textLink-foreground))',
  'var(--vscode-charts-orange, var(--vscode-editorWarning-foreground))',
  'var(--vscode-charts-purple, var(--vscode-foreground))',
]

/** The names of the lines, for a chart that is too narrow to have them at the lines' ends. */
export const Legend = ({ lines }: { readonly lines: readonly LineStyle[] }) => (
  <ul class="chart-legend">
    {lines.map(
      ({ name, colour, width, dash }) =>
        name !== null && (
          <li key={name}>
            <svg viewBox="0 0 16 4" aria-hidden="true">
              <line
                x1="0"
                x2="16"
                y1="2"
                y2="2"
                stroke-width={width}
                stroke-dasharray={dash.join(' ')}
                style={{ stroke: COLOURS[colour] ?? 'currentColor' }}
              />
            </svg>
            {name}
          </li>
        ),
    )}
  </ul>
)
