/**
 * Who has several words as a query wants them, one after another or near one another: "wi fi" for "wifi", 手机 … 壳.
 *
 * Products that have all of the words are read where they stand. The latest answers are kept until the catalogue
 * changes: every word that can be taken apart asks, and the same words come in many a query. Cost: the shortest list,
 * bits of the others, and the words of the products that have all; at most 16 bytes a product are kept.
 */
import { type Bits, hasBit } from './bits.ts'
import type { Alternative } from './lexical.ts'
import { fieldMark, type WordStore } from './word-store.ts'

export interface WordSequences {
  /** Pairs (slot, counts by rank) of those where the places stand as the alternative says; to be read, not changed. */
  of(alternative: Alternative): Uint32Array
}

/** Numbers that are kept, by products. */
const numbersAProduct = 4
/** What an answer of none takes. */
const numbersBesides = 64
/** A list so many times as long as the shortest is searched, not read. */
const searchedFrom = 16
const longAgo = -1000

/** Who has one of these terms; at hand where it is one that many have. */
interface Holders {
  of(terms: readonly number[]): Bits
  areKept(term: number): boolean
}

export function createWordSequences(store: WordStore, holders: Holders): WordSequences {
  const kept = new Map<string, Uint32Array>()
  let keptNumbers = 0
  let version = -1
  /** Bits of the places a term may stand in. */
  let placeBits = new Uint32Array(0)
  let last = new Int32Array(0)
  let { runs } = store

  const find = (alternative: Alternative): Uint32Array => {
    const { places } = alternative
    const { postings } = store
    if (placeBits.length < postings.count) placeBits = new Uint32Array(Math.ceil(postings.count * 1.5))
    const total = (place: readonly number[]): number => place.reduce((sum, term) => sum + postings.length(term), 0)
    const [rarest, ...others] = [...places].sort((a, b) => total(a) - total(b))
    const tests = others.map((place): ((slot: number) => boolean) => {
      const isLong = total(place) > searchedFrom * total(rarest)
      if (isLong && !(place.length === 1 && holders.areKept(place[0]))) {
        return (slot) => place.some((term) => postings.find(term, slot) >= 0)
      }
      const bits = holders.of(place)
      return (slot) => hasBit(bits, slot)
    })
    runs = store.runs
    if (last.length < places.length) last = new Int32Array(places.length)
    for (const [at, place] of places.entries()) for (const term of place) placeBits[term] |= 1 << at
    const seen = rarest.length > 1 ? new Set<number>() : null
    const pairs: number[] = []
    const arena = postings.arena()
    for (const term of rarest) {
      const from = postings.offset(term)
      for (let at = from, end = from + 2 * postings.length(term); at < end; at += 2) {
        const slot = arena[at]
        if (seen?.has(slot)) continue
        seen?.add(slot)
        if (!tests.every((test) => test(slot))) continue
        const counts = stand(slot, alternative)
        if (counts !== 0) pairs.push(slot, counts)
      }
    }
    for (const place of places) for (const term of place) placeBits[term] = 0
    return Uint32Array.from(pairs)
  }

  /**
   * Counts by rank of how often the places stand in a product: one after another, or with `near` within so many
   * positions in any order; 0 where they do not.
   */
  const stand = (slot: number, { offsets, near }: Alternative): number => {
    const { words, offsets: starts, sizes } = runs
    last.fill(longAgo)
    let counts = 0
    let field = 0
    let position = -1
    for (let at = starts[slot], end = at + sizes[slot]; at < end; at++) {
      const term = words[at] & fieldMark
      if (term === fieldMark) {
        field = words[at] >>> 24
        position = -1
        last.fill(longAgo)
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
      if (near > 0) all = last.every((each, place) => place >= offsets.length || position - each < near)
      if (!all) continue
      counts = bump(counts, store.rankOf(field))
      // Without a first place nothing else says that the next one begins anew.
      if (near > 0) last.fill(longAgo)
    }
    return counts >>> 0
  }

  return {
    of: (alternative) => {
      if (version !== store.postings.version) {
        kept.clear()
        keptNumbers = 0
        version = store.postings.version
      }
      const { places, offsets, near } = alternative
      const key = `${near} ${offsets.join()} ${places.join(' ')}`
      const known = kept.get(key)
      const pairs = known ?? find(alternative)
      // The latest stands last, the first goes first.
      if (known !== undefined) kept.delete(key)
      else keptNumbers += pairs.length + numbersBesides
      kept.set(key, pairs)
      while (keptNumbers > numbersAProduct * store.slotCount && kept.size > 1) {
        const [first, least] = kept.entries().next().value as [string, Uint32Array]
        keptNumbers -= least.length + numbersBesides
        kept.delete(first)
      }
      return pairs
    },
  }
}

function bump(counts: number, rank: number): number {
  const shift = 4 * rank
  return ((counts >>> shift) & 15) < 15 ? counts + (1 << shift) : counts
}
