/**
 * How the words of a query stand in one product: how near to one another, in which attribute first, how many as typed.
 *
 * Proximity is the sum over neighbouring words of the query of their least distance in one attribute, at most eight; the
 * wrong way round counts one more. One pass over the product's words.
 */
import type { Alternative } from './lexical.ts'
import { fieldMark, type WordStore } from './word-store.ts'

export interface Standing {
  proximity: number
  /** Rank of the best attribute, and the first position there; 0 in attributes where order does not matter. */
  attribute: number
  position: number
  exact: number
}

export interface NearnessScan {
  /** Sets the words looked for; `exactTerms` are those that count as typed. */
  begin(words: readonly { alternatives: readonly Alternative[]; isExact: (each: Alternative) => boolean }[]): void
  scan(slot: number, out: Standing): void
  end(): void
}

const farthest = 8

export function createNearnessScan(
  store: WordStore,
  field: { count(): number; unordered(field: number): boolean; exactCounts(field: number): boolean },
): NearnessScan {
  /** What is asked of every word, by field: its rank, and whether places and exactness count there. */
  const ranks = new Uint8Array(256)
  const ordered = new Uint8Array(256)
  const exactness = new Uint32Array(256)
  let runs = store.runs
  let wordBits = new Uint32Array(0)
  let exactBits = new Uint32Array(0)
  const marked: number[] = []
  let wordCount = 0
  let exactWords = 0
  const last = new Int32Array(32)
  const nearest = new Uint8Array(32)

  const mark = (term: number, bit: number, exact: boolean): void => {
    if (wordBits[term] === 0) marked.push(term)
    wordBits[term] |= bit
    if (exact) {
      exactBits[term] |= bit
      exactWords |= bit
    }
  }

  /** The sum of the nearest distances; each is at least 1. */
  const apart = (): number => {
    let sum = 0
    for (let word = 0; word + 1 < wordCount; word++) sum += nearest[word]
    return sum
  }

  return {
    begin: (words) => {
      if (wordBits.length < store.postings.count) {
        const room = Math.ceil(store.postings.count * 1.5)
        wordBits = new Uint32Array(room)
        exactBits = new Uint32Array(room)
      }
      wordCount = words.length
      exactWords = 0
      runs = store.runs
      for (let each = 0; each < field.count(); each++) {
        ranks[each] = store.rankOf(each)
        ordered[each] = field.unordered(each) ? 0 : 1
        exactness[each] = field.exactCounts(each) ? 0xffffffff : 0
      }
      for (const [at, { alternatives, isExact }] of words.entries()) {
        // A sequence begins with its first place; where it was found at all, that is where it stands.
        for (const each of alternatives) for (const term of each.places[0]) mark(term, 1 << at, isExact(each))
      }
    },
    end: () => {
      for (const term of marked) {
        wordBits[term] = 0
        exactBits[term] = 0
      }
      marked.length = 0
    },
    scan: (slot, out) => {
      const { words, offsets, sizes } = runs
      let exact = 0
      out.attribute = farthest
      out.position = 0
      let isNew = true
      for (let word = 0; word < wordCount; word++) nearest[word] = farthest
      let current = 0
      let position = -1
      for (let at = offsets[slot], end = at + sizes[slot]; at < end; at++) {
        const term = words[at] & fieldMark
        if (term === fieldMark) {
          current = words[at] >>> 24
          position = -1
          isNew = true
          continue
        }
        position += words[at] >>> 24
        const bits = wordBits[term]
        if (bits === 0) continue
        if (isNew) {
          for (let word = 0; word < wordCount; word++) last[word] = -1000
          isNew = false
        }
        if (ranks[current] < out.attribute) {
          out.attribute = ranks[current]
          out.position = ordered[current] * position
        }
        exact |= exactBits[term] & exactness[current]
        for (let word = 0; word < wordCount; word++) {
          if ((bits & (1 << word)) === 0) continue
          last[word] = position
          if (word > 0 && last[word - 1] >= 0)
            nearest[word - 1] = Math.min(nearest[word - 1], position - last[word - 1] || 1)
          if (word + 1 < wordCount && last[word + 1] >= 0 && last[word + 1] < position) {
            nearest[word] = Math.min(nearest[word], position - last[word + 1] + 1)
          }
        }
        // Nothing that follows can stand better.
        if (out.attribute === 0 && exact === exactWords && apart() === wordCount - 1) break
      }
      out.proximity = apart()
      out.exact = bitCount(exact)
    },
  }
}

export function bitCount(bits: number): number {
  let count = 0
  for (let left = bits; left !== 0; left &= left - 1) count++
  return count
}
