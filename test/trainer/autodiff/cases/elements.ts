import {
  aboutFour,
  aboutTen,
  aboveOne,
  any,
  float,
  MICROSOFT,
  nonzero,
  type RuleCase,
  still,
  unary,
  wide,
  within,
} from './case.ts'

const microsoft = (op: string): RuleCase => ({ ...unary(op), domain: MICROSOFT })

const trigonometry: RuleCase[] = [
  unary('Sin'),
  unary('Cos'),
  unary('Tan', within),
  unary('Asin', within),
  unary('Acos', within),
  unary('Atan'),
  unary('Sinh'),
  unary('Cosh'),
  unary('Asinh'),
  unary('Acosh', aboveOne),
  unary('Atanh', within),
]

const activations: RuleCase[] = [
  { op: 'PRelu', what: 'a slope a channel', inputs: [nonzero(2, 3, 4), any(3, 1)] },
  { op: 'PRelu', what: 'one slope', inputs: [nonzero(2, 3), any(1)] },
  unary('ThresholdedRelu', wide),
  { op: 'ThresholdedRelu', what: 'alpha', inputs: [wide(3, 4)], attributes: { alpha: float(2.5) } },
  unary('Celu', nonzero),
  { op: 'Celu', what: 'alpha', inputs: [nonzero(3, 4)], attributes: { alpha: float(0.5) } },
  unary('Selu', nonzero),
  {
    op: 'Selu',
    what: 'alpha and gamma',
    inputs: [nonzero(3, 4)],
    attributes: { alpha: float(2), gamma: float(0.7) },
  },
  unary('Softsign', nonzero),
  unary('HardSigmoid', wide),
  {
    op: 'HardSigmoid',
    what: 'a sixth, as in HardSwish',
    inputs: [wide(4, 4)],
    attributes: { alpha: float(1 / 6), beta: float(0.5) },
  },
  unary('HardSwish', wide),
  { op: 'Swish', what: 'plain', opset: 24, inputs: [any(2, 3)] },
  { op: 'Swish', what: 'alpha', opset: 24, inputs: [any(2, 3)], attributes: { alpha: float(0.5) } },
  unary('Mish'),
  unary('Shrink', wide),
  {
    op: 'Shrink',
    what: 'soft',
    inputs: [wide(4, 4)],
    attributes: { lambd: float(1), bias: float(1) },
  },
  { op: 'Hardmax', what: 'last axis', inputs: [still(2, 4)] },
  microsoft('QuickGelu'),
  { ...microsoft('QuickGelu'), what: 'alpha 1', attributes: { alpha: float(1) } },
  microsoft('FastGelu'),
  { op: 'FastGelu', what: 'a bias', domain: MICROSOFT, inputs: [any(2, 3, 4), any(4)] },
  { op: 'BiasGelu', what: 'a bias', domain: MICROSOFT, inputs: [any(2, 3, 4), any(4)] },
]

const others: RuleCase[] = [
  {
    op: 'Mod',
    what: 'fmod',
    inputs: [aboutTen(3, 4), aboutFour(4)],
    attributes: { fmod: 1 },
  },
  ...['Sum', 'Mean'].flatMap((op): RuleCase[] => [
    { op, what: 'one', inputs: [any(2, 3)] },
    { op, what: 'three, broadcast', inputs: [any(2, 3), any(3), any(2, 1)] },
  ]),
  { op: 'CastLike', what: 'the same type', inputs: [any(2, 3), still(1)] },
  ...['Sign', 'Floor', 'Ceil', 'Round'].map((op): RuleCase => ({ op, what: 'plain', inputs: [still(2, 3)] })),
]

export const elementCases: readonly RuleCase[] = [...trigonometry, ...activations, ...others]
