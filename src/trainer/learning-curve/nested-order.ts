import { createRandom } from '../../data/random.ts'

/**
 * Training rows in an order of which every beginning has each label in about the shares that it has in all, a first row
 * of each label before anything else. So the rows of 10 % are among those of 25 %.
 *
 * @param targets the label of each row
 * @returns indices into `targets`
 */
export const nestedOrder = (targets: Int32Array, seed: number): readonly number[] => {
  const random = createRandom(seed, 'learning curve')
  const byLabel = new Map<number, number[]>()
  for (const [row, target] of targets.entries()) {
    const rows = byLabel.get(target)
    if (rows) rows.push(row)
    else byLabel.set(target, [row])
  }
  return [...byLabel.values()]
    .flatMap((rows) =>
      random
        .shuffle(rows)
        .map((row, i) => ({ row, at: i === 0 ? random.next() - 1 : (i + random.next()) / rows.length })),
    )
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row)
}
