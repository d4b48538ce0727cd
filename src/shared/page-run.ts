import * as v from 'valibot'
import { FileMeasure } from './compression.ts'
import { Before, Evaluation, RegressionBefore, RegressionEvaluation } from './evaluation.ts'
import { ProgressEvent, RunEvent } from './events.ts'
import { RunRecord } from './run.ts'
import { Calibration, Finding, Interval, Leaks, Paired, Slice } from './trust.ts'

/**
 * How a run stands, as a person says it. `waiting`: for the machine's other training; `crashed`: the record says
 * that it is running, and no process trains it; `damaged`: its folder is damaged or of a newer version.
 */
export const RUN_STATES = [
  'waiting',
  'running',
  'paused',
  'interrupted',
  'failed',
  'crashed',
  'done',
  'damaged',
] as const
export const RunState = v.picklist(RUN_STATES)
export type RunState = v.InferOutput<typeof RunState>

/** To the page: what is new of the run that the panel shows. */
export const RunMessage = v.object({
  type: v.literal('run'),
  /** Of the run's folder. */
  path: v.string(),
  state: RunState,
  /** null where it cannot be read. */
  record: v.nullable(RunRecord),
  /** What was told before is void: another run, or one that goes on from a checkpoint. */
  reset: v.boolean(),
  events: v.array(RunEvent),
  /** Since the run began, over all its sessions, as events count; null while nobody works on it. */
  seconds: v.nullable(v.number()),
  /** How far its phase is; null where it does not say. */
  progress: v.nullable(ProgressEvent),
  /** The last lines of the log, where it failed or crashed. */
  log: v.array(v.string()),
  /** One line: why the folder cannot be read. */
  problem: v.nullable(v.string()),
})
export type RunMessage = v.InferOutput<typeof RunMessage>

/** To the page: what was asked of the run was not done; why, in one line. */
export const RunRefusedMessage = v.object({
  type: v.literal('run-refused'),
  message: v.string(),
  /** Whether `resume-anyway` would do it. */
  canForce: v.boolean(),
})
export type RunRefusedMessage = v.InferOutput<typeof RunRefusedMessage>

/** A test row with what was predicted of it. Texts are cut to what a list shows. */
export const ReportRow = v.object({
  /** From 1, as in its file. */
  row: v.number(),
  /** Of several files which, from 1. */
  file: v.nullable(v.number()),
  text: v.string(),
  label: v.string(),
  predicted: v.string(),
  /** Of what was predicted. */
  probability: v.number(),
})
export type ReportRow = v.InferOutput<typeof ReportRow>

/** The same of a number. */
export const NumberRow = v.object({
  row: v.number(),
  file: v.nullable(v.number()),
  text: v.string(),
  target: v.number(),
  value: v.number(),
})
export type NumberRow = v.InferOutput<typeof NumberRow>

const LabelReport = v.object({
  task: v.literal('classify'),
  test: Evaluation,
  before: Before,
  intervals: v.record(v.string(), Interval),
  paired: v.record(v.string(), Paired),
  /** null: of a run of an older version. */
  calibration: v.nullable(Calibration),
  files: v.array(FileMeasure),
  cut: v.nullable(v.object({ texts: v.number(), cut: v.number(), share: v.number() })),
  leaks: v.optional(Leaks),
  /** The weakest first. */
  slices: v.array(Slice),
  findings: v.array(Finding),
  /** The most certain first. */
  mistakes: v.array(ReportRow),
  /** Of how many. */
  mistaken: v.number(),
})
export type LabelReport = v.InferOutput<typeof LabelReport>

const NumberReport = v.object({
  task: v.literal('regress'),
  test: RegressionEvaluation,
  before: RegressionBefore,
  intervals: v.record(v.string(), Interval),
  /** The furthest off first. */
  mistakes: v.array(NumberRow),
  /** [target, value] of the test rows, or of an even selection of them. */
  points: v.array(v.tuple([v.number(), v.number()])),
})
export type NumberReport = v.InferOutput<typeof NumberReport>

/** To the page: how well the finished run does; or, in one line, why that cannot be shown. */
export const ReportMessage = v.object({
  type: v.literal('report'),
  path: v.string(),
  report: v.nullable(v.variant('task', [LabelReport, NumberReport])),
  problem: v.nullable(v.string()),
})
export type ReportMessage = v.InferOutput<typeof ReportMessage>

/** To the page: rows of a cell of the confusion matrix, the most certain first, from the one asked for. */
export const CellRowsMessage = v.object({
  type: v.literal('cell-rows'),
  label: v.string(),
  predicted: v.string(),
  from: v.number(),
  total: v.number(),
  rows: v.array(ReportRow),
})
export type CellRowsMessage = v.InferOutput<typeof CellRowsMessage>

/** By what a slice of the test rows is known. */
const SliceName = v.pick(Slice, ['kind', 'column', 'value'])

/** To the page: rows of a slice, those that are mistaken first, from the one asked for. */
export const SliceRowsMessage = v.object({
  type: v.literal('slice-rows'),
  ...SliceName.entries,
  from: v.number(),
  total: v.number(),
  rows: v.array(ReportRow),
})
export type SliceRowsMessage = v.InferOutput<typeof SliceRowsMessage>

/** All that the host tells of a run. */
export const RunToPage = [
  RunMessage,
  RunRefusedMessage,
  ReportMessage,
  CellRowsMessage,
  SliceRowsMessage,
] as const

/** From the page: a button of the run. */
export const RunRequestMessage = v.object({
  type: v.literal('run-request'),
  request: v.picklist(['pause', 'continue', 'stop', 'resume', 'resume-anyway']),
})
export type RunRequestMessage = v.InferOutput<typeof RunRequestMessage>

/** From the page: rows of a cell, as `cell-rows` answers. */
export const CellRequestMessage = v.object({
  type: v.literal('cell-request'),
  label: v.string(),
  predicted: v.string(),
  from: v.number(),
})
export type CellRequestMessage = v.InferOutput<typeof CellRequestMessage>

/** From the page: rows of a slice, as `slice-rows` answers. */
export const SliceRequestMessage = v.object({
  type: v.literal('slice-request'),
  ...SliceName.entries,
  from: v.number(),
})
export type SliceRequestMessage = v.InferOutput<typeof SliceRequestMessage>

/** From the page: show a test row where it came from. */
export const OpenTestRowMessage = v.object({
  type: v.literal('open-test-row'),
  row: v.number(),
  file: v.nullable(v.number()),
})
export type OpenTestRowMessage = v.InferOutput<typeof OpenTestRowMessage>

/** From the page: show the run's report in the browser. */
export const OpenReportMessage = v.object({ type: v.literal('open-report') })
export type OpenReportMessage = v.InferOutput<typeof OpenReportMessage>

/** All that the page asks about a run. */
export const RunFromPage = [
  RunRequestMessage,
  CellRequestMessage,
  SliceRequestMessage,
  OpenTestRowMessage,
  OpenReportMessage,
] as const
