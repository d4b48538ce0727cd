/**
 * Names that say what a column is, best first; names on one line are equally good. Compared in lower case with
 * white space, hyphens and underscores left out.
 */
export const TEXT_NAMES: readonly (readonly string[])[] = [
  ['text', 'texts', '文本'],
  ['sentence', 'content', 'utterance', 'document', '句子', '内容', '正文', '语句'],
  [
    'review',
    'reviews',
    'message',
    'messages',
    'tweet',
    'comment',
    'comments',
    'body',
    'post',
    'query',
    'sms',
  ],
  ['评论', '评价', '留言', '消息', '短信', '微博', '查询', '问题'],
  ['headline', 'title', 'question', 'description', 'abstract', 'summary', 'prompt', 'input', 'phrase'],
  ['标题', '描述', '摘要', '输入'],
]

export const LABEL_NAMES: readonly (readonly string[])[] = [
  ['label', 'labels', '标签', '标注'],
  ['class', 'target', '类别', '分类'],
  ['category', 'sentiment', 'intent', 'topic', 'polarity', 'emotion', 'genre', 'language'],
  ['情感', '情绪', '意图', '主题', '话题', '类型', '极性', '语言'],
  ['tag', 'classification', 'output', 'rating', 'stars', 'score', 'spam', 'y'],
  ['评分', '星级', '结果'],
]

/** Of columns of numbers that are to be learnt. */
export const NUMBER_NAMES: readonly (readonly string[])[] = [
  ['target', 'value', 'y', '目标', '数值'],
  ['label', 'labels', '标签', '标注'],
  ['score', 'scores', 'rating', 'ratings', 'stars', 'grade', 'points'],
  ['评分', '得分', '分数', '星级'],
  ['price', 'amount', 'cost', 'count', 'age', 'year', 'number', 'output'],
  ['价格', '金额', '数量', '年龄', '年份'],
]

export const plainName = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '')

/** Place of a name in a list: 0 is best. -1: not in it. */
export function rankOf(name: string, names: readonly (readonly string[])[]): number {
  const plain = plainName(name)
  return names.findIndex((equals) => equals.includes(plain))
}

/** The words of a name: `reviewText` and `review_text` are `review`, `text`. */
export const nameWords = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_./-]+/)
    .filter((word) => word !== '')

// A value may well be `spam`, `positive` or `y`; only names that are hardly ever values prove a header.
const PROOF = new Set(
  [...TEXT_NAMES.slice(0, 4), ...LABEL_NAMES.slice(0, 4)]
    .flat()
    .filter((name) => !['sms', 'post'].includes(name)),
)

/** Whether a cell of a first record is surely a column's name. */
export function isKnownName(cell: string): boolean {
  return PROOF.has(plainName(cell))
}
