/**
 * The encoder types for which transformers.js has a sequence classification class: its text-classification
 * pipeline looks the class up by `model_type`, and feeds input_ids, attention_mask and token_type_ids.
 */
const CLASS_PREFIX: ReadonlyMap<string, string> = new Map([
  ['albert', 'Albert'],
  ['bart', 'Bart'],
  ['bert', 'Bert'],
  ['camembert', 'Camembert'],
  ['convbert', 'ConvBert'],
  ['deberta', 'Deberta'],
  ['deberta-v2', 'DebertaV2'],
  ['distilbert', 'DistilBert'],
  ['electra', 'Electra'],
  ['esm', 'Esm'],
  ['eurobert', 'EuroBert'],
  ['mbart', 'MBart'],
  ['mobilebert', 'MobileBert'],
  ['modernbert', 'ModernBert'],
  ['mpnet', 'MPNet'],
  ['neobert', 'NeoBert'],
  ['roberta', 'Roberta'],
  ['roformer', 'RoFormer'],
  ['squeezebert', 'SqueezeBert'],
  ['xlm', 'XLM'],
  ['xlm-roberta', 'XLMRoberta'],
])

/** Under this type a model of any other type loads: the class only names the file and the feeds. */
const STAND_IN = 'bert'

export interface ModelClass {
  readonly modelType: string
  readonly architecture: string
}

/** What to call a classifier so that transformers.js loads it. */
export function classifierClass(modelType: string | null): ModelClass {
  const type = modelType !== null && CLASS_PREFIX.has(modelType) ? modelType : STAND_IN
  return { modelType: type, architecture: `${CLASS_PREFIX.get(type)}ForSequenceClassification` }
}
