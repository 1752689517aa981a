/**
 * The products a query's words lead to: every word's spellings are looked up, and what they say is added up by product.
 *
 *   score(d) = Σ_words idf(w)^flat · part_w(d) · quality · ( Σ_found idf / Σ_all idf ),   idf(w) = ln(1 + (N − n + ½) / (n + ½))
 *
 * n counts the products that have the word as typed or as corrected. Where slips were forgiven, the correction that goes
 * best with the other words is chosen by what most of the products with the most words hold (a product with all words
 * rarely has them by chance), and the other corrections step back.
 */
import { addBit, type Bits, countBits, countMemberships, emptyBits, hasBit, intersect, unite } from './bits.ts'
import type { Alternative, AlternativeKind, QuerySettings } from './lexical.ts'
import type { PlannedWord, Readings } from './query-plan.ts'
import { createMatcher, qualityOf, type Rated, type Run, type Scores } from './word-matches.ts'
import type { WordStore } from './word-store.ts'

/** A word and what was looked for in its place, best first. */
export interface GatheredWord {
  readonly word: PlannedWord
  readonly alternatives: readonly Alternative[]
  readonly idf: number
  /** The correction that was taken for the word. */
  readonly corrected: Alternative | null
  readonly runs: readonly Run[]
  /** Who has it; to be read, not changed. */
  readonly holders: Bits
  /** The correction that is likelier than all else it may be; `null` where that is something else. */
  readonly meant: Meant | null
}

export interface Meant {
  /** The commonest word of that correction. */
  readonly term: number
  readonly typos: number
  /** By how much it is likelier than the next reading, in nats. */
  readonly margin: number
  /** Whether products have the word as typed. */
  readonly isKnown: boolean
}

export interface Gathered {
  readonly words: readonly GatheredWord[]
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
/** So many of the products with the most words are asked which correction they hold. */
const mostAmong = 5_000

/** What was found for a word, and by which readings. */
interface Found extends Omit<GatheredWord, 'word' | 'meant'> {
  readonly list: readonly Rated[]
}

/** Lists of readings a word is kept with. */
const mostFound = 4

/** Where slips are forgiven: nowhere, in unknown words (and doubtful ones), in words less common than another, everywhere. */
export type Slips = 'none' | 'unknown' | 'commoner' | 'all'

export interface Gatherer {
  gather(words: readonly PlannedWord[], slips: Slips, mask: RankMask, size: number): Gathered
  /** What the words say of these slots, in rising order; before anything else is gathered or scored. */
  score(gathered: Gathered, slots: Uint32Array): Scores
  readonly sequence: ReturnType<typeof createMatcher>['sequence']
}

export function createGatherer(store: WordStore): Gatherer {
  const matcher = createMatcher(store)

  /** Products with the word as typed or as corrected; with any of it where there are none. */
  const frequencyOf = (runs: readonly Run[], holders: Bits): number => {
    const same = runs.filter(({ quality }) => quality >= sameWord)
    const count = same.length < runs.length ? matcher.countOf(same) : 0
    return count > 0 ? count : countBits(holders)
  }
  /** Words are planned and read anew when the catalogue changes, or what is asked of words. */
  const kept = new WeakMap<Readings, Found[]>()
  const gathered = new WeakMap<readonly PlannedWord[], ReadonlyMap<Slips, Gathered>>()
  const foundOf = (own: Readings): Found[] => {
    let found = kept.get(own)
    if (found === undefined) {
      found = []
      kept.set(own, found)
    }
    return found
  }
  const run = (
    words: readonly PlannedWord[],
    lists: readonly (readonly Rated[])[],
    mask: RankMask,
    size: number,
  ): GatheredWord[] =>
    words.map((word, index): GatheredWord => ({ ...found(word, lists[index], mask, size), word, meant: null }))
  const found = ({ own }: PlannedWord, list: readonly Rated[], mask: RankMask, size: number): Found => {
    const known = foundOf(own)
    const same = known.find((each) => isSame(each.list, list))
    if (same !== undefined) return same
    const fresh = find(list, mask, size)
    if (known.push(fresh) > mostFound) known.shift()
    return fresh
  }
  const find = (list: readonly Rated[], mask: RankMask, size: number): Found => {
    const rated = [...list].sort((a, b) => b.quality - a.quality)
    const runs = matcher.runs(rated, mask)
    const holders = matcher.holders(runs)
    const n = Math.min(size, frequencyOf(runs, holders))
    const corrected = rated.find(({ alternative, quality }) => alternative.kind === 'typo' && quality >= sameWord)
    return {
      list,
      alternatives: rated.map(({ alternative }) => alternative),
      idf: Math.log(1 + (size - n + 0.5) / (n + 0.5)),
      corrected: corrected?.alternative ?? null,
      runs,
      holders,
    }
  }

  const scoreAll: Gatherer['score'] = (gathered, slots) => {
    const words = gathered.words.map(({ idf, runs, alternatives, word: { typos } }) => ({
      ...{ runs, alternatives, typos },
      factor: idf ** idfPower,
    }))
    const scores = matcher.score(words, slots)
    cover(gathered, scores)
    return scores
  }

  /** Products that hold the most words: of many the first that were met, word by word. */
  const fullest = (words: readonly GatheredWord[]): Bits => {
    const memberships = countMemberships(
      words.map(({ holders }) => holders),
      store.slotCount,
    )
    let full = emptyBits(0)
    for (let most = words.length; most > 0 && countBits(full) === 0; most--) full = memberships.atLeast(most)
    if (countBits(full) <= mostAmong) return full
    const first = emptyBits(store.slotCount)
    let left = mostAmong
    for (const { pairs, from, to, mask } of words.flatMap(({ runs }) => runs)) {
      for (let at = from; at < to; at += 2) {
        const slot = pairs[at]
        if ((pairs[at + 1] & mask) === 0 || !hasBit(full, slot) || hasBit(first, slot)) continue
        addBit(first, slot)
        if (--left === 0) return first
      }
    }
    return first
  }
  /** How many of these products have it, in a telling attribute or (counting less) elsewhere. */
  const support = (alternative: Alternative, among: Bits): number => {
    let held = 0
    const hold = (slot: number, counts: number): void => {
      if (hasBit(among, slot)) held += (counts & tellingRanks) !== 0 ? 1 : elsewhere
    }
    if (alternative.places.length > 1) {
      const pairs = matcher.sequence(alternative)
      for (let at = 0; at < pairs.length; at += 2) hold(pairs[at], pairs[at + 1])
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
  const belief = (alternative: Alternative, among: Bits): number => {
    const held = support(alternative, among)
    return held === 0 ? -Infinity : Math.log(1 + held) - alternative.cost
  }
  const choose = (list: readonly Rated[], among: Bits): { list: readonly Rated[]; meant: Meant | null } => {
    if (!list.some(({ alternative }) => alternative.kind === 'typo')) return { list, meant: null }
    let best: Rated | null = null
    let [most, next] = [-Infinity, -Infinity]
    let typed = false
    for (const each of list) {
      const value = belief(each.alternative, among)
      if (value > most) [best, most, next] = [each, value, most]
      else next = Math.max(next, value)
      typed ||= value > -Infinity && each.alternative.kind !== 'typo' && !isGuess(each.alternative)
    }
    if (best === null) return { list, meant: null }
    const chosen = best.alternative
    const isKnown = list.some(({ alternative }) => alternative.kind === 'exact')
    const weighed = list.map((each) => {
      const { kind } = each.alternative
      if (each === best) return kind === 'typo' ? { ...each, quality: typed ? chosenQuality : 1 } : each
      if (kind === 'typo') return { ...each, quality: each.quality * steppedBack }
      return chosen.kind === 'typo' && isGuess(each.alternative)
        ? { ...each, quality: each.quality * steppedBack }
        : each
    })
    const meant =
      chosen.kind === 'typo' && chosen.close > 0
        ? { term: commonest(chosen), typos: chosen.typos, margin: most - next, isKnown }
        : null
    return { list: weighed, meant }
  }
  const commonest = ({ places: [terms], close }: Alternative): number =>
    terms.slice(0, close).reduce((a, b) => (store.postings.length(b) > store.postings.length(a) ? b : a))

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

  const gather: Gatherer['gather'] = (words, slips, mask, size) => {
    const known = gathered.get(words)?.get(slips)
    if (known !== undefined) return known
    const fresh = gatherAnew(words, slips, mask, size)
    gathered.set(words, new Map(gathered.get(words)).set(slips, fresh))
    return fresh
  }
  const gatherAnew: Gatherer['gather'] = (words, slips, mask, size) => {
    const own = words.map((_, index) =>
      words.slice(0, index + 1).flatMap((other, at) => other.asTyped.filter(({ span }) => at + span > index).map(rate)),
    )
    let slipped = false
    let guessed = false
    const lists = words.map((word, index) => {
      if (slips === 'none') return own[index]
      const certain = own[index].filter(({ alternative }) => !isGuess(alternative))
      if (slips === 'unknown' && mask('exact') === everywhere && isCommon(certain, size)) return own[index]
      const known = countBits(found(word, certain, mask, size).holders)
      if (known === 0) guessed ||= word.required
      else if (slips === 'unknown' && known > size * doubtfulShare) return own[index]
      const isWhole = certain.some(({ alternative }) => alternative.kind === 'exact')
      const times = slips === 'commoner' ? 1 : isWhole ? farCommoner : farCommonerThanBeginning
      const all = word.own.slips(known === 0 || slips === 'unknown')
      const more = known > 0 && slips !== 'all' ? all.filter((each) => isCommoner(each, times * known)) : all
      slipped ||= more.length > 0
      return [...own[index], ...more.map(rate)]
    })
    const first = run(words, lists, mask, size)
    if (!slipped) return { words: first, guessed }
    const among = fullest(first)
    const chosen = lists.map((list) => choose(list, among))
    const weighed = run(
      words,
      chosen.map(({ list }) => list),
      mask,
      size,
    )
    return { words: weighed.map((word, index) => ({ ...word, meant: chosen[index].meant })), guessed }
  }

  return {
    sequence: (alternative) => matcher.sequence(alternative),
    score: scoreAll,
    gather,
  }
}

/** Readings of a word that is not in the catalogue, no more certain than a slip. */
function isGuess({ kind }: Alternative): boolean {
  return kind === 'split' || kind === 'joined' || kind === 'pinyin' || kind === 'form'
}

function isSame(list: readonly Rated[], other: readonly Rated[]): boolean {
  return (
    list === other ||
    (list.length === other.length &&
      list.every(({ alternative, quality }, at) => {
        return alternative === other[at].alternative && quality === other[at].quality
      }))
  )
}

function rate(alternative: Alternative): Rated {
  return { alternative, quality: qualityOf(alternative) }
}

/** Takes into the scores which share of the query, by what its words tell, each product holds. */
function cover({ words }: Gathered, { score, bits }: Scores): void {
  const weights = words.map(({ idf, word }) => (word.required ? idf : idf / 4))
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  if (all === 0) return
  const shareOf = (found: number): number =>
    weights.reduce((sum, weight, index) => ((found & (1 << index)) !== 0 ? sum + weight : sum), 0) / all
  const shares = new Map<number, number>()
  let [last, share] = [0, 0]
  for (let at = 0; at < score.length; at++) {
    if (bits[at] !== last) {
      last = bits[at]
      share = shares.get(last) ?? shareOf(last)
      shares.set(last, share)
    }
    score[at] *= share
  }
}

/** Those with all of these words; where there are none of these, with any word at all. */
export function withAll({ words }: Gathered, these: readonly GatheredWord[], size: number): Bits {
  if (these.length === 0) return words.reduce<Bits>((bits, { holders }) => unite(bits, holders), emptyBits(size))
  const [first, ...others] = these
  return others.reduce<Bits>((bits, { holders }) => intersect(bits, holders), first.holders.slice())
}

export function slipsFor(settings: QuerySettings): Slips {
  if (settings.typoTolerance === false) return 'none'
  return settings.typoTolerance === true ? 'unknown' : 'all'
}
