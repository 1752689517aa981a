/**
 * Which products have a word of the query, in which of its spellings, and how much that says: BM25F over the ranks of
 * attributes (Robertson, Zaragoza & Taylor 2004).
 *
 * For slot d, with counts tf_r and lengths len_r in rank r:
 *   w(d) = Σ_alternatives Σ_terms Σ_r weight_r · tf_r / (1 − b_r + b_r · len_r / mean_r),   part(d) = w / (k1 + w)
 * Alternatives come best first; a product keeps the best kind it has, and only alternatives as good add to w. Cost: the
 * postings of the alternatives, and for several places the shortest list and a scan of the products that have all.
 */
import type { Alternative, AlternativeKind } from './lexical.ts'
import { rankCount } from './searchable-fields.ts'
import { fieldMark, type WordStore } from './word-store.ts'

/** Saturation; weights and length normalisation by rank. Low `k1`: that a word is there tells, how often hardly does. */
const k1 = 0.35
const weights = [1, 0.55, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2]
const lengthShare = [0.3, 0.3, 0.3, 0.3, 0.5, 0.6, 0.7, 0.7]
const longest = 1024

/** What a spelling is worth beside the word as typed. */
export const quality: Readonly<Record<AlternativeKind, number>> = {
  exact: 1,
  form: 1,
  joined: 1,
  split: 1,
  synonym: 0.95,
  prefix: 0.85,
  pinyin: 0.9,
  typo: 0.7,
  pieces: 0.6,
}
const secondSlip = 0.7

export function qualityOf({ kind, typos }: Alternative): number {
  return quality[kind] * (typos > 1 ? secondSlip : 1)
}

/** An alternative and what it is worth in this query. */
export interface Rated {
  readonly alternative: Alternative
  readonly quality: number
}

export interface WordMatches {
  /** Slots that have the word, in the order met. */
  readonly slots: Int32Array
  readonly count: number
  /** By slot: w(d), and which alternative it has. */
  readonly weight: Float32Array
  readonly best: Int16Array
  /** What `best` points into, and what each is worth. */
  readonly alternatives: readonly Alternative[]
  readonly quality: readonly number[]
}

export interface Matcher {
  /** `rated` best first; `mask(kind)`: the ranks a kind may be found in, four bits each. Valid until the next call. */
  match(rated: readonly Rated[], mask: (kind: AlternativeKind) => number): WordMatches
  part(weight: number): number
  /** To be called before each query: the ranks an alternative may be found in are taken to stay the same within it. */
  forget(): void
  /** Slots where the places stand as the alternative says. */
  sequence(alternative: Alternative, mask: number, visit: (slot: number, counts: number) => void): void
}

export function createMatcher(store: WordStore): Matcher {
  let weight = new Float32Array(0)
  let best = new Int16Array(0)
  let slots = new Int32Array(0)
  let count = 0
  let lengths = store.lengths
  /** Bits of the places a term may stand in, for scans. */
  let placeBits = new Uint32Array(0)
  const norms = new Float32Array(rankCount * longest)
  const means = new Float64Array(rankCount).fill(-1)

  const prepare = (): void => {
    lengths = store.lengths
    if (weight.length < store.slotCount) {
      const room = Math.ceil(store.slotCount * 1.5) + 16
      weight = new Float32Array(room)
      best = new Int16Array(room).fill(-1)
      slots = new Int32Array(room)
      count = 0
    }
    for (let at = 0; at < count; at++) {
      weight[slots[at]] = 0
      best[slots[at]] = -1
    }
    count = 0
    for (let rank = 0; rank < rankCount; rank++) {
      const mean = store.meanLength(rank)
      if (mean === means[rank]) continue
      means[rank] = mean
      for (let length = 0; length < longest; length++) {
        norms[rank * longest + length] =
          weights[rank] / (1 - lengthShare[rank] + (lengthShare[rank] * Math.max(1, length)) / mean)
      }
    }
  }

  const weigh = (slot: number, counts: number): number => {
    let sum = 0
    for (let rank = 0, left = counts; left !== 0; rank++, left >>>= 4) {
      const times = left & 15
      if (times === 0) continue
      const length = lengths[slot * rankCount + rank]
      sum += times * norms[rank * longest + (length < longest ? length : longest - 1)]
    }
    return sum
  }

  const add = (slot: number, counts: number, alternative: number, level: readonly number[]): void => {
    const before = best[slot]
    if (before < 0) {
      slots[count++] = slot
      best[slot] = alternative
    } else if (level[before] > level[alternative]) return
    weight[slot] += weigh(slot, counts)
  }

  /** What was found for alternatives of several places since `forget`: they are asked for more than once a query. */
  const sequences = new Map<Alternative, number[]>()
  const collect = (alternative: Alternative, mask: number): number[] => {
    const found: number[] = []
    sequence(alternative, mask, (slot, counts) => found.push(slot, counts))
    sequences.set(alternative, found)
    return found
  }
  const sequence: Matcher['sequence'] = (alternative, mask, visit) => {
    const { places } = alternative
    const { postings } = store
    if (placeBits.length < postings.count) placeBits = new Uint32Array(Math.ceil(postings.count * 1.5))
    const total = (place: readonly number[]): number => place.reduce((sum, term) => sum + postings.length(term), 0)
    const [rarest, ...others] = [...places].sort((a, b) => total(a) - total(b))
    for (const [at, place] of places.entries()) for (const term of place) placeBits[term] |= 1 << at
    const seen = rarest.length > 1 ? new Set<number>() : null
    for (const term of rarest) {
      const arena = postings.arena()
      const from = postings.offset(term)
      for (let at = from; at < from + 2 * postings.length(term); at += 2) {
        const slot = arena[at]
        if (seen?.has(slot)) continue
        seen?.add(slot)
        if (!others.every((place) => place.some((each) => postings.find(each, slot) >= 0))) continue
        const counts = stand(slot, alternative)
        if ((counts & mask) !== 0) visit(slot, counts & mask)
      }
    }
    for (const place of places) for (const term of place) placeBits[term] = 0
  }

  /**
   * Counts by rank of how often the places stand in a product: one after another, or with `near` within so many
   * positions in any order; 0 where they do not.
   */
  const stand = (slot: number, { offsets, near }: Alternative): number => {
    const { words, offsets: starts, sizes } = store.runs
    const last = new Int32Array(offsets.length).fill(-1000)
    let counts = 0
    let field = 0
    let position = -1
    for (let at = starts[slot]; at < starts[slot] + sizes[slot]; at++) {
      const term = words[at] & fieldMark
      if (term === fieldMark) {
        field = words[at] >>> 24
        position = -1
        last.fill(-1000)
        continue
      }
      position += words[at] >>> 24
      const bits = placeBits[term]
      if (bits === 0) continue
      let all = false
      for (let place = offsets.length - 1; place >= 0; place--) {
        if ((bits & (1 << place)) === 0) continue
        const follows = near > 0 || place === 0 || last[place - 1] === position - (offsets[place] - offsets[place - 1])
        if (!follows) continue
        last[place] = position
        if (place === offsets.length - 1) all = true
      }
      if (near > 0) all = last.every((each) => position - each < near)
      if (!all) continue
      counts = bump(counts, store.rankOf(field))
      // Without a first place nothing else says that the next one begins anew.
      if (near > 0) last.fill(-1000)
    }
    return counts >>> 0
  }

  return {
    sequence,
    forget: () => sequences.clear(),
    part: (sum) => sum / (k1 + sum),
    match: (rated, maskOf) => {
      prepare()
      const taken = rated.slice(0, 32767)
      const alternatives = taken.map(({ alternative }) => alternative)
      const level = taken.map((each) => each.quality)
      const { postings } = store
      for (const [index, alternative] of alternatives.entries()) {
        const mask = maskOf(alternative.kind)
        if (alternative.places.length > 1) {
          const found = sequences.get(alternative) ?? collect(alternative, mask)
          for (let at = 0; at < found.length; at += 2) add(found[at], found[at + 1], index, level)
          continue
        }
        for (const term of alternative.places[0]) {
          const arena = postings.arena()
          const end = postings.offset(term) + 2 * postings.length(term)
          for (let at = postings.offset(term); at < end; at += 2) {
            const counts = (arena[at + 1] & mask) >>> 0
            if (counts !== 0) add(arena[at], counts, index, level)
          }
        }
      }
      return { slots, count, weight, best, alternatives, quality: level }
    },
  }
}

function bump(counts: number, rank: number): number {
  const shift = 4 * rank
  return ((counts >>> shift) & 15) < 15 ? counts + (1 << shift) : counts
}
