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
import { createMatcher, qualityOf, type Rated, type Run } from './word-matches.ts'
import type { WordStore } from './word-store.ts'

/** A word and what was looked for in its place, best first. */
export interface GatheredWord {
  readonly word: PlannedWord
  readonly alternatives: readonly Alternative[]
  readonly idf: number
  /** The correction that was taken for the word. */
  readonly corrected: Alternative | null
  readonly runs: readonly Run[]
}

export interface Gathered {
  readonly words: readonly GatheredWord[]
  /** Slots with any word. */
  readonly slots: Int32Array
  readonly count: number
  /** By slot: bits of the words found. */
  readonly bits: Uint32Array
  /** By slot, of those that were scored: the score, the BM25F part, edits. */
  readonly score: Float32Array
  readonly bm25: Float32Array
  readonly typos: Uint16Array
  /** Whether a required word is nowhere as typed. */
  readonly guessed: boolean
}

/** Bits of an index's ranks that each kind of spelling may be found in. */
export type RankMask = (kind: AlternativeKind) => number

const idfPower = 0.8
/** What a spelling must be worth to count as the word itself. */
const sameWord = 0.8
const chosenQuality = 0.85
/** A word is doubted where another, one slip away, is so many times as common; words of more products than the share are not. */
const farCommoner = 8
const farCommonerThanBeginning = 3
const doubtfulShare = 0.02
const steppedBack = 0.5
/** Ranks of titles, categories and brands, four bits each; a product that has a word elsewhere supports it less. */
const tellingRanks = 0xfff
const elsewhere = 0.2
const everywhere = 0xffffffff

/** Where slips are forgiven: nowhere, in unknown words (and doubtful ones), in words less common than another, everywhere. */
export type Slips = 'none' | 'unknown' | 'commoner' | 'all'

export interface Gatherer {
  gather(words: readonly PlannedWord[], slips: Slips, mask: RankMask, size: number): Gathered
  /** Fills in the scores of these slots of what was gathered last; once. */
  score(gathered: Gathered, slots: ArrayLike<number>): void
  readonly sequence: ReturnType<typeof createMatcher>['sequence']
}

export function createGatherer(store: WordStore): Gatherer {
  const matcher = createMatcher(store)
  let slots = new Int32Array(0)
  let count = 0
  let bits = new Uint32Array(0)
  let scored: ArrayLike<number> = []
  let score = new Float32Array(0)
  let bm25 = new Float32Array(0)
  let typos = new Uint16Array(0)

  const prepare = (): void => {
    if (bits.length < store.slotCount) {
      const room = Math.ceil(store.slotCount * 1.5) + 16
      ;[slots, bits, score] = [new Int32Array(room), new Uint32Array(room), new Float32Array(room)]
      ;[bm25, typos] = [new Float32Array(room), new Uint16Array(room)]
    } else {
      for (let at = 0; at < count; at++) bits[slots[at]] = 0
      for (let at = 0; at < scored.length; at++) score[scored[at]] = bm25[scored[at]] = typos[scored[at]] = 0
    }
    count = 0
    scored = []
  }

  /** Marks who has a word, and returns its idf. */
  const mark = (index: number, runs: readonly Run[], size: number): number => {
    const bit = 1 << index
    let [all, same] = [0, 0]
    for (const { pairs, from, to, mask, quality } of runs) {
      for (let at = from; at < to; at += 2) {
        if ((pairs[at + 1] & mask) === 0) continue
        const slot = pairs[at]
        const before = bits[slot]
        if ((before & bit) !== 0) continue
        if (before === 0) slots[count++] = slot
        bits[slot] = before | bit
        all++
      }
      if (quality >= sameWord) same = all
    }
    const n = Math.min(size, same > 0 ? same : all)
    return Math.log(1 + (size - n + 0.5) / (n + 0.5))
  }

  const run = (
    words: readonly PlannedWord[],
    lists: readonly (readonly Rated[])[],
    mask: RankMask,
    size: number,
  ): Gathered => {
    prepare()
    const gathered = words.map((word, index): GatheredWord => {
      const rated = [...lists[index]].sort((a, b) => b.quality - a.quality)
      const runs = matcher.runs(rated, mask)
      const idf = mark(index, runs, size)
      const corrected = rated.find(({ alternative, quality }) => alternative.kind === 'typo' && quality >= sameWord)
      return {
        word,
        alternatives: rated.map(({ alternative }) => alternative),
        idf,
        corrected: corrected?.alternative ?? null,
        runs,
      }
    })
    return { words: gathered, slots, count, bits, score, bm25, typos, guessed: false }
  }

  const scoreAll: Gatherer['score'] = (gathered, wanted) => {
    for (const { idf, runs, alternatives } of gathered.words) {
      const flat = idf ** idfPower
      matcher.weigh(runs, wanted, (slot, part, { alternative, quality }) => {
        bm25[slot] += flat * part
        score[slot] += flat * part * quality
        typos[slot] += alternatives[alternative].typos
      })
    }
    cover(gathered, wanted)
    scored = wanted
  }

  /** Products that hold the most words, as marks by slot. */
  const fullest = (): Set<number> => {
    let most = 0
    for (let at = 0; at < count; at++) most = Math.max(most, bitCount(bits[slots[at]]))
    const full = new Set<number>()
    for (let at = 0; at < count && full.size < 5000; at++) if (bitCount(bits[slots[at]]) === most) full.add(slots[at])
    return full
  }
  /** How many of these products have it, in a telling attribute or (counting less) elsewhere. */
  const support = (alternative: Alternative, among: ReadonlySet<number>): number => {
    let held = 0
    const hold = (slot: number, counts: number): void => {
      if (among.has(slot)) held += (counts & tellingRanks) !== 0 ? 1 : elsewhere
    }
    if (alternative.places.length > 1) {
      matcher.sequence(alternative, everywhere, hold)
      return held
    }
    const { postings } = store
    const [terms] = alternative.places
    for (const term of alternative.close > 0 ? terms.slice(0, alternative.close) : terms) {
      const arena = postings.arena()
      const offset = postings.offset(term)
      for (let at = offset; at < offset + 2 * postings.length(term); at += 2) hold(arena[at], arena[at + 1])
    }
    return held
  }
  /** What is believed was meant, in nats: by how many of the likely products have it and by how far it is from what was typed. */
  const belief = (alternative: Alternative, among: ReadonlySet<number>): number => {
    const held = support(alternative, among)
    return held === 0 ? -Infinity : Math.log(1 + held) - alternative.cost
  }
  const choose = (list: readonly Rated[], among: ReadonlySet<number>): readonly Rated[] => {
    if (!list.some(({ alternative }) => alternative.kind === 'typo')) return list
    let best: Rated | null = null
    let most = -Infinity
    let typed = false
    for (const each of list) {
      const value = belief(each.alternative, among)
      if (value > most) [best, most] = [each, value]
      typed ||= value > -Infinity && each.alternative.kind !== 'typo' && !isGuess(each.alternative)
    }
    if (best === null) return list
    const chosen = best.alternative
    return list.map((each) => {
      const { kind } = each.alternative
      if (each === best) return kind === 'typo' ? { ...each, quality: typed ? chosenQuality : 1 } : each
      if (kind === 'typo') return { ...each, quality: each.quality * steppedBack }
      return chosen.kind === 'typo' && isGuess(each.alternative)
        ? { ...each, quality: each.quality * steppedBack }
        : each
    })
  }

  /** Whether one term alone shows that a word is neither unknown nor doubtful. */
  const isCommon = (certain: readonly Rated[], size: number): boolean =>
    certain.some(
      ({ alternative: { kind, places } }) =>
        kind === 'exact' &&
        places.length === 1 &&
        places[0].some((term) => store.postings.length(term) > size * doubtfulShare),
    )
  /** A known word is taken for a slip only in a commoner one. */
  const isCommoner = ({ kind, typos, close, places }: Alternative, known: number): boolean => {
    if (kind !== 'typo' || typos > 1) return kind === 'pieces'
    return places[0].slice(0, close).some((term) => store.postings.length(term) > known)
  }

  return {
    sequence: (alternative, mask, visit) => matcher.sequence(alternative, mask, visit),
    score: scoreAll,
    gather: (words, slips, mask, size) => {
      matcher.forget()
      const own = words.map((_, index) =>
        words
          .slice(0, index + 1)
          .flatMap((other, at) => other.asTyped.filter(({ span }) => at + span > index).map(rate)),
      )
      let slipped = false
      let guessed = false
      const lists = words.map((word, index) => {
        if (slips === 'none') return own[index]
        const certain = own[index].filter(({ alternative }) => !isGuess(alternative))
        if (slips === 'unknown' && mask('exact') === everywhere && isCommon(certain, size)) return own[index]
        const known = matcher.countOf(matcher.runs(certain, mask))
        if (known === 0) guessed ||= word.required
        else if (slips === 'unknown' && known > size * doubtfulShare) return own[index]
        const isWhole = certain.some(({ alternative }) => alternative.kind === 'exact')
        const times = slips === 'commoner' ? 1 : isWhole ? farCommoner : farCommonerThanBeginning
        const all = word.slips(known === 0 || slips === 'unknown')
        const more = known > 0 && slips !== 'all' ? all.filter((each) => isCommoner(each, times * known)) : all
        slipped ||= more.length > 0
        return [...own[index], ...more.map(rate)]
      })
      const first = run(words, lists, mask, size)
      if (!slipped) return { ...first, guessed }
      const among = fullest()
      const chosen = lists.map((list) => choose(list, among))
      return { ...run(words, chosen, mask, size), guessed }
    },
  }
}

/** Readings of a word that is not in the catalogue, no more certain than a slip. */
function isGuess({ kind }: Alternative): boolean {
  return kind === 'split' || kind === 'joined' || kind === 'pinyin' || kind === 'form'
}

function rate(alternative: Alternative): Rated {
  return { alternative, quality: qualityOf(alternative) }
}

/** Takes into the scores which share of the query, by what its words tell, each product holds. */
function cover({ words, bits, score }: Gathered, slots: ArrayLike<number>): void {
  const weights = words.map(({ idf, word }) => (word.required ? idf : idf / 4))
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  if (all === 0) return
  const shares = new Map<number, number>()
  for (let at = 0; at < slots.length; at++) {
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

export function slipsFor(settings: QuerySettings): Slips {
  if (settings.typoTolerance === false) return 'none'
  return settings.typoTolerance === true ? 'unknown' : 'all'
}
