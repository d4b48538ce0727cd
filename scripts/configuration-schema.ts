// node --import tsx scripts/configuration-schema.ts: writes media/configuration.schema.json, by which the editor
// completes and checks *.finesse.json, from the options' own schema.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { aboutOption, defaultOf, OPTION_NAMES, type OptionName, RunOptions } from '../src/shared/config.ts'

type Json = Readonly<Record<string, unknown>>

/** What schemas of valibot are made of, as far as options use it. */
interface Part {
  readonly kind?: unknown
  readonly type?: unknown
  readonly wrapped?: unknown
  readonly options?: unknown
  readonly literal?: unknown
  readonly pipe?: unknown
  readonly requirement?: unknown
  readonly message?: unknown
}

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null

/** Options that are checked by code: what it takes, as a schema. */
const BY_CODE: Readonly<Record<string, Json>> = {
  strategy: { anyOf: [{ enum: ['auto', 'head', 'full'] }, { type: 'string', pattern: '^last:[1-9]\\d*$' }] },
  compress: { anyOf: [{ enum: ['int8', 'fp16', 'int8,fp16'] }, { type: 'null' }] },
}

function schemaOf(part: unknown, name: OptionName): Json {
  if (!isPart(part)) throw new Error(`${name}: no schema`)
  if (Array.isArray(part.pipe)) {
    const [inner, ...rules]: unknown[] = part.pipe
    return { ...(inner === part ? plain(part, name) : schemaOf(inner, name)), ...rulesOf(rules, name) }
  }
  return plain(part, name)
}

function plain(part: Part, name: OptionName): Json {
  switch (part.type) {
    case 'optional':
      return schemaOf(part.wrapped, name)
    case 'nullable':
      return { anyOf: [schemaOf(part.wrapped, name), { type: 'null' }] }
    case 'union':
      return { anyOf: list(part.options).map((one) => schemaOf(one, name)) }
    case 'picklist':
      return { enum: list(part.options) }
    case 'literal':
      return { const: part.literal }
    case 'string':
    case 'number':
    case 'boolean':
      return { type: part.type }
    default: {
      throw new Error(`${name}: a schema of type ${String(part.type)} has no form in JSON Schema here`)
    }
  }
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

function rulesOf(rules: readonly unknown[], name: OptionName): Json {
  const found: Record<string, unknown> = {}
  for (const rule of rules) {
    if (!isPart(rule) || rule.kind !== 'validation') {
      // A pipe's own number, nested: its rules count as well.
      if (isPart(rule) && rule.kind === 'schema') Object.assign(found, schemaOf(rule, name))
      continue
    }
    if (rule.type === 'integer') found.type = 'integer'
    else if (rule.type === 'min_value' && rule.requirement === Number.MIN_VALUE) found.exclusiveMinimum = 0
    else if (rule.type === 'min_value') found.minimum = rule.requirement
    else if (rule.type === 'max_value') found.maximum = rule.requirement
    else if (rule.type === 'check' && rule.message === 'must be below 1') found.exclusiveMaximum = 1
    else throw new Error(`${name}: the rule ${String(rule.type)} has no form in JSON Schema here`)
  }
  return found
}

const property = (name: OptionName): Json => {
  const { meaning, reason, allowed } = aboutOption(name)
  return {
    description: `${meaning} ${allowed[0]?.toUpperCase()}${allowed.slice(1)}. ${reason}`,
    default: defaultOf(name),
    ...(BY_CODE[name] ?? schemaOf(RunOptions.entries[name], name)),
  }
}

/** media/configuration.schema.json as it should be. */
export const configurationSchema = (): string =>
  `${JSON.stringify(
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Finesse: options of a training',
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(OPTION_NAMES.map((name) => [name, property(name)])),
    },
    null,
    2,
  )}\n`

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../media/configuration.schema.json', import.meta.url), configurationSchema())
