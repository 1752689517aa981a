/**
 * Which products have a word of the query, in which of its spellings, and how much that says: BM25F over the ranks of
 * attributes (Robertson, Zaragoza & Taylor 2004).
 *
 * For slot d, with counts tf_r and lengths len_r in rank r:
 *   w(d) = Σ_alternatives Σ_terms Σ_r weight_r · tf_r / (1 − b_r + b_r · len_r / mean_r),   part(d) = w / (k1 + w)
 * Alternatives come best first; a product keeps the best kind it has, and only alternatives as good add to w. Cost: the
 * postings of the alternatives, and for several places the shortest list and a scan of the products that have all.
 */
import { addBit, countBits, emptyBits } from './bits.ts'
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

/** Part of the postings of a word: pairs (slot, counts), of which those count that have something in `mask`. */
export interface Run {
  readonly pairs: Uint32Array
  readonly from: number
  readonly to: number
  readonly mask: number
  /** Which of the word's alternatives it is of, and what that is worth. */
  readonly alternative: number
  readonly quality: number
}

export interface Matcher {
  /** `rated` best first; `mask(kind)`: the ranks a kind may be found in, four bits each. Valid until the store changes. */
  runs(rated: readonly Rated[], mask: (kind: AlternativeKind) => number): Run[]
  /** How many products have any of it. */
  countOf(runs: readonly Run[]): number
  /** Calls back with part(d) of every one of these slots that has the word, and which alternative it has. */
  weigh(runs: readonly Run[], slots: ArrayLike<number>, visit: (slot: number, part: number, at: Run) => void): void
  /** To be called before each query: the ranks an alternative may be found in are taken to stay the same within it. */
  forget(): void
  /** Slots where the places stand as the alternative says. */
  sequence(alternative: Alternative, mask: number, visit: (slot: number, counts: number) => void): void
}

export function createMatcher(store: WordStore): Matcher {
  let lengths = store.lengths
  /** One more than where a slot stands among those that are weighed; 0 for all others. */
  let places = new Int32Array(0)
  /** Bits of the places a term may stand in, for scans. */
  let placeBits = new Uint32Array(0)
  const norms = new Float32Array(rankCount * longest)
  const means = new Float64Array(rankCount).fill(-1)

  const prepare = (): void => {
    lengths = store.lengths
    if (places.length < store.slotCount) places = new Int32Array(Math.ceil(store.slotCount * 1.5) + 16)
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

  const weightOf = (slot: number, counts: number): number => {
    let sum = 0
    for (let rank = 0, left = counts; left !== 0; rank++, left >>>= 4) {
      const times = left & 15
      if (times === 0) continue
      const length = lengths[slot * rankCount + rank]
      sum += times * norms[rank * longest + (length < longest ? length : longest - 1)]
    }
    return sum
  }

  /** What was found for alternatives of several places since `forget`: they are asked for more than once a query. */
  const sequences = new Map<Alternative, Uint32Array>()
  const collect = (alternative: Alternative, mask: number): Uint32Array => {
    const pairs: number[] = []
    sequence(alternative, mask, (slot, counts) => pairs.push(slot, counts))
    const found = Uint32Array.from(pairs)
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
    runs: (rated, maskOf) => {
      const { postings } = store
      const runs: Run[] = []
      for (const [index, { alternative, quality: level }] of rated.entries()) {
        const mask = maskOf(alternative.kind)
        const add = (pairs: Uint32Array, from: number, to: number) =>
          runs.push({ pairs, from, to, mask, alternative: index, quality: level })
        if (alternative.places.length > 1) {
          const found = sequences.get(alternative) ?? collect(alternative, mask)
          add(found, 0, found.length)
          continue
        }
        for (const term of alternative.places[0]) {
          const from = postings.offset(term)
          add(postings.arena(), from, from + 2 * postings.length(term))
        }
      }
      return runs
    },
    countOf: (runs) => {
      const seen = emptyBits(store.slotCount)
      for (const { pairs, from, to, mask } of runs) {
        for (let at = from; at < to; at += 2) if ((pairs[at + 1] & mask) !== 0) addBit(seen, pairs[at])
      }
      return countBits(seen)
    },
    weigh: (runs, slots, visit) => {
      prepare()
      const weight = new Float32Array(slots.length)
      const best = new Int32Array(slots.length).fill(-1)
      for (let at = 0; at < slots.length; at++) places[slots[at]] = at + 1
      for (const [index, { pairs, from, to, mask, quality: level }] of runs.entries()) {
        for (let at = from; at < to; at += 2) {
          const place = places[pairs[at]] - 1
          if (place < 0) continue
          const counts = (pairs[at + 1] & mask) >>> 0
          if (counts === 0) continue
          if (best[place] < 0) best[place] = index
          else if (runs[best[place]].quality > level) continue
          weight[place] += weightOf(pairs[at], counts)
        }
      }
      for (let at = 0; at < slots.length; at++) {
        places[slots[at]] = 0
        if (best[at] >= 0) visit(slots[at], weight[at] / (k1 + weight[at]), runs[best[at]])
      }
    },
  }
}

function bump(counts: number, rank: number): number {
  const shift = 4 * rank
  return ((counts >>> shift) & 15) < 15 ? counts + (1 << shift) : counts
}
