import { isUtf8 } from 'node:buffer'
import { t } from '../../shared/l10n.ts'
import { Damage } from './damage.ts'
import type { Values } from './encodings.ts'
import type { Leaf } from './metadata.ts'
import { type integer, substruct } from './thrift.ts'

// ConvertedType and the fields of LogicalType (parquet.thrift).
const CONVERTED = {
  utf8: 0,
  enum: 4,
  decimal: 5,
  date: 6,
  timeMs: 7,
  timeUs: 8,
  momentMs: 9,
  momentUs: 10,
  uint8: 11,
  uint64: 14,
  json: 19,
} as const
const LOGICAL = {
  string: 1,
  enum: 4,
  decimal: 5,
  date: 6,
  time: 7,
  timestamp: 8,
  integer: 10,
  json: 12,
  uuid: 14,
  float16: 15,
} as const

/** What a value of a column is as text: `text(values, i)`. */
export function textOf(leaf: Leaf): (values: Values, i: number) => string {
  switch (leaf.type) {
    case 'BOOLEAN':
      return (values, i) => (values.kind === 'bits' && values.bits[i] === 1 ? 'true' : 'false')
    case 'FLOAT':
      return (values, i) => floatText(viewOf(values).getFloat32(i * 4, true))
    case 'DOUBLE':
      return (values, i) => String(viewOf(values).getFloat64(i * 8, true))
    case 'INT96':
      return (values, i) => {
        const view = viewOf(values)
        // Nanoseconds of a Julian day (2440588 is 1 January 1970).
        const days = BigInt(view.getInt32(i * 12 + 8, true)) - 2_440_588n
        return momentText(days * 86_400_000_000_000n + view.getBigInt64(i * 12, true), 9, false)
      }
    case 'INT32':
    case 'INT64': {
      const show = wholeText(leaf)
      const wide = leaf.type === 'INT64'
      return (values, i) => {
        if (values.kind === 'wholes') return show(values.wholes[i] ?? 0n)
        const view = viewOf(values)
        return show(wide ? view.getBigInt64(i * 8, true) : BigInt(view.getInt32(i * 4, true)))
      }
    }
    default: {
      const show = bytesText(leaf)
      return (values, i) => show(bytesAt(values, i))
    }
  }
}

function viewOf(values: Values): DataView {
  if (values.kind !== 'numbers') throw new Damage(t`values of another kind`)
  return values.view
}

function bytesAt(values: Values, i: number): Uint8Array {
  if (values.kind === 'bytes')
    return values.bytes.subarray(values.starts[i], (values.starts[i + 1] ?? 0) - values.gap)
  const view = viewOf(values)
  if (values.kind !== 'numbers') throw new Damage(t`values of another kind`)
  return new Uint8Array(view.buffer, view.byteOffset + i * values.width, values.width)
}

const decoder = new TextDecoder()
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function bytesText({ converted, logical, scale }: Leaf): (bytes: Uint8Array) => string {
  if (converted === CONVERTED.decimal || logical?.has(LOGICAL.decimal) === true)
    return (bytes) => decimalText(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex(bytes) || '0'}`)), scale)
  if (logical?.has(LOGICAL.float16) === true)
    return (bytes) => floatText(half((bytes[0] ?? 0) + 256 * (bytes[1] ?? 0)))
  if (logical?.has(LOGICAL.uuid) === true)
    return (bytes) => hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  const said =
    converted === CONVERTED.utf8 ||
    converted === CONVERTED.enum ||
    converted === CONVERTED.json ||
    [LOGICAL.string, LOGICAL.enum, LOGICAL.json].some((field) => logical?.has(field) === true)
  return (bytes) => {
    if (isUtf8(bytes)) return decoder.decode(bytes)
    if (said) throw new Damage(t`text that is not valid UTF-8`)
    return hex(bytes)
  }
}

function wholeText({ type, converted, logical, scale }: Leaf): (value: bigint) => string {
  const moment = logical === null ? null : substruct(logical, LOGICAL.timestamp)
  const time = logical === null ? null : substruct(logical, LOGICAL.time)
  const unsigned = logical === null ? null : substruct(logical, LOGICAL.integer)
  if (converted === CONVERTED.decimal || logical?.has(LOGICAL.decimal) === true)
    return (value) => decimalText(value, scale)
  if (moment !== null) {
    const digits = unitDigits(substruct(moment, 2))
    const utc = moment.get(1) === true
    return (value) => momentText(value, digits, utc)
  }
  if (time !== null) return (value) => timeText(value, unitDigits(substruct(time, 2)))
  if (converted === CONVERTED.date || logical?.has(LOGICAL.date) === true)
    return (value) => momentText(value * 86_400n, 0, false)
  if (converted === CONVERTED.momentMs) return (value) => momentText(value, 3, true)
  if (converted === CONVERTED.momentUs) return (value) => momentText(value, 6, true)
  if (converted === CONVERTED.timeMs) return (value) => timeText(value, 3)
  if (converted === CONVERTED.timeUs) return (value) => timeText(value, 6)
  const positive =
    unsigned?.get(2) === false ||
    (converted !== null && converted >= CONVERTED.uint8 && converted <= CONVERTED.uint64)
  return positive ? (value) => String(BigInt.asUintN(type === 'INT64' ? 64 : 32, value)) : String
}

const unitDigits = (unit: Parameters<typeof integer>[0]): number =>
  unit?.has(1) === true ? 3 : unit?.has(2) === true ? 6 : 9

/** The shortest decimal that is this number in 32 bits. */
function floatText(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

function decimalText(value: bigint, scale: number): string {
  if (scale <= 0 || scale > 100) return String(value)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** A time since 1970 in units of 10^-digits seconds: the day, and the time where it is not midnight. */
function momentText(value: bigint, digits: number, utc: boolean): string {
  const unit = 10n ** BigInt(digits)
  const rest = ((value % unit) + unit) % unit
  const at = new Date(Number((value - rest) / unit) * 1000)
  if (Number.isNaN(at.getTime())) return String(value)
  const iso = at.toISOString()
  const day = iso.slice(0, iso.indexOf('T'))
  const time = iso.slice(iso.indexOf('T') + 1, -5)
  const parts = rest > 0n ? `.${String(rest).padStart(digits, '0').replace(/0+$/, '')}` : ''
  return time === '00:00:00' && parts === '' ? day : `${day} ${time}${parts}${utc ? 'Z' : ''}`
}

/** A time of day, as the time of the second day since 1970; at midnight that is its day alone. */
function timeText(value: bigint, digits: number): string {
  const day = 86_400n * 10n ** BigInt(digits)
  if (value < 0n || value >= day) return String(value)
  return momentText(value + day, digits, false).slice(11) || '00:00:00'
}
