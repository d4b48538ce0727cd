/** Four unsigned 32-bit words: all that a generator is, so that a checkpoint can hold it. */
export type RandomState = readonly [number, number, number, number]

export interface Random {
  /** Uniform in [0, 1), in steps of 2^-32. */
  next(): number
  /** Uniform whole number in [0, n), unbiased; n from 1 to 2^32. */
  below(n: number): number
  /** Fisher-Yates, in place; returns the same array. */
  shuffle<T>(array: T[]): T[]
  state(): RandomState
}

/**
 * A generator for a seed (any whole number from 0 to 2^53 - 1), the same on every platform.
 *
 * `purpose` gives each use of one seed (`'split'`, `'order'`, `'dropout'`) a generator of its own, so that
 * drawing more for one does not change another.
 */
export function createRandom(seed: number, purpose = ''): Random {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`seed ${seed} is not a whole number from 0`)
  let mix = BigInt(seed) ^ (purpose === '' ? 0n : fnv1a(purpose))
  // SplitMix64 is what the authors of xoshiro recommend for filling its state; it cannot give all zeros twice.
  const word64 = () => {
    mix = BigInt.asUintN(64, mix + 0x9e3779b97f4a7c15n)
    let z = mix
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn)
    return z ^ (z >> 31n)
  }
  const low = word64()
  const high = word64()
  return restoreRandom([
    Number(low & 0xffffffffn),
    Number(low >> 32n),
    Number(high & 0xffffffffn),
    Number(high >> 32n),
  ])
}

/**
 * The generator that goes on from a state: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear
 * pseudorandom number generators", 2021).
 */
export function restoreRandom(state: RandomState): Random {
  let [a, b, c, d] = [state[0] | 0, state[1] | 0, state[2] | 0, state[3] | 0]

  const next32 = (): number => {
    const scaled = Math.imul(b, 5)
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result
  }

  const below = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) throw new RangeError(`below(${n})`)
    // The last, incomplete run of n values is drawn again: without that small values would come more often.
    const limit = 2 ** 32 - (2 ** 32 % n)
    for (;;) {
      const drawn = next32()
      if (drawn < limit) return drawn % n
    }
  }

  return {
    next: () => next32() / 2 ** 32,
    below,
    shuffle<T>(array: T[]): T[] {
      for (let i = array.length - 1; i > 0; i--) {
        const j = below(i + 1)
        const held = array[i] as T
        array[i] = array[j] as T
        array[j] = held
      }
      return array
    },
    state: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
  }
}

/** 64-bit FNV-1a over UTF-16 code units. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n)
  }
  return hash
}
