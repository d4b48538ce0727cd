import { writeReceipt } from '../../../run/receipt.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { writeReport } from '../../report/write.ts'
import { receiptOf } from '../../verification/receipt.ts'

/** What a run's folder holds beside its results, when these are written: the receipt, then the report, which shows it. */
export const writeEnd = async (path: string, record: RunRecord): Promise<void> => {
  writeReceipt(path, await receiptOf(path, record))
  await writeReport(path, record)
}
