import type { FileMeasure } from '../../src/shared/compression.ts'
import { t } from '../../src/shared/l10n.ts'
import { figure, score } from '../parts/numbers.ts'

/** The forms of the exported model, side by side. */
export const Files = ({ files }: { readonly files: readonly FileMeasure[] }) => (
  <div class="scroll">
    <table class="numbers wide">
      <thead>
        <tr>
          <th scope="col">{t`File`}</th>
          <th scope="col">{t`Size`}</th>
          <th scope="col">{t`One text`}</th>
          <th scope="col">{t`Of 32 texts, one`}</th>
          <th scope="col">{t`Accuracy`}</th>
          <th scope="col">{t`Largest difference`}</th>
        </tr>
      </thead>
      <tbody>
        {files.map(({ file, bytes, ms_single, ms_batch, accuracy, difference }) => (
          <tr key={file}>
            <th scope="row">{file}</th>
            <td>{t`${(bytes / 1e6).toFixed(1)} MB`}</td>
            <td>{t`${figure(Number(ms_single.toPrecision(3)))} ms`}</td>
            <td>{t`${figure(Number(ms_batch.toPrecision(3)))} ms`}</td>
            <td>{score(accuracy)}</td>
            <td>{score(difference)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
