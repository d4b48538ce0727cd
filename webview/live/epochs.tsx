import { t } from '../../src/shared/l10n.ts'
import { alike, score } from '../parts/numbers.ts'
import type { EpochRow } from './history.ts'

/** The epochs as a table: what the charts draw, in numbers. */
export const Epochs = ({ epochs }: { readonly epochs: readonly EpochRow[] }) => {
  const numbers = epochs.some(({ valid }) => 'mse' in valid)
  const ofNumbers = epochs.flatMap(({ valid }) => ('mse' in valid ? [valid] : []))
  const rmse = alike(ofNumbers.map((valid) => valid.rmse))
  const mae = alike(ofNumbers.map((valid) => valid.mae))
  const best = epochs.findLast((row) => row.best)?.epoch
  const heads = numbers
    ? [t`Epoch`, t`Training loss`, 'RMSE', 'MAE', 'R²', '']
    : [t`Epoch`, t`Training loss`, t`Validation loss`, t`Accuracy`, t`F1 macro`, '']
  return (
    <div class="scroll">
      <table class="numbers">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {epochs.map(({ epoch, trainLoss, valid }) => (
            <tr key={epoch}>
              <th scope="row">{epoch}</th>
              <td>{score(trainLoss)}</td>
              {'mse' in valid ? (
                <>
                  <td>{rmse(valid.rmse)}</td>
                  <td>{mae(valid.mae)}</td>
                  <td>{score(valid.r2)}</td>
                </>
              ) : (
                <>
                  <td>{score(valid.log_loss)}</td>
                  <td>{score(valid.accuracy)}</td>
                  <td>{score(valid.f1_macro)}</td>
                </>
              )}
              <td>{epoch === best ? t`best` : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
