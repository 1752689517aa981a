/**
 * Seeded chance: the same seed gives the same numbers on every machine.
 *
 * sfc32 (Doty-Humphrey's Small Fast Counting generator, PractRand), seeded through splitmix32. Randomness comes from
 * here and from nowhere else, except ids that must not be guessable.
 */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform integer in [0, bound); `bound` ≥ 1. */
  int(bound: number): number
  /** The same from one draw instead of two, for bounds far below 2³²: some come up more often by bound / 2³². */
  index(bound: number): number
  /** Standard normal. */
  normal(): number
  /** Shuffles in place. */
  shuffle<T extends { length: number; [index: number]: unknown }>(list: T): T
  /** One of `list`, uniformly. */
  pick<T>(list: readonly T[]): T
  /** Index drawn with probability proportional to `weights[index]`; weights ≥ 0 with a positive sum. */
  weighted(weights: ArrayLike<number>): number
  /** An independent stream named by `label`; drawing from it does not move this one. */
  fork(label: string): Rng
}

export function createRng(seed: number | string): Rng {
  const key = String(seed)
  const mix = splitmix32(hash32(key))
  const draw = sfc32(mix(), mix(), mix())
  const next = (): number => (draw() * 0x200000 + (draw() >>> 11)) / 0x20000000000000
  const rng: Rng = {
    next,
    int: (bound) => Math.floor(next() * bound),
    index: (bound) => Math.floor((draw() / 0x100000000) * bound),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (list) => {
      for (let last = list.length - 1; last > 0; last--) {
        const other = rng.int(last + 1)
        const kept = list[last]
        list[last] = list[other]
        list[other] = kept
      }
      return list
    },
    pick: (list) => list[rng.int(list.length)],
    weighted: (weights) => {
      let total = 0
      for (let index = 0; index < weights.length; index++) total += weights[index]
      let left = next() * total
      for (let index = 0; index < weights.length; index++) {
        left -= weights[index]
        if (left < 0) return index
      }
      return weights.length - 1
    },
    fork: (label) => createRng(`${key}/${label}`),
  }
  return rng
}

/** Whole numbers from 0 to 2³² − 1; every seed has a stream of its own. */
export function sfc32(a: number, b: number, c: number): () => number {
  let counter = 1
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) draw()
  return draw
}

/** FNV-1a over UTF-16 code units: a stable 32-bit number for a string. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

function splitmix32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) | 0
  }
}
