/**
 * Which products have a word of the query, in which of its spellings, and how much that says: BM25F over the ranks of
 * attributes (Robertson, Zaragoza & Taylor 2004).
 *
 * For slot d, with counts tf_r and lengths len_r in rank r:
 *   w(d) = Σ_alternatives Σ_terms Σ_r weight_r · tf_r / (1 − b_r + b_r · len_r / mean_r),   part(d) = w / (k1 + w)
 * Alternatives come best first; a product keeps the best kind it has, and only alternatives as good add to w. Cost: the
 * postings of the alternatives, and for several places the shortest list and a scan of the products that have all.
 */
import { addBit, type Bits, countBits, emptyBits, unite } from './bits.ts'
import type { Alternative, AlternativeKind } from './lexical.ts'
import { rankCount } from './searchable-fields.ts'
import { createWordSequences } from './word-sequences.ts'
import type { WordStore } from './word-store.ts'

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
  /** The term whose whole list it is; −1 for alternatives of several places. */
  readonly term: number
  /** Which of the word's alternatives it is of, and what that is worth. */
  readonly alternative: number
  readonly quality: number
}

/** By place among the slots that are scored. */
export interface Scores {
  readonly score: Float32Array
  readonly typos: Uint16Array
  /** Bits of the words found. */
  readonly bits: Uint32Array
}

export interface Matcher {
  /** `rated` best first; `mask(kind)`: the ranks a kind may be found in, four bits each. Valid until the store changes. */
  runs(rated: readonly Rated[], mask: (kind: AlternativeKind) => number): Run[]
  /** The products that have any of it; yours to read, not to change. */
  holders(runs: readonly Run[]): Bits
  /** How many they are. */
  countOf(runs: readonly Run[]): number
  /** Adds up what the words say of these slots, in rising order; valid until the next call. */
  score(words: readonly WeighedWord[], slots: Uint32Array): Scores
  /** Pairs (slot, counts) of where the places stand as the alternative says. */
  sequence(alternative: Alternative): Uint32Array
}

export interface WeighedWord {
  readonly runs: readonly Run[]
  /** What its part counts. */
  readonly factor: number
  /** Forgiven before its alternatives' own. */
  readonly typos: number
  readonly alternatives: readonly Alternative[]
}

interface LongList {
  readonly bits: Bits
  weights: Float32Array | null
}

const everywhere = 0xffffffff
/** Lists of more than a 64th of all products are kept as bits too, the latest so many of them. */
const longShare = 64
const mostKept = 256
/** Weights are kept of so many words a product, by the mean: 4 bytes each. */
const weightsAProduct = 8
/** A list so many times as long as what is looked for is searched, not read. */
const searchedFrom = 12

export function createMatcher(store: WordStore): Matcher {
  let lengths = store.lengths
  /** One more than where a slot stands among those that are weighed; 0 for all others. */
  let places = new Int32Array(0)
  /** What a word weighs in each slot that is weighed, and its best run there; −1 where it has none. */
  let weight = new Float32Array(0)
  let best = new Int32Array(0)
  /** Made once: arrays of many numbers a search have the collector go through all that is kept, again and again. */
  let room: Scores = { score: new Float32Array(0), typos: new Uint16Array(0), bits: new Uint32Array(0) }
  const makeRoom = (size: number): void => {
    weight = new Float32Array(size)
    best = new Int32Array(size)
    room = { score: new Float32Array(size), typos: new Uint16Array(size), bits: new Uint32Array(size) }
  }
  const norms = new Float32Array(rankCount * longest)
  const means = new Float64Array(rankCount).fill(-1)
  const kept = new Map<number, LongList>()
  let keptWeights = 0
  let keptVersion = -1

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
    for (let left = counts; left !== 0; ) {
      const rank = (31 - Math.clz32(left & -left)) >> 2
      const length = lengths[slot * rankCount + rank]
      sum += ((left >>> (4 * rank)) & 15) * norms[rank * longest + (length < longest ? length : longest - 1)]
      left &= ~(15 << (4 * rank))
    }
    return sum
  }

  const keptList = ({ term, pairs, from, to }: Run): LongList => {
    if (keptVersion !== store.postings.version) {
      kept.clear()
      keptWeights = 0
    }
    keptVersion = store.postings.version
    let list = kept.get(term)
    if (list === undefined) {
      const bits = emptyBits(store.slotCount)
      for (let at = from; at < to; at += 2) addBit(bits, pairs[at])
      list = { bits, weights: null }
    } else kept.delete(term)
    // The latest stands last, the first goes first.
    kept.set(term, list)
    if (kept.size > mostKept) forgetFirst()
    return list
  }
  const forgetFirst = (): void => {
    const [term, { weights }] = kept.entries().next().value as [number, LongList]
    keptWeights -= weights?.length ?? 0
    kept.delete(term)
  }
  /** What a term that many have weighs in each of them, in the order of its list. */
  const weightsOf = (run: Run): Float32Array => {
    const list = keptList(run)
    if (list.weights !== null) return list.weights
    const { pairs, from, to } = run
    const weights = new Float32Array((to - from) >> 1)
    for (let at = 0; at < weights.length; at++) weights[at] = weightOf(pairs[from + 2 * at], pairs[from + 2 * at + 1])
    list.weights = weights
    keptWeights += weights.length
    while (keptWeights > weightsAProduct * store.slotCount && kept.size > 1) forgetFirst()
    return weights
  }
  const wholeList = (term: number, mask: number, alternative: number, level: number): Run => {
    const { postings } = store
    const from = postings.offset(term)
    return {
      pairs: postings.arena(),
      from,
      to: from + 2 * postings.length(term),
      mask,
      term,
      alternative,
      quality: level,
    }
  }
  const isLong = ({ term, from, to, mask }: Run): boolean =>
    term >= 0 && mask === everywhere && (to - from) * longShare > 2 * store.slotCount
  const holders = (runs: readonly Run[]): Bits => {
    if (runs.length === 1 && isLong(runs[0])) return keptList(runs[0]).bits
    const held = emptyBits(store.slotCount)
    for (const run of runs) {
      if (isLong(run)) {
        unite(held, keptList(run).bits)
        continue
      }
      const { pairs, from, to, mask } = run
      for (let at = from; at < to; at += 2) if ((pairs[at + 1] & mask) !== 0) addBit(held, pairs[at])
    }
    return held
  }

  const isSearched = ({ term, from, to }: Run, count: number): boolean =>
    term >= 0 && to - from > 2 * searchedFrom * count
  /** Adds up what the entries of a word say of `slots`; `best` becomes the first run of each, the best one. */
  const addUp = (runs: readonly Run[], slots: Uint32Array): void => {
    for (let index = 0; index < runs.length; index++) {
      const run = runs[index]
      const { pairs, from, to, mask, quality: level } = run
      const take = (place: number, entry: number): void => {
        const counts = (pairs[entry + 1] & mask) >>> 0
        if (counts === 0) return
        if (best[place] < 0) best[place] = index
        else if (runs[best[place]].quality > level) return
        weight[place] += weightOf(pairs[entry], counts)
      }
      if (isSearched(run, slots.length)) {
        for (let at = 0, entry = from; at < slots.length; at++) {
          entry = firstFrom(pairs, entry, to, slots[at])
          if (entry === to) break
          if (pairs[entry] === slots[at]) take(at, entry)
        }
      } else if (isLong(run)) {
        const weights = weightsOf(run)
        for (let at = 0, entry = from; at < weights.length; at++, entry += 2) {
          const place = places[pairs[entry]] - 1
          if (place < 0) continue
          if (best[place] >= 0) take(place, entry)
          else {
            best[place] = index
            weight[place] = weights[at]
          }
        }
      } else {
        for (let entry = from; entry < to; entry += 2) {
          const place = places[pairs[entry]]
          if (place > 0) take(place - 1, entry)
        }
      }
    }
  }
  const score: Matcher['score'] = (words, slots) => {
    prepare()
    const count = slots.length
    if (weight.length < count) makeRoom(places.length)
    const scores = {
      score: room.score.subarray(0, count).fill(0),
      typos: room.typos.subarray(0, count).fill(0),
      bits: room.bits.subarray(0, count).fill(0),
    }
    const { score: sums, typos, bits } = scores
    const isPlaced = words.some(({ runs }) => !runs.every((run) => isSearched(run, count)))
    if (isPlaced) for (let at = 0; at < count; at++) places[slots[at]] = at + 1
    for (const [word, { runs, factor, alternatives, typos: forgiven }] of words.entries()) {
      weight.fill(0, 0, count)
      best.fill(-1, 0, count)
      addUp(runs, slots)
      const levels = Float64Array.from(runs, ({ quality: level }) => level)
      const slips = Uint8Array.from(runs, ({ alternative }) => forgiven + alternatives[alternative].typos)
      for (let at = 0; at < count; at++) {
        const own = best[at]
        if (own < 0) continue
        sums[at] += factor * (weight[at] / (k1 + weight[at])) * levels[own]
        typos[at] += slips[own]
        bits[at] |= 1 << word
      }
    }
    if (isPlaced) for (let at = 0; at < count; at++) places[slots[at]] = 0
    return scores
  }

  const sequences = createWordSequences(store, {
    of: (terms) => holders(terms.map((term) => wholeList(term, everywhere, 0, 1))),
    areKept: (term) => isLong(wholeList(term, everywhere, 0, 1)),
  })

  return {
    sequence: (alternative) => sequences.of(alternative),
    runs: (rated, maskOf) => {
      const runs: Run[] = []
      for (const [index, { alternative, quality: level }] of rated.entries()) {
        const mask = maskOf(alternative.kind)
        if (alternative.places.length === 1) {
          for (const term of alternative.places[0]) runs.push(wholeList(term, mask, index, level))
          continue
        }
        const pairs = sequences.of(alternative)
        runs.push({ pairs, from: 0, to: pairs.length, mask, term: -1, alternative: index, quality: level })
      }
      return runs
    },
    holders,
    countOf: (runs) => {
      // Every entry of a list counts something.
      if (runs.length === 1 && runs[0].mask === everywhere) return (runs[0].to - runs[0].from) >> 1
      return countBits(holders(runs))
    },
    score,
  }
}

/** The first entry of a list, from one of them on, whose slot is not below `slot`; `to` where there is none. */
function firstFrom(pairs: Uint32Array, from: number, to: number, slot: number): number {
  let low = from >> 1
  let high = to >> 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (pairs[2 * middle] < slot) low = middle + 1
    else high = middle
  }
  return 2 * low
}
