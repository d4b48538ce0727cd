import * as v from 'valibot'
import { RunOptions } from './config.ts'
import { EstimateEvent } from './events.ts'
import { NamedLeaks, NamedPart } from './named-leaks.ts'
import { RunFromPage, RunToPage } from './page-run.ts'
import { Profile } from './profile.ts'

/*
 * What a panel's page and the extension tell each other. Both ends check each message: what comes over
 * `postMessage` is unknown until then. A message says what is, never what changed, so that a page that was hidden and
 * built anew needs nothing but the newest of each type.
 */

/** What a column is for; each at most once. */
export const ROLES = ['text', 'label', 'text_pair', 'group', 'split_column'] as const
export const Role = v.picklist(ROLES)
export type Role = v.InferOutput<typeof Role>

/** The names of columns by role; null: none. */
export const Roles = v.object({
  text: v.nullable(v.string()),
  label: v.nullable(v.string()),
  text_pair: v.nullable(v.string()),
  group: v.nullable(v.string()),
  split_column: v.nullable(v.string()),
})
export type Roles = v.InferOutput<typeof Roles>

/** What was said of a run, by option; what is missing has its default. */
export const SomeOptions = v.partial(RunOptions)
export type SomeOptions = v.InferOutput<typeof SomeOptions>

/** A row as it is shown: long cells are cut and end in an ellipsis. */
export const ShownRow = v.object({
  /** 1-based, the header not counted. */
  row: v.number(),
  /** 1-based line of the file where the row begins. */
  line: v.number(),
  cells: v.array(v.string()),
})
export type ShownRow = v.InferOutput<typeof ShownRow>

/** How often each length was met among the measured texts, by rising length. */
export const LengthCounts = v.array(v.tuple([v.number(), v.number()]))
export type LengthCounts = v.InferOutput<typeof LengthCounts>

/** What the page keeps over hiding and reloading: VS Code stores it, and gives it back to page and extension. */
export const PageState = v.object({
  /** Absolute paths of the data files. */
  files: v.array(v.string()),
  /** Which of them is shown. */
  shown: v.optional(v.number(), 0),
  /** As chosen by the person; null: those that were found. */
  roles: v.optional(v.nullable(Roles), null),
  /** As typed, whether valid or not, by option. */
  typed: v.optional(v.record(v.string(), v.string()), {}),
  /** The configuration file that was taken last, so that it is not taken again over what was typed since. */
  applied: v.optional(v.string(), ''),
  /** The run's name; empty: the file's. */
  name: v.optional(v.string(), ''),
  /** The run's folder that Live and report are about. */
  run: v.optional(v.nullable(v.string()), null),
  /** The part of the page that was in view. */
  part: v.optional(v.picklist(['data', 'configuration', 'live', 'report']), 'data'),
  row: v.optional(v.number(), 1),
})
export type PageState = v.InferOutput<typeof PageState>

/** Extension to page. */
export const ToPage = v.variant('type', [
  ...RunToPage,
  /** First of all, after `ready`. */
  v.object({
    type: v.literal('begin'),
    files: v.array(v.string()),
    /** The run shown; null: none was started here. */
    run: v.nullable(v.string()),
    /** false: data is shown, nothing is trained. */
    trusted: v.boolean(),
    /** Where runs go, for people to read. */
    out: v.string(),
    /** Models of earlier runs, newest first: what `model` was set to. */
    recent: v.array(v.string()),
  }),
  v.object({ type: v.literal('trust'), trusted: v.boolean() }),
  /** A data file was opened; its first rows follow. */
  v.object({
    type: v.literal('opened'),
    path: v.string(),
    bytes: v.number(),
    kind: v.picklist(['csv', 'tsv', 'jsonl', 'json', 'xlsx', 'parquet']),
    columns: v.array(v.string()),
    /** How it is read, a sentence each. */
    said: v.array(v.string()),
    /** Whether a row can be opened in the text editor at its line. */
    inEditor: v.boolean(),
  }),
  /** The columns in use. `problem`: why they could not be found or are not possible, in a line. */
  v.object({
    type: v.literal('roles'),
    roles: Roles,
    found: v.nullable(v.string()),
    problem: v.nullable(v.string()),
  }),
  v.object({ type: v.literal('rows'), first: v.number(), rows: v.array(ShownRow) }),
  /** How far the index of rows is. `share`: of the file, from 0 to 1; null where that is not known. */
  v.object({
    type: v.literal('index'),
    rows: v.number(),
    done: v.boolean(),
    share: v.nullable(v.number()),
  }),
  /** What the rows hold. null: `read` rows of it are read, or there is none as the columns are not known. */
  v.object({ type: v.literal('profile'), profile: v.nullable(Profile), read: v.number() }),
  /**
   * What files named for validation and test share with training. null: it is being counted. `isWhole`: whether all
   * rows were compared, or of large files the first ones.
   */
  v.object({
    type: v.literal('named-leaks'),
    leaks: v.nullable(v.array(NamedLeaks)),
    isWhole: v.boolean(),
  }),
  /**
   * Lengths in the model's own tokens, for which the trainer is asked. `limit`: tokens that training would read.
   * `problem`: why there are none.
   */
  v.object({
    type: v.literal('tokens'),
    model: v.string(),
    limit: v.nullable(v.number()),
    lengths: LengthCounts,
    /** No words to say where a model simply has no tokens. */
    problem: v.nullable(v.string()),
  }),
  /** The data can't be shown, or not all of it. `line`: where in the file, if it says so. */
  v.object({
    type: v.literal('data-problem'),
    message: v.string(),
    line: v.nullable(v.number()),
  }),
  /** The file on disk is no longer the one that is shown. */
  v.object({ type: v.literal('file-changed'), gone: v.boolean() }),
  /** Scrolls the table to a row. */
  v.object({ type: v.literal('show-row'), row: v.number() }),
  /** Options of a configuration file or an earlier run; the form takes them. */
  v.object({
    type: v.literal('configuration'),
    /** The file's name, for people to read. */
    from: v.string(),
    options: SomeOptions,
    problem: v.nullable(v.string()),
  }),
  /** `choose`: what a picker chose for the option. */
  v.object({ type: v.literal('chosen'), option: v.string(), value: v.string() }),
  /** What the training would take. `asked` is as in the page's question; all null: it is being measured. */
  v.object({
    type: v.literal('estimate'),
    asked: v.string(),
    estimate: v.nullable(EstimateEvent),
    problem: v.nullable(v.string()),
  }),
  /** `starting`: between the press and the run's folder. `problem`: the trainer's own line. */
  v.object({ type: v.literal('start'), starting: v.boolean(), problem: v.nullable(v.string()) }),
])
export type ToPage = v.InferOutput<typeof ToPage>

/** Page to extension. */
export const FromPage = v.variant('type', [
  ...RunFromPage,
  /** The page listens, with what it kept. */
  v.object({ type: v.literal('ready'), state: v.nullable(PageState) }),
  v.object({ type: v.literal('show-file'), index: v.number() }),
  v.object({ type: v.literal('reload-file') }),
  v.object({ type: v.literal('want-rows'), first: v.number(), count: v.number() }),
  /** `numbers`: whether numbers are learnt. null: find them. */
  v.object({ type: v.literal('set-roles'), roles: v.nullable(Roles), numbers: v.boolean() }),
  v.object({ type: v.literal('set-model'), model: v.string() }),
  /** The files named for validation and test, as typed; empty: none. */
  v.object({ type: v.literal('set-named'), valid: v.string(), test: v.string() }),
  /** In the text editor where VS Code can, else in the page's table. */
  v.object({ type: v.literal('open-row'), row: v.number() }),
  v.object({ type: v.literal('open-line'), line: v.number() }),
  /** In a file named for validation or test. */
  v.object({ type: v.literal('open-named'), part: NamedPart, line: v.number() }),
  /** In a page of its own, of the file that is shown. */
  v.object({ type: v.literal('check-labels'), roles: Roles }),
  /** In a page of its own, of all the files. */
  v.object({ type: v.literal('learning-curve'), options: SomeOptions }),
  v.object({ type: v.literal('start'), options: SomeOptions, name: v.string() }),
  /** null: stop measuring. `isDownload`: also where the model must be downloaded for it. */
  v.object({
    type: v.literal('estimate'),
    asked: v.string(),
    options: v.nullable(SomeOptions),
    isDownload: v.boolean(),
  }),
  v.object({ type: v.literal('open-json'), options: SomeOptions }),
  /** A picker for an option whose value is a file or a folder. */
  v.object({ type: v.literal('choose'), option: v.string() }),
  v.object({ type: v.literal('manage-trust') }),
  v.object({ type: v.literal('show-log') }),
])
export type FromPage = v.InferOutput<typeof FromPage>
