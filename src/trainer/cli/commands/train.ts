import { parse } from 'node:path'
import { expandFiles } from '../../../data/glob.ts'
import { DEFAULT_OUT } from '../../../run/folder.ts'
import { keepAwake } from '../../../run/keep-awake.ts'
import { takeLowPriority } from '../../../run/low-priority.ts'
import { aboutOption, OPTION_NAMES, type RunOptions } from '../../../shared/config.ts'
import { t } from '../../../shared/l10n.ts'
import { accepts } from '../../../shared/option-text.ts'
import { type Command, EXIT, type Exit } from '../command.ts'
import { duration } from '../format.ts'
import { namesByGroup, optionHelp, resolveOptions } from '../options.ts'
import { report } from '../report.ts'
import { reportSeries } from '../report-series.ts'
import { print, printJson } from '../standard.ts'

export const train: Command = {
  summary: t`fine-tune a model on a file of texts and labels`,
  synopsis: t`FILE... [options]`,
  about: t`Fine-tunes a model on FILE (CSV, TSV, JSON, Excel or Parquet; texts and labels in columns),
compares it on test rows with three simpler models, and exports it. Everything of the
run is kept in a folder of its own; Ctrl-C saves it, and finesse resume goes on.
These are the main options; finesse options lists all that it takes.`,
  required: ['FILE'],
  optional: [],
  rest: true,
  options: {
    ...Object.fromEntries(
      OPTION_NAMES.map((key) => [key, accepts(key, true) ? ('flag' as const) : ('value' as const)]),
    ),
    out: 'value',
    name: 'value',
    config: 'value',
    set: 'many',
    keep_awake: 'flag',
    queue: 'flag',
    estimate: 'flag',
  },
  optionHelp: [
    ...optionHelp([...namesByGroup().values()].flat().filter((name) => aboutOption(name).main)),
    ['--out FOLDER', t`folder in which the run's folder is made (${DEFAULT_OUT})`],
    ['--name NAME', t`name of the run (else the file's)`],
    ['--config FILE', t`JSON file of options, as {"epochs": 3}`],
    ['--set key=value', t`an option by its name in such a file; may be repeated`],
    ['--keep-awake', t`keep the machine from falling asleep meanwhile`],
    ['--queue', t`wait until no other training runs on this machine`],
    ['--estimate', t`take a few steps, say what all would take, and keep nothing`],
  ],
  examples: [
    'finesse train reviews.csv',
    'finesse train reviews.csv --text review --label sentiment --strategy last:2 --epochs 3',
    'finesse train january.csv "more/*.csv" --folds 5',
    'finesse train train.csv --test test.csv --model sentence-transformers/all-MiniLM-L6-v2',
  ],
  async run({ words, values, many, flags }) {
    const options = resolveOptions({
      flags: new Map([...values, ...[...flags].map((name) => [name, 'true'] as const)]),
      set: many.get('set') ?? [],
      config: values.get('config') ?? null,
    })
    takeLowPriority()
    if (flags.has('keep_awake')) await keepAwake()
    const files = expandFiles(words)
    if (flags.has('estimate')) return tellEstimate(files, options, flags.has('json'))
    const trainer = await import('../../training/train.ts')
    const request = {
      files,
      options,
      out: values.get('out') ?? DEFAULT_OUT,
      name: values.get('name') ?? parse(files[0] ?? '').name,
      queue: flags.has('queue'),
    }
    const { asksForSeries, trainSeries } = await import('../../training/series.ts')
    const json = flags.has('json')
    return asksForSeries(options)
      ? reportSeries(json, (tell, stop) => trainSeries(request, tell, stop))
      : report(json, (tell, stop) => trainer.train(request, tell, stop))
  },
}

async function tellEstimate(files: readonly string[], options: RunOptions, json: boolean): Promise<Exit> {
  const { estimate } = await import('../../training/estimate.ts')
  const found = await estimate(files, options, () => undefined, new AbortController().signal)
  if (json) await printJson(found)
  else {
    const { seconds, steps, memory_mb: memory, disk_mb: disk } = found
    await print(
      `${t`About ${duration(seconds)} for ${steps} steps, ${Math.ceil(memory)} MB of memory and ${Math.ceil(disk)} MB of disk, by a few steps on this machine. Patience may end it sooner.`}\n`,
    )
  }
  return EXIT.done
}
