import * as v from 'valibot'
import { parseCompressed } from './compression.ts'
import { DEVICES } from './device.ts'
import { type OptionAbout, option } from './option.ts'

/*
 * The one place where the options of a run are defined. Help, `finesse options`, docs/options.md and the editor's
 * form come from it.
 *
 * To add an option:
 * 1. Add an entry to one of the three groups below. The default must leave every run as it was without the option.
 *    - `requested`: only what is asked for matters, and it says nothing of how the weights are trained: files,
 *      columns, steps of cleaning. Read it from `RunOptions`.
 *    - `settled`: used as it is given. It is in `ResolvedOptions` by itself; read it from there.
 *    - `decided`: may be `auto`. Add its decided form to `ResolvedOptions`, and the rule to
 *      src/trainer/training/defaults.ts.
 * 2. In `decided` forms of new options write `v.optional(schema, what earlier runs did)`: a run of an earlier
 *    version has no such key and must still be read.
 * 3. Write docs/options.md anew: `node --import tsx scripts/options-page.ts`. A test holds the page to this file.
 */

/**
 * How much of the model is trained. `last:N` trains the head and the N layers below it, `lora:R` the head and additions
 * of rank R to every linear layer.
 */
export type Strategy = 'auto' | 'head' | 'full' | 'lora' | `last:${number}` | `lora:${number}`
export type ResolvedStrategy = Exclude<Strategy, 'auto' | 'lora'>
export type Pooling = 'mean' | 'cls' | 'last'

/** What is predicted of a text: a label or a number. */
export const TASKS = ['classify', 'regress'] as const
export type TaskName = (typeof TASKS)[number]

/** What the best weights can be chosen by. */
export const METRICS = {
  classify: ['accuracy', 'f1_macro', 'log_loss'],
  regress: ['mse', 'mae', 'r2', 'spearman'],
} as const
export type Metric = (typeof METRICS)[TaskName][number]

const METRIC_LIST = 'accuracy, f1_macro or log_loss; of numbers mse, mae, r2 or spearman'

const positive = v.pipe(v.number(), v.minValue(Number.MIN_VALUE, 'must be above 0'))
const count = v.pipe(v.number(), v.integer('must be a whole number'), v.minValue(1, 'must be 1 or more'))
const atLeast0 = v.pipe(v.number(), v.minValue(0, 'must be 0 or more'))
/** Of numbers set to 0, or the like: never all of them. */
const share = v.pipe(
  atLeast0,
  v.check((value) => value < 1, 'must be below 1'),
)
const integerAtLeast0 = v.pipe(atLeast0, v.integer('must be a whole number'))

/** `auto` leaves the choice to the documented rule (docs/defaults.md). */
const autoOr = <T extends v.GenericSchema>(schema: T) => v.union([v.literal('auto'), schema])

/** Of `lora:R`; null for every other strategy. */
export const loraRank = (strategy: Strategy): number | null =>
  strategy.startsWith('lora:') ? Number(strategy.slice('lora:'.length)) : null

const isStrategy = (value: unknown): boolean =>
  typeof value === 'string' && /^(auto|head|full|lora|(last|lora):[1-9]\d{0,3})$/.test(value)

const isCompressList = (value: unknown): boolean =>
  typeof value === 'string' && parseCompressed(value) !== null

/** What is done about nearly equal rows: `keep` them where they are, or hold them `together`, or also `drop` them. */
export const NEAR_DUPLICATES = ['together', 'keep', 'drop'] as const
export type NearDuplicatesOption = (typeof NEAR_DUPLICATES)[number]

/** Options of which only what is asked for matters. */
const requested = {
  text: option(v.nullable(v.string()), null, {
    group: 'data',
    main: true,
    value: 'COL',
    short: 'column of the texts (else found)',
    allowed: 'the name of a column',
    meaning: 'The column that holds the texts.',
    reason: 'It is found by its name, else by what it holds, and said.',
  }),
  label: option(v.nullable(v.string()), null, {
    group: 'data',
    main: true,
    value: 'COL',
    short: 'column of the labels (else found)',
    allowed: 'the name of a column',
    meaning: 'The column that holds the labels.',
    reason: 'It is found by its name, else by what it holds, and said.',
  }),
  text_pair: option(v.nullable(v.string()), null, {
    group: 'data',
    value: 'COL',
    short: 'column of a second text, read together with the first',
    allowed: 'the name of a column',
    meaning:
      'The column of a second text: the model reads both as a pair, as for questions and answers or premises and hypotheses.',
    reason: 'Most files have one text a row.',
  }),
  split_column: option(v.nullable(v.string()), null, {
    group: 'data',
    value: 'COL',
    short: 'column that says train, valid or test of each row',
    allowed: 'the name of a column',
    meaning: 'The column that says of each row whether it is for training, validation or the test.',
    reason: 'Without one the rows are divided by chance, each label alike.',
  }),
  group: option(v.nullable(v.string()), null, {
    group: 'data',
    value: 'COL',
    short: 'column whose equal values stay in one part of the split',
    allowed: 'the name of a column',
    meaning:
      'A column of groups (an author, a document): rows of one group never stand in two parts of the split.',
    reason: 'Rows of equal text stay together in any case.',
  }),
  near_duplicates: option(v.picklist(NEAR_DUPLICATES, 'must be together, keep or drop'), 'together', {
    group: 'data',
    value: 'N',
    short: 'nearly equal texts: together, keep (as they fall) or drop',
    allowed: 'together, keep or drop',
    meaning:
      'What is done with rows of nearly equal texts: together keeps them in one part of the split, keep divides them as they fall, and drop also leaves rows out of training that validation or test have too, or nearly; rows of named files are never moved, and test rows never left out.',
    reason:
      'A model that has seen nearly the same text tells too much good of itself; a file without such rows is divided the same either way.',
  }),
  folds: option(v.nullable(v.pipe(count, v.minValue(2, 'must be 2 or more'))), null, {
    group: 'data',
    value: 'K',
    short: 'K runs, each tested on another K-th of the rows',
    allowed: 'a whole number of 2 or more',
    meaning:
      'Cross-validation: K runs, each tested on another K-th of the rows and trained on the rest; mean and standard deviation are told.',
    reason: 'One run is what most people want first; folds take K times as long.',
  }),
  fold: option(v.nullable(count), null, {
    group: 'data',
    value: 'N',
    short: 'of a cross-validation: the fold to test on, that run alone',
    allowed: 'a whole number from 1 to that of folds',
    meaning: 'Of a cross-validation the fold that is tested on, counted from 1: this one run alone.',
    reason: 'Without it all folds are run.',
  }),
  repeats: option(count, 1, {
    group: 'data',
    value: 'N',
    short: 'N runs with seeds that follow each other',
    allowed: 'a whole number of 1 or more',
    meaning:
      'Runs with the seeds seed, seed + 1 and so on, each with a split of its own; mean and standard deviation are told.',
    reason: 'One run is what most people want first.',
  }),
  clean: option(v.string(), 'default', {
    group: 'data',
    value: 'STEPS',
    short: 'steps of cleaning: default, none, or names with commas',
    allowed: 'default, none, all, names of steps and no-NAME, with commas, read from left to right',
    meaning: 'What is done to the texts before the model reads them, and which rows are left out.',
    reason: 'The default steps change nothing that a person would see; the others decide what matters.',
  }),
  valid: option(v.nullable(v.string()), null, {
    group: 'data',
    main: true,
    value: 'FILE',
    short: 'rows to validate on (else a share of FILE)',
    allowed: 'the path of a file',
    meaning: 'A file of rows by which the best weights are chosen, instead of a share of the training file.',
    reason: 'Most people have one file.',
  }),
  test: option(v.nullable(v.string()), null, {
    group: 'data',
    main: true,
    value: 'FILE',
    short: 'rows for the final test (else a share of FILE)',
    allowed: 'the path of a file',
    meaning: 'A file of rows that the result is measured on and nothing is chosen by.',
    reason: 'Most people have one file.',
  }),
  threads: option(autoOr(count), 'auto', {
    group: 'machine',
    value: 'N',
    short: 'threads of the processor',
    allowed: 'a whole number of 1 or more, or auto',
    meaning: 'How many threads of the processor are used; a run that goes on keeps its number.',
    reason: 'All cores of a machine that has one or two, else all but one, which stays for you.',
  }),
  model: option(v.string(), 'embedded', {
    group: 'model',
    main: true,
    value: 'ID|FOLDER|RUN',
    short: 'model to start from: embedded, hub name, folder, run; or ngram',
    allowed: 'embedded, ngram, a hub name, a folder or a run',
    meaning:
      'The pretrained model to start from: the embedded one, a name on the Hugging Face hub, a folder in its layout, or an earlier run; or ngram, a linear model on words and groups of letters that starts from none and reads any language.',
    reason: 'The embedded one needs no network and trains in seconds; it knows English only.',
  }),
  compress: option(v.nullable(v.custom<string>(isCompressList, 'must be of int8, fp16')), null, {
    group: 'machine',
    value: 'LIST',
    short: 'smaller files beside the model: int8, fp16, or int8,fp16',
    allowed: 'int8, fp16, or both with a comma between them',
    meaning:
      'Smaller files that are exported beside the model, under the names that transformers.js has for them, each measured on the test rows.',
    reason: 'The fp32 file is the one that was trained; an export makes the others at any time.',
  }),
}

/** What is done with the tokens of a text that are more than the model reads at once. */
export const LONG = ['truncate', 'head+tail', 'windows'] as const
export type Long = (typeof LONG)[number]

/** Options that are used as they are given. */
const settled = {
  long: option(v.picklist(LONG, 'must be truncate, head+tail or windows'), 'truncate', {
    group: 'data',
    value: 'L',
    short: 'long texts: truncate, head+tail or windows',
    allowed: 'truncate, head+tail or windows',
    meaning:
      'What is done with a text of more tokens than the maximum length: its beginning is read, or its beginning and its end, or all of it in windows that overlap by a quarter, of whose answers the mean counts.',
    reason:
      'Other programs read the beginning too, so the exported model answers alike everywhere; windows take as much longer as the texts do.',
  }),
  augment: option(v.string(), 'none', {
    group: 'data',
    value: 'NAMES',
    short: 'how training rows are varied: none, or names with commas',
    allowed:
      'none, all (but synonym), or names with commas: deletion, swap, duplication, synonym, typo, case',
    meaning:
      'Augmentation: training rows are added that are copies of others with a few words changed, each in one of the named ways: deletion, swap, duplication, synonym, typo, case.',
    reason: 'Measured with 200 labelled rows it did not help; other rows may differ.',
  }),
  augment_rows: option(v.pipe(positive, v.maxValue(100, 'must be 100 or less')), 1, {
    group: 'data',
    value: 'X',
    short: 'with augmentation: rows added for each training row',
    allowed: 'a number above 0, up to 100',
    meaning: 'How many rows augmentation adds for each training row; 0.5 adds one for every second row.',
    reason: 'Each added row costs as much training as one of your own.',
  }),
  augment_share: option(v.pipe(positive, v.maxValue(1, 'must be 1 or less')), 0.1, {
    group: 'data',
    value: 'X',
    short: "with augmentation: share of a row's words that is changed",
    allowed: 'a number above 0, up to 1',
    meaning: 'The share of the words of a row that augmentation changes; always one at least.',
    reason: 'More of them soon changes what a text means.',
  }),
  augment_synonyms: option(v.nullable(v.string()), null, {
    group: 'data',
    value: 'FILE',
    short: 'list of words that mean the same, a group a line, for synonym',
    allowed: 'the path of a file',
    meaning:
      'The list for the augmentation synonym: a text file with a group of words that mean the same in each line, with commas between them.',
    reason: 'Which words mean the same depends on what you sort; no list fits all.',
  }),
  unfreeze: option(atLeast0, 0, {
    group: 'training',
    value: 'X',
    short: 'gradual unfreezing: epochs until the next layer joins, 0 for off',
    allowed: 'a number of 0 or more',
    meaning:
      'Gradual unfreezing: training begins with the head alone, and after every X epochs the next lower layer joins; 0 trains all from the start.',
    reason: 'The head starts from the probe already, so the layers below it can follow at once.',
  }),
  accumulate: option(autoOr(count), 'auto', {
    group: 'training',
    value: 'N',
    short: 'parts that a batch is computed in, one after another',
    allowed: 'a whole number of 1 or more, or auto',
    meaning:
      'Gradient accumulation: a batch is computed in N parts, one after another, so that it needs an N-th of the memory; the step is that of the whole batch.',
    reason:
      'One part is fastest; as many more as the free memory asks for, by what a step of the longest rows needs, and twice as many whenever memory is refused.',
  }),
  recompute: option(v.boolean(), false, {
    group: 'training',
    value: '',
    short: 'keep less of each layer and compute it again: less memory',
    allowed: 'true or false',
    meaning:
      'Gradient checkpointing: of each layer only what enters it is kept, and the rest is computed a second time, so that a step needs less memory and takes longer; the result is the same.',
    reason: 'Most models and batches fit into memory, and it is faster without.',
  }),
  optimiser: option(v.picklist(['adamw', 'adam', 'sgd'], 'must be adamw, adam or sgd'), 'adamw', {
    group: 'optimiser',
    value: 'O',
    short: 'adamw, adam or sgd (with momentum)',
    allowed: 'adamw, adam or sgd',
    meaning: 'How a gradient changes the weights: AdamW, Adam, or SGD with momentum.',
    reason:
      'AdamW is what transformers are fine-tuned with; SGD keeps half as many numbers beside the weights.',
  }),
  momentum: option(share, 0.9, {
    group: 'optimiser',
    value: 'X',
    short: 'momentum of sgd',
    allowed: 'a number from 0 to below 1',
    meaning:
      'The share of the step before that the next step of SGD keeps; the other optimisers have their own.',
    reason: 'The usual value.',
  }),
  schedule: option(
    v.picklist(['linear', 'cosine', 'constant'], 'must be linear, cosine or constant'),
    'linear',
    {
      group: 'optimiser',
      value: 'S',
      short: 'how the rate falls after the warm-up: linear, cosine or constant',
      allowed: 'linear, cosine or constant',
      meaning:
        'How the rate goes on after the warm-up: down to 0 in a line, down to 0 along a cosine, or as it is.',
      reason: 'A falling rate settles at the end; the line is the usual recipe.',
    },
  ),
  layer_decay: option(v.pipe(positive, v.maxValue(1, 'must be 1 or less')), 1, {
    group: 'optimiser',
    value: 'X',
    short: "each layer's rate as a share of that of the layer above",
    allowed: 'a number above 0, up to 1',
    meaning:
      'Layer-wise rate decay: the rate of each layer is this share of that of the layer above it, the head having the full one; 1 gives all the same rate.',
    reason: 'The lower half is frozen by default already; where the whole model is trained try 0.9.',
  }),
  weight_decay: option(atLeast0, 0.01, {
    group: 'optimiser',
    value: 'X',
    short: 'weight decay',
    allowed: 'a number of 0 or more',
    meaning:
      'How strongly matrices are drawn towards 0 at each step; biases, scales of normalisations and table rows never are.',
    reason: 'The usual value for fine-tuning.',
  }),
  average: option(share, 0.33, {
    group: 'optimiser',
    value: 'X',
    short: 'share of the steps that the result is a mean of, 0 for off',
    allowed: 'a number from 0 to below 1',
    meaning:
      'Weight averaging: what is validated, kept and exported is a running mean of the weights over about this share of all steps so far; 0 takes the weights of the last step.',
    reason: 'The mean was better than the last step on every file it was tried on, and less over-confident.',
  }),
  class_weights: option(v.picklist(['none', 'balanced'], 'must be none or balanced'), 'none', {
    group: 'loss',
    value: 'W',
    short: 'none or balanced (rare labels count more)',
    allowed: 'none or balanced',
    meaning:
      'What a row counts in the loss: each the same, or each label the same in sum, so that rows of rare labels count more.',
    reason:
      'Accuracy is best served by the labels as they come; balanced helps f1_macro where they are unequal.',
  }),
  focal_gamma: option(atLeast0, 0, {
    group: 'loss',
    value: 'X',
    short: 'focal loss: how much less sure rows count, 0 for off',
    allowed: 'a number of 0 or more',
    meaning:
      'Focal loss: what a row adds to the loss is multiplied by (1 - p) to the power of X, p being the probability of its label, so that rows already learnt count less.',
    reason: '0 is plain cross-entropy; 2 is usual where nearly all rows are easy.',
  }),
  label_smoothing: option(share, 0.1, {
    group: 'loss',
    value: 'X',
    short: "share of a row's label that is spread over all labels",
    allowed: 'a number from 0 to below 1',
    meaning: "Label smoothing: this share of each row's label is spread evenly over all labels.",
    reason:
      'Over a few epochs a small model grows far too sure of the rows it learns; 0.1 kept its probabilities honest and made it a little more accurate.',
  }),
  dropout: option(share, 0, {
    group: 'regularisation',
    value: 'X',
    short: 'dropout after attention and feed-forward parts',
    allowed: 'a number from 0 to below 1',
    meaning:
      'The share of numbers set to 0 at random, in training alone, in what the attention and the feed-forward part of each trained layer add.',
    reason:
      'Early stopping guards against overfitting already, and dropout needs more epochs; 0.1 is what BERT was pretrained with.',
  }),
  head_dropout: option(share, 0, {
    group: 'regularisation',
    value: 'X',
    short: 'dropout before the head',
    allowed: 'a number from 0 to below 1',
    meaning:
      "The share of the numbers of a text's vector set to 0 at random, in training alone, before the head reads it.",
    reason: 'The head starts from a strongly regularised probe.',
  }),
  clip: option(positive, 1, {
    group: 'optimiser',
    value: 'X',
    short: "largest norm of a step's gradient",
    allowed: 'a number above 0',
    meaning: 'The largest norm that the gradient of a step may have; a larger one is scaled down to it.',
    reason: 'The usual value: one odd batch can not undo what was learnt.',
  }),
  patience: option(count, 2, {
    group: 'validation',
    value: 'N',
    short: 'epochs without a better validation before training stops',
    allowed: 'a whole number of 1 or more',
    meaning: 'Epochs in a row without a better validation before training stops.',
    reason: 'One bad epoch may be chance.',
  }),
  engine: option(v.picklist(['onnxruntime', 'tfjs'], 'must be onnxruntime or tfjs'), 'onnxruntime', {
    group: 'machine',
    value: 'E',
    short: 'onnxruntime, or tfjs: a TensorFlow.js of your own',
    allowed: 'onnxruntime or tfjs',
    meaning:
      'What executes the training graph: onnxruntime, which is part of Finesse, or the TensorFlow.js that you installed and named.',
    reason: 'It needs nothing else; TensorFlow.js is for a graphics card with CUDA 11.',
  }),
  cache_mb: option(atLeast0, 4096, {
    group: 'machine',
    value: 'N',
    short: 'disk for activations computed once, in MB',
    allowed: 'a number of 0 or more',
    meaning:
      'Disk that a run may use for what the frozen layers make of each row, in MB; 0 computes it at every epoch instead.',
    reason: 'Enough for most files; never more than half of the free disk is taken.',
  }),
  seed: option(integerAtLeast0, 42, {
    group: 'machine',
    main: true,
    value: 'N',
    short: 'equal seeds give equal runs',
    allowed: 'a whole number of 0 or more',
    meaning:
      'What split, order of rows and all other chance derive from: equal seeds give equal runs on the processor.',
    reason: 'Any fixed number will do.',
  }),
}

/** Options that may be left to a rule. */
const decided = {
  task: option(v.picklist(['auto', ...TASKS], 'must be auto, classify or regress'), 'auto', {
    group: 'data',
    main: true,
    value: 'T',
    short: 'auto, classify (labels) or regress (numbers)',
    allowed: 'auto, classify or regress',
    meaning:
      'What is predicted of a text: one of the labels that the label column holds, or, with regress, a number, that column then holding numbers.',
    reason: 'Labels: a column of few numbers, as of stars, may be meant as either, so numbers are asked for.',
  }),
  metric: option(
    v.picklist(['auto', ...METRICS.classify, ...METRICS.regress], `must be auto, ${METRIC_LIST}`),
    'auto',
    {
      group: 'validation',
      value: 'M',
      short: 'what the best weights are chosen by',
      allowed: 'auto, accuracy, f1_macro or log_loss; of numbers mse, mae, r2 or spearman',
      meaning:
        'What the best weights are chosen by on the validation rows; of equals the lower log loss, of numbers the lower mse.',
      reason:
        'Of labels accuracy, which is what most people mean; f1_macro is better where they are unequal. Of numbers mse, which is what training lowers.',
    },
  ),
  strategy: option(v.custom<Strategy>(isStrategy, 'must be auto, head, full, last:N or lora:R'), 'auto', {
    group: 'training',
    main: true,
    value: 'S',
    short: 'what is trained: auto, head, last:N (layers), lora:R or full',
    allowed: 'auto, head, full, last:N as in last:2, lora or lora:R as in lora:8',
    meaning:
      'How much of the model is trained: the head alone, the head and the upper N layers, a small addition of rank R to every layer, or everything but the embeddings.',
    reason:
      'The upper half of the layers, the embedded model in full: lower layers change little and cost as much, and frozen they are computed once a row.',
  }),
  epochs: option(autoOr(count), 'auto', {
    group: 'training',
    main: true,
    value: 'N',
    short: 'passes over the training rows',
    allowed: 'a whole number of 1 or more, or auto',
    meaning: 'How often training passes over the training rows, at most.',
    reason:
      'As many as make 250 steps, within 3 and 20 (for the embedded model 300 steps, within 10 and 30): with few rows a fixed number is too few steps.',
  }),
  batch: option(autoOr(count), 'auto', {
    group: 'training',
    main: true,
    value: 'N',
    short: 'rows of one optimiser step',
    allowed: 'a whole number of 1 or more, or auto',
    meaning: 'Rows of one step of the optimiser.',
    reason: '16, for the embedded model 32: small enough for the memory of a laptop.',
  }),
  lr: option(autoOr(positive), 'auto', {
    group: 'optimiser',
    main: true,
    value: 'X',
    short: 'peak learning rate',
    allowed: 'a number above 0, as 1e-4, or auto',
    meaning: 'The learning rate at its highest, after the warm-up.',
    reason:
      '2e-4 for a width of 384, less for wider models, more for larger batches; 2e-3 for the embedded model; 50 times that with SGD.',
  }),
  warmup: option(autoOr(atLeast0), 'auto', {
    group: 'optimiser',
    value: 'X',
    short: 'steps until the peak rate, a share of all when below 1',
    allowed: 'a number of 0 or more, or auto',
    meaning:
      'Steps in which the rate rises to its peak: a number of steps when 1 or more, a share of all when below 1.',
    reason: '6 % of all steps: the running means of the optimiser are unsure at first.',
  }),
  max_length: option(autoOr(count), 'auto', {
    group: 'data',
    main: true,
    value: 'N',
    short: 'tokens of a text that are read',
    allowed: 'a whole number of 1 or more, or auto',
    meaning: 'How many tokens of a text the model reads; the rest is cut.',
    reason:
      '128, or what the model reads if that is less, and never more than the longest text has: attention grows with the square of the length.',
  }),
  embeddings: option(v.picklist(['auto', 'frozen', 'touched'], 'must be auto, frozen or touched'), 'auto', {
    group: 'training',
    value: 'E',
    short: 'auto, frozen or touched (rows a batch uses are trained)',
    allowed: 'auto, frozen or touched',
    meaning: 'Whether the table of word vectors is left alone or trained by the rows that a batch touches.',
    reason:
      'Frozen: the table is the largest part of a small model and learns least from a few thousand rows. Touched where the embedded model is trained in full, of which it is nearly all.',
  }),
  pooling: option(v.picklist(['auto', 'mean', 'cls', 'last'], 'must be auto, mean, cls or last'), 'auto', {
    group: 'model',
    value: 'P',
    short: "auto, mean, cls or last: how tokens become the text's vector",
    allowed: 'auto, mean, cls or last',
    meaning: "How the vectors of the tokens become the text's: their mean, the first, or the last.",
    reason: "What the model's own files say, else the mean for encoders and the last token for decoders.",
  }),
  device: option(v.picklist(['auto', ...DEVICES], 'must be auto, cpu, webgpu, cuda, dml or coreml'), 'auto', {
    group: 'machine',
    main: true,
    value: 'D',
    short: 'auto, cpu, webgpu, cuda, dml or coreml',
    allowed: 'auto, cpu, webgpu, cuda, dml or coreml',
    meaning:
      'What computes: the processor (cpu), or a graphics processor through WebGPU, or, by name alone and not promised, CUDA (Linux), DirectML (dml, Windows) or CoreML (macOS).',
    reason:
      'The processor where it is alone, as it gives the same bits for the same seed. Where there is a WebGPU device, a step of the training is measured on both, and the device is taken if it needs less than 0.8 of the time.',
  }),
}

/**
 * Every option of a run, by the name it has in `--set`, in a configuration file and in `run.json`, with its
 * default. The command line's flags are the same names.
 */
export const RunOptions = v.object({ ...requested, ...decided, ...settled })
export type RunOptions = v.InferOutput<typeof RunOptions>
export type OptionName = keyof RunOptions

/** The options that are used as they are given. */
export const SettledOptions = v.object(settled)

/** The options with every `auto` decided, as the trainer used them. */
export const ResolvedOptions = v.object({
  ...settled,
  task: v.optional(v.picklist(TASKS), 'classify'),
  metric: v.picklist([...METRICS.classify, ...METRICS.regress]),
  strategy: v.custom<ResolvedStrategy>((value) => isStrategy(value) && value !== 'auto' && value !== 'lora'),
  embeddings: v.picklist(['frozen', 'touched']),
  pooling: v.picklist(['mean', 'cls', 'last']),
  epochs: v.number(),
  batch: v.number(),
  lr: v.number(),
  warmup_steps: v.number(),
  max_length: v.number(),
  device: v.picklist(DEVICES),
})
export type ResolvedOptions = v.InferOutput<typeof ResolvedOptions>

export const isOptionName = (name: string): name is OptionName => Object.hasOwn(RunOptions.entries, name)

/** In the order in which they are defined. */
export const OPTION_NAMES: readonly OptionName[] = Object.keys(RunOptions.entries).filter(isOptionName)

export const aboutOption = (name: OptionName): OptionAbout => v.getMetadata(RunOptions.entries[name])

/** What holds where nothing is said. */
export const defaultOf = (name: OptionName): string | number | boolean | null =>
  RunOptions.entries[name].default
