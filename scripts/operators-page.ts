// node --import tsx scripts/operators-page.ts: writes docs/operators.md from the table of gradient rules.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MICROSOFT, type Rule } from '../src/trainer/autodiff/rule.ts'
import { ruleGroups, rules } from '../src/trainer/autodiff/rules/index.ts'
import { NEWEST_OPSET, OPSET } from '../src/trainer/onnx/model.ts'
import { OLDEST_OPSET } from '../src/trainer/onnx/upgrade.ts'

const INTRODUCTION = `# Operators

The ${Object.keys(rules).length} operators that a gradient can pass. Written by \`scripts/operators-page.ts\` from the table in \`src/trainer/autodiff/rules\`.

- Models of opset ${OLDEST_OPSET} to ${NEWEST_OPSET} are read; below ${OPSET} they are raised to ${OPSET}. fp16 and bf16 are raised to fp32.
- Domain *onnx* is the default one of ONNX; *${MICROSOFT}* is that of onnxruntime's fusions. \`SimplifiedLayerNormalization\` stands in the default domain, and only onnxruntime has it.
- An input in square brackets has no gradient: indices, shapes, axes, conditions, statistics. Neither has whatever is computed in whole numbers. An input with dots may be repeated; any that is optional may be left out.
- In a derivative, *g* is the gradient by the output *y*, a prime transposes, and a product of tensors of one size is by elements. Where no source is named, it follows from the operator's definition in the ONNX specification by the rules of calculus. Where an input was broadcast, the gradient is summed over what was broadcast.
- Each line is held to finite differences (\`test/trainer/autodiff/rules.test.ts\`), and random graphs of all of them too (\`npm run fuzz:gradients\`).

Above the lowest trained layer a model may hold any of these. Below it, and with \`--strategy head\` everywhere, whatever onnxruntime executes. What is missing is refused before anything is written, in one line that names the node. Operators with quantised weights (\`MatMulNBits\`, \`QLinear...\`, \`MatMulInteger\` and their like) and control flow (\`If\`, \`Loop\`, \`Scan\`) are among what is refused.

Some fusions are written out on loading as the operators that they stand for: \`SkipLayerNormalization\`, \`SkipSimplifiedLayerNormalization\`, \`EmbedLayerNormalization\`, \`FusedConv\` and \`FusedGemm\` of ${MICROSOFT}.
`

/** docs/operators.md as it should be. */
export function operatorsPage(): string {
  const sections = Object.entries(ruleGroups).map(
    ([group, table]) =>
      `## ${group}\n\n| operator | domain | inputs | derivative and source | no gradient |\n|---|---|---|---|---|\n${Object.entries(table).map(line).join('\n')}\n`,
  )
  return [INTRODUCTION, ...sections].join('\n')
}

const line = ([name, { inputs, derivative, except }]: [string, Rule]): string => {
  const isMicrosoft = name.startsWith(`${MICROSOFT}.`)
  const operator = isMicrosoft ? name.slice(MICROSOFT.length + 1) : name
  const cells = [`\`${operator}\``, isMicrosoft ? MICROSOFT : 'onnx', `\`${inputs}\``, derivative, except]
  return `| ${cells.map(cell).join(' | ')} |`
}

/** Bars end a cell, and asterisks begin emphasis. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('*', '\\*')

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/operators.md', import.meta.url), operatorsPage())
