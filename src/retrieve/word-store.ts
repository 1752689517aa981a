/**
 * The words of every product, as they stand in its record, and the lists of products by word: the two sides of the index.
 *
 * A product's words are one run of 32-bit numbers: a term (24 bits) and how far it stands from the one before (8 bits); a
 * field begins with a mark. Positions count up within a field; values of one attribute are ten apart, so that no phrase
 * crosses them. The run answers what postings leave out: nearness, phrases, first places; postings hold (slot, eight
 * counts) a term. Replacing a product leaves its old run as waste until a quarter of the store is.
 */
import { grown } from '../base/grown.ts'
import { createPostingLists, type PostingLists } from './posting-lists.ts'
import { rankCount } from './searchable-fields.ts'

export interface PlacedWord {
  readonly term: number
  readonly field: number
  readonly position: number
  /** Takes room of its own: counts for the length of its field. */
  readonly counted: boolean
}

export interface WordStore {
  readonly slotCount: number
  readonly postings: PostingLists
  put(slot: number, words: readonly PlacedWord[]): void
  /** Makes just the room that an empty store needs for these: all runs one after the other, and their sizes by slot. */
  expect(runs: Uint32Array, sizes: Uint32Array): void
  /** Takes a run as `runs` holds it, and its eight lengths. */
  restore(slot: number, run: Uint32Array, lengths: Uint16Array): void
  remove(slot: number): void
  /** Every word of a product in order, with its stem and the rank of its attribute; valid until the next call. */
  read(slot: number, stemOfTerm: Int32Array): ReadWords
  length(slot: number, rank: number): number
  /** Mean words of a rank over the products that have any. */
  meanLength(rank: number): number
  rankOf(field: number): number
  /** Words of a rank by slot, eight a slot. */
  readonly lengths: Uint16Array
  /** The runs themselves, for scans that cannot afford a call a word. */
  readonly runs: { readonly words: Uint32Array; readonly offsets: Float64Array; readonly sizes: Uint32Array }
  clear(): void
}

/** A product's words, the first `count` places of each. */
export interface ReadWords {
  count: number
  stems: Int32Array
  ranks: Uint8Array
  positions: Int32Array
}

const growth = 1.25

/** Term number that marks the beginning of a field; its gap is the field. */
export const fieldMark = 0xffffff

export function createWordStore(rankOf: (field: number) => number): WordStore {
  const postings = createPostingLists()
  let words = new Uint32Array(4096)
  let used = 0
  let waste = 0
  let offsets = new Float64Array(256)
  let sizes = new Uint32Array(256)
  let lengths = new Uint16Array(256 * rankCount)
  let slotCount = 0
  const totals = new Float64Array(rankCount)
  const holders = new Float64Array(rankCount)
  /** Eight counts of each term in the product that is being admitted, and which terms it has. */
  let counts = new Uint32Array(1024)
  const met: number[] = []
  let read: ReadWords = { count: 0, stems: new Int32Array(0), ranks: new Uint8Array(0), positions: new Int32Array(0) }

  const count = (slot: number, sign: 1 | -1): void => {
    for (let rank = 0; rank < rankCount; rank++) {
      const length = lengths[slot * rankCount + rank]
      totals[rank] += sign * length
      if (length > 0) holders[rank] += sign
    }
  }
  const compact = (): void => {
    const kept = new Uint32Array(Math.max(4096, Math.ceil((used - waste) * 1.25)))
    let at = 0
    for (let slot = 0; slot < slotCount; slot++) {
      kept.set(words.subarray(offsets[slot], offsets[slot] + sizes[slot]), at)
      offsets[slot] = at
      at += sizes[slot]
    }
    words = kept
    used = at
    waste = 0
  }
  const reserve = (slot: number, size: number): void => {
    if (waste > 65536 && waste > used / 4) compact()
    if (used + size > words.length) words = grown(words, Math.ceil((used + size) * growth))
    slotCount = Math.max(slotCount, slot + 1)
    if (slotCount <= sizes.length) return
    makeSlots(Math.ceil(slotCount * growth))
  }
  const makeSlots = (room: number): void => {
    ;[offsets, sizes, lengths] = [grown(offsets, room), grown(sizes, room), grown(lengths, room * rankCount)]
  }
  /** Makes the run from `start` on that of the slot, and its postings. */
  const admit = (slot: number, start: number): void => {
    offsets[slot] = start
    sizes[slot] = used - start
    let shift = 0
    for (let at = start; at < used; at++) {
      const term = words[at] & fieldMark
      if (term === fieldMark) {
        shift = 4 * rankOf(words[at] >>> 24)
        continue
      }
      if (term >= counts.length) counts = grown(counts, Math.ceil((term + 1) * growth))
      const before = counts[term]
      if (before === 0) met.push(term)
      if (((before >>> shift) & 15) < 15) counts[term] = before + (1 << shift)
    }
    for (const term of met) {
      postings.reserve(term)
      postings.set(term, slot, counts[term])
      counts[term] = 0
    }
    met.length = 0
    count(slot, 1)
  }
  const remove = (slot: number): void => {
    if (slot >= slotCount || sizes[slot] === 0) return
    for (let at = offsets[slot]; at < offsets[slot] + sizes[slot]; at++) {
      const term = words[at] & fieldMark
      if (term !== fieldMark) postings.remove(term, slot)
    }
    count(slot, -1)
    waste += sizes[slot]
    sizes[slot] = 0
    lengths.fill(0, slot * rankCount, (slot + 1) * rankCount)
  }

  return {
    postings,
    rankOf,
    get slotCount() {
      return slotCount
    },
    get lengths() {
      return lengths
    },
    get runs() {
      return { words, offsets, sizes }
    },
    put: (slot, placed) => {
      remove(slot)
      reserve(slot, placed.length + new Set(placed.map((word) => word.field)).size)
      const start = used
      let field = -1
      let position = 0
      for (const word of placed) {
        if (word.field !== field) {
          field = word.field
          position = -1
          words[used++] = (field << 24) | fieldMark
        }
        words[used++] = ((word.position - position) << 24) | word.term
        position = word.position
        const at = slot * rankCount + rankOf(field)
        if (word.counted && lengths[at] < 65535) lengths[at]++
      }
      admit(slot, start)
    },
    expect: (runs, expected) => {
      words = new Uint32Array(runs.length)
      if (expected.length > sizes.length) makeSlots(expected.length)
      postings.expect(lengthsOf(runs, expected))
    },
    restore: (slot, run, own) => {
      remove(slot)
      reserve(slot, run.length)
      words.set(run, used)
      used += run.length
      lengths.set(own, slot * rankCount)
      admit(slot, used - run.length)
    },
    remove,
    read: (slot, stemOfTerm) => {
      let rank = 0
      let position = -1
      let count = 0
      const size = slot < slotCount ? sizes[slot] : 0
      if (size > read.stems.length) {
        read = { count: 0, stems: new Int32Array(size), ranks: new Uint8Array(size), positions: new Int32Array(size) }
      }
      const { stems, ranks, positions } = read
      for (let at = offsets[slot], end = at + size; at < end; at++) {
        const term = words[at] & fieldMark
        if (term === fieldMark) {
          rank = rankOf(words[at] >>> 24)
          position = -1
          continue
        }
        position += words[at] >>> 24
        stems[count] = stemOfTerm[term]
        ranks[count] = rank
        positions[count++] = position
      }
      read.count = count
      return read
    },
    length: (slot, rank) => lengths[slot * rankCount + rank],
    meanLength: (rank) => (holders[rank] > 0 ? totals[rank] / holders[rank] : 1),
    clear: () => {
      postings.clear()
      used = 0
      waste = 0
      slotCount = 0
      words = new Uint32Array(4096)
      sizes.fill(0)
      lengths.fill(0)
      totals.fill(0)
      holders.fill(0)
    },
  }
}

/** How many products have each term. */
function lengthsOf(runs: Uint32Array, sizes: Uint32Array): Uint32Array {
  let terms = 0
  for (const word of runs) {
    const term = word & fieldMark
    if (term !== fieldMark && term >= terms) terms = term + 1
  }
  const lengths = new Uint32Array(terms)
  /** One more than the last slot that had it. */
  const last = new Uint32Array(terms)
  let at = 0
  for (let slot = 0; slot < sizes.length; slot++) {
    for (const end = at + sizes[slot]; at < end; at++) {
      const term = runs[at] & fieldMark
      if (term === fieldMark || last[term] === slot + 1) continue
      last[term] = slot + 1
      lengths[term]++
    }
  }
  return lengths
}
