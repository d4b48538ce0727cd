import type { Random } from '../../src/data/random.ts'

const VALUES: readonly unknown[] = [
  null, true, false, 0, -1, 1.5, 1e308, -1e-320, 2 ** 53, 1e30, '', 'x', '\u0000', '\u001b[31m', '__proto__', 'constructor',
  '../../x', '/etc/passwd', '\ud800', 'a'.repeat(5000), [], {}, [[]], [null], [''], { a: 1 }, { type: 'Sequence' }, '[', '(', '(?<', '\\',
] // biome-ignore format: a list

type Slot = {
  readonly get: () => unknown
  readonly set: (value: unknown) => void
  readonly remove: () => void
}

function slotsOf(value: unknown, into: Slot[] = []): Slot[] {
  if (typeof value !== 'object' || value === null || into.length > 5000) return into
  for (const key of Object.keys(value)) {
    const slot: Slot = {
      get: () => Reflect.get(value, key),
      set: (next) => Reflect.set(value, key, next),
      remove: () =>
        Array.isArray(value) ? value.splice(Number(key), 1) : Reflect.deleteProperty(value, key),
    }
    into.push(slot)
    slotsOf(slot.get(), into)
  }
  return into
}

/** JSON with one value changed, taken away, moved or nested; null: not an object or array. */
export function brokenJson(text: string, random: Random): string | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const slots = slotsOf(value)
  const slot = slots[random.below(Math.max(1, slots.length))]
  const other = slots[random.below(Math.max(1, slots.length))]
  if (!slot || !other) return null
  // What would hold itself when it was set is written out first.
  const copy = (from: Slot): unknown => JSON.parse(JSON.stringify(from.get() ?? null))
  switch (random.below(7)) {
    case 0:
      slot.remove()
      break
    case 1:
      slot.set(copy(other))
      break
    case 2: {
      let nested = copy(slot)
      for (let n = 2 ** random.below(8); n > 0; n--)
        nested = random.below(2) === 0 ? [nested] : { type: nested }
      slot.set(nested)
      break
    }
    case 3:
      slot.set(new Array(2 ** random.below(12)).fill(VALUES[random.below(VALUES.length)]))
      break
    default:
      slot.set(VALUES[random.below(VALUES.length)])
  }
  return JSON.stringify(value)
}
