/**
 * The products a query's words lead to: every word's spellings are looked up, and what they say is added up by product.
 *
 *   score(d) = Σ_words idf(w)^flat · part_w(d) · quality · ( Σ_found idf / Σ_all idf ),   idf(w) = ln(1 + (N − n + ½) / (n + ½))
 *
 * n counts the products that have the word as typed or as corrected. Where slips were forgiven, the correction that goes
 * best with the other words is chosen by what most of the products with the most words hold (a product with all words
 * rarely has them by chance), and the other corrections step back.
 */
import type { Alternative, AlternativeKind, QuerySettings } from './lexical.ts'
import { bitCount } from './nearness.ts'
import type { PlannedWord } from './query-plan.ts'
import { createMatcher, qualityOf, type Rated } from './word-matches.ts'
import type { WordStore } from './word-store.ts'

/** A word and what was looked for in its place, best first. */
export interface GatheredWord {
  readonly word: PlannedWord
  readonly alternatives: readonly Alternative[]
  readonly idf: number
}

export interface Gathered {
  readonly words: readonly GatheredWord[]
  /** Slots with any word. */
  readonly slots: Int32Array
  readonly count: number
  /** By slot: bits of the words found, score without coverage, the BM25F part, edits. */
  readonly bits: Uint32Array
  readonly score: Float32Array
  readonly bm25: Float32Array
  readonly typos: Uint16Array
}

/** Bits of an index's ranks that each kind of spelling may be found in. */
export type RankMask = (kind: AlternativeKind) => number

const idfPower = 0.8
/** What a spelling must be worth to count as the word itself. */
const sameWord = 0.8
const chosenQuality = 0.85
const steppedBack = 0.5

export interface Gatherer {
  gather(words: readonly PlannedWord[], slips: 'unknown' | 'all' | 'none', mask: RankMask, size: number): Gathered
  readonly sequence: ReturnType<typeof createMatcher>['sequence']
}

export function createGatherer(store: WordStore): Gatherer {
  const matcher = createMatcher(store)
  let slots = new Int32Array(0)
  let count = 0
  let bits = new Uint32Array(0)
  let score = new Float32Array(0)
  let bm25 = new Float32Array(0)
  let typos = new Uint16Array(0)

  const prepare = (): void => {
    if (bits.length < store.slotCount) {
      const room = Math.ceil(store.slotCount * 1.5) + 16
      ;[slots, bits, score] = [new Int32Array(room), new Uint32Array(room), new Float32Array(room)]
      ;[bm25, typos] = [new Float32Array(room), new Uint16Array(room)]
      count = 0
    }
    for (let at = 0; at < count; at++) {
      const slot = slots[at]
      bits[slot] = score[slot] = bm25[slot] = typos[slot] = 0
    }
    count = 0
  }

  const addWord = (
    index: number,
    alternatives: readonly Rated[],
    mask: RankMask,
    size: number,
  ): GatheredWord['idf'] => {
    const found = matcher.match(alternatives, mask)
    let same = 0
    for (let at = 0; at < found.count; at++) if (found.quality[found.best[found.slots[at]]] >= sameWord) same++
    const n = Math.min(size, same > 0 ? same : found.count)
    const idf = Math.log(1 + (size - n + 0.5) / (n + 0.5))
    const flat = idf ** idfPower
    for (let at = 0; at < found.count; at++) {
      const slot = found.slots[at]
      const part = flat * matcher.part(found.weight[slot])
      const alternative = found.best[slot]
      if (bits[slot] === 0) slots[count++] = slot
      bits[slot] |= 1 << index
      bm25[slot] += part
      score[slot] += part * found.quality[alternative]
      typos[slot] += found.alternatives[alternative].typos
    }
    return idf
  }

  const run = (
    words: readonly PlannedWord[],
    lists: readonly (readonly Rated[])[],
    mask: RankMask,
    size: number,
  ): Gathered => {
    prepare()
    const gathered = words.map((word, index) => {
      const rated = [...lists[index]].sort((a, b) => b.quality - a.quality)
      const idf = addWord(index, rated, mask, size)
      return { word, alternatives: rated.map(({ alternative }) => alternative), idf }
    })
    return { words: gathered, slots, count, bits, score, bm25, typos }
  }

  /** Products that hold the most words, as marks by slot. */
  const fullest = (): Set<number> => {
    let most = 0
    for (let at = 0; at < count; at++) most = Math.max(most, bitCount(bits[slots[at]]))
    const full = new Set<number>()
    for (let at = 0; at < count && full.size < 5000; at++) if (bitCount(bits[slots[at]]) === most) full.add(slots[at])
    return full
  }
  const support = ({ places }: Alternative, among: ReadonlySet<number>): number => {
    if (places.length > 1) return 0
    const { postings } = store
    let held = 0
    for (const term of places[0]) {
      if (postings.length(term) > 4 * among.size) {
        for (const slot of among) if (postings.find(term, slot) >= 0) held++
      } else {
        const arena = postings.arena()
        const offset = postings.offset(term)
        for (let at = 0; at < postings.length(term); at++) if (among.has(arena[offset + 2 * at])) held++
      }
    }
    return held
  }
  const choose = (list: readonly Rated[], among: ReadonlySet<number>): readonly Rated[] => {
    const typed = list.filter(({ alternative }) => alternative.kind !== 'typo')
    const corrections = list.filter(({ alternative }) => alternative.kind === 'typo')
    if (corrections.length === 0) return list
    const asTyped = typed.reduce((sum, { alternative }) => sum + support(alternative, among), 0)
    let best: Rated | null = null
    let most = asTyped > 0 ? Math.log(1 + asTyped) + 2 : 0
    for (const each of corrections) {
      const held = support(each.alternative, among)
      const value = held === 0 ? 0 : Math.log(1 + held) + 1.5 - each.alternative.typos
      if (value > most) [best, most] = [each, value]
    }
    const before = best === null && asTyped === 0 ? 1 : steppedBack
    return list.map((each) => {
      if (each === best) return { ...each, quality: chosenQuality }
      return each.alternative.kind === 'typo' ? { ...each, quality: each.quality * before } : each
    })
  }

  return {
    sequence: matcher.sequence,
    gather: (words, slips, mask, size) => {
      const own = words.map((_, index) =>
        words
          .slice(0, index + 1)
          .flatMap((other, at) => other.asTyped.filter(({ span }) => at + span > index).map(rate)),
      )
      let slipped = false
      const lists = words.map((word, index) => {
        if (slips === 'none') return own[index]
        const unknown = matcher.match(own[index], mask).count === 0
        if (!unknown && slips === 'unknown') return own[index]
        const more = word.slips(unknown)
        slipped ||= more.length > 0
        return [...own[index], ...more.map(rate)]
      })
      const first = run(words, lists, mask, size)
      if (!slipped) return first
      const among = fullest()
      return run(
        words,
        lists.map((list) => choose(list, among)),
        mask,
        size,
      )
    },
  }
}

function rate(alternative: Alternative): Rated {
  return { alternative, quality: qualityOf(alternative) }
}

/** Takes into the scores which share of the query, by what its words tell, each product holds. */
export function cover({ words, slots, count, bits, score }: Gathered): void {
  const weights = words.map(({ idf, word }) => (word.required ? idf : idf / 4))
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  if (all === 0) return
  const shares = new Map<number, number>()
  for (let at = 0; at < count; at++) {
    const slot = slots[at]
    let share = shares.get(bits[slot])
    if (share === undefined) {
      share = weights.reduce((sum, weight, index) => ((bits[slot] & (1 << index)) !== 0 ? sum + weight : sum), 0) / all
      shares.set(bits[slot], share)
    }
    score[slot] *= share
  }
}

export function requiredBits(words: readonly PlannedWord[]): number {
  return words.reduce((bits, word, index) => (word.required ? bits | (1 << index) : bits), 0)
}

export function everyKind(settings: QuerySettings): 'unknown' | 'all' | 'none' {
  if (settings.typoTolerance === false) return 'none'
  return settings.typoTolerance === true ? 'unknown' : 'all'
}
