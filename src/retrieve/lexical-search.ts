/**
 * Answers a query: what it means, who has the words, and in which order.
 *
 * The ladder: (0) the words as typed, slips forgiven where a word is unknown; (1) where too few have them all, slips
 * everywhere; (2) where still too few, fewer words. Order is by score, the first 256 refined by nearness and exactness,
 * or by the shop's own list of criteria; equals stand in the shop's order, then in one no id shows in.
 */
import { createLatest } from '../base/latest.ts'
import type { Lookups } from '../base/lookups.ts'
import { topK } from '../kernels/top-k.ts'
import {
  addBit,
  type Bits,
  complement,
  countBits,
  countMemberships,
  emptyBits,
  intersect,
  listBits,
  removeBit,
} from './bits.ts'
import type { Alternative, Answer, Criterion, LexicalAnswer, QuerySettings, SearchOptions } from './lexical.ts'
import { createGatherer, type Gathered, type RankMask, type Slips, slipsFor, withAll } from './lexical-gather.ts'
import type { LexicalState } from './lexical-state.ts'
import { readAsMeant, type Understood } from './meant-query.ts'
import { bitCount, createNearnessScan, type Standing } from './nearness.ts'
import { type Comparison, firstOf } from './order.ts'
import { type PlanContext, type PlannedWord, planQuery, type Readings } from './query-plan.ts'
import { cutQuery, type QueryUnit } from './query-units.ts'
import { correctRun } from './unspaced-correction.ts'
import type { Scores } from './word-matches.ts'

/** Answers whose words are looked at where they stand. */
const refinedDepth = 256
/** Answers that are wanted where a word had to be guessed. */
const firstPage = 10
/** Queries and words of queries that are kept, with who has them: a bit a product and word. */
const mostQueries = 32
const mostReadings = 128
/** A tie is below 2³², and so many of them are told apart by their place. */
const mostTies = 2 ** 21
const nearBonus = 0.15
const exactBonus = 0.1
/** What both come to at most, and a hair for rounding. */
const mostBonus = 1 + nearBonus + exactBonus + 1e-6

interface Found {
  readonly gathered: Gathered
  /** In rising order. */
  readonly slots: Uint32Array
  /** `null` where nobody asks for their order. */
  readonly scores: Scores | null
  readonly relaxed: 0 | 1 | 2
}

export interface LexicalSearch {
  /** How often the words of a query were known from another one. */
  readonly lookups: Readonly<Lookups>
  search(query: string, options: SearchOptions): LexicalAnswer
  parse(query: string, options?: Partial<QuerySettings>): LexicalAnswer['query']
}

export function createLexicalSearch(state: LexicalState): LexicalSearch {
  const { store } = state
  const gatherer = createGatherer(store)
  let exactAttributes: ReadonlySet<number> = new Set()
  const scan = createNearnessScan(store, {
    count: () => state.fields.attributes.length,
    unordered: (field) => state.fields.unordered(field),
    exactCounts: (field) => !exactAttributes.has(field),
  })

  /** The same words are asked for with other filters, for other facets, for the next page and in other queries. */
  const queries = createLatest<Understood>(mostQueries)
  const readings = createLatest<Readings>(mostReadings)
  let of: readonly unknown[] = []
  const understand = (
    query: string,
    settings: QuerySettings,
    { allowed: _, limit: __, prefer: ___, ...asked }: Partial<SearchOptions>,
  ): Understood => {
    const now = [store.postings.version, store.slotCount, state.size, state.settings()]
    if (now.some((each, at) => each !== of[at])) {
      queries.clear()
      readings.clear()
    }
    of = now
    const how = JSON.stringify(asked)
    return queries.of(`${how} ${query}`, () => plan(query, settings, how))
  }
  const plan = (query: string, settings: QuerySettings, how: string): Understood => {
    const features = settings.advancedSyntax ? settings.advancedSyntaxFeatures : []
    const { units, excluded } = cutQuery(query, state.analysis(), {
      phrases: features.includes('exactPhrase'),
      exclusion: features.includes('excludeWords'),
    })
    const context: PlanContext = {
      ...state.planContext(settings),
      readings: (name, make) => readings.of(`${how} ${name}`, make),
    }
    const meant = settings.typoTolerance === false ? units : correctUnspaced(units, context)
    const planned = { units: meant, words: planQuery(meant, settings, context), excluded }
    const { typoTolerance, asMeant, disableTypoToleranceOnAttributes } = settings
    if (!asMeant || typoTolerance !== true || disableTypoToleranceOnAttributes.length > 0) return planned
    return readAsMeant(planned, {
      plan: (list) => planQuery(list, settings, context),
      gather: (words, slips) => gather(words, slips, settings),
      unitsOf: (term) => context.cut(state.dictionary.text(term)),
    })
  }

  const gather = (words: readonly PlannedWord[], slips: Slips, settings: QuerySettings): Gathered =>
    gatherer.gather(words, slips, rankMask(state, settings), state.size)

  /** Who may answer: all that are allowed but those with an excluded word; `null`: everyone. */
  const answering = (excluded: readonly QueryUnit[], settings: QuerySettings, allowed?: Bits): Bits | null => {
    if (excluded.length === 0) return allowed ?? null
    const bits = allowed?.slice() ?? complement(emptyBits(store.slotCount))
    for (const unit of excluded) {
      const [word] = planQuery(
        [unit],
        { ...settings, queryType: 'prefixNone', synonyms: false },
        { ...state.planContext(settings), readings: (_, make) => make() },
      )
      for (const alternative of word.asTyped) eachSlot(alternative, (slot) => removeBit(bits, slot))
    }
    return bits
  }
  const eachSlot = (alternative: Alternative, visit: (slot: number) => void): void => {
    if (alternative.places.length > 1) {
      const pairs = gatherer.sequence(alternative)
      for (let at = 0; at < pairs.length; at += 2) visit(pairs[at])
      return
    }
    for (const term of alternative.places[0]) {
      const { postings } = store
      for (let at = 0; at < postings.length(term); at++) visit(postings.arena()[postings.offset(term) + 2 * at])
    }
  }

  const find = (words: readonly PlannedWord[], settings: QuerySettings, allowed: Bits | null, limit: number): Found => {
    const slips = slipsFor(settings)
    const size = store.slotCount
    const within = (bits: Bits): Bits => (allowed === null ? bits : intersect(bits, allowed))
    const having = (gathered: Gathered): Bits => {
      const needed = settings.matching === 'any' ? [] : gathered.words.filter(({ word }) => word.required)
      return within(withAll(gathered, needed, size))
    }
    let gathered = gather(words, slips, settings)
    let found = having(gathered)
    let count = countBits(found)
    let relaxed: 0 | 1 | 2 = 0
    if (slips === 'unknown' && count < settings.typosBelow) {
      gathered = gather(words, 'commoner', settings)
      found = having(gathered)
      const more = countBits(found)
      if (more > count) relaxed = 1
      count = more
    }
    // A guess may be wrong: what lacks one word fills the first page.
    const ladder = settings.removeWordsIfNoResults === 'allOptional'
    const least = gathered.guessed && ladder ? Math.max(settings.relaxBelow, firstPage) : settings.relaxBelow
    if (count < least && settings.matching === 'all') {
      const fewer = relax(gathered, { ...settings, relaxBelow: least }, within)
      if (fewer !== null && countBits(fewer) > count) [found, relaxed] = [fewer, 2]
    }
    const slots = listBits(found)
    const fewestOnly = settings.typoTolerance === 'min' || settings.typoTolerance === 'strict'
    if (limit === 0 && !fewestOnly) return { gathered, slots, scores: null, relaxed }
    const scores = gatherer.score(gathered, slots)
    if (fewestOnly) {
      const spare = settings.typoTolerance === 'strict' ? 1 : 0
      const fewest = scores.typos.reduce((least, typos) => Math.min(least, typos), Infinity)
      return { gathered, relaxed, ...kept(slots, scores, (at) => scores.typos[at] <= fewest + spare) }
    }
    return { gathered, slots, scores, relaxed }
  }

  /** Those with fewer words, as few as it takes; `null` where no word may give way. */
  const relax = (
    gathered: Gathered,
    { removeWordsIfNoResults: how, relaxBelow }: QuerySettings,
    within: (bits: Bits) => Bits,
  ): Bits | null => {
    if (how === 'none') return null
    const required = gathered.words.filter(({ word }) => word.required)
    const size = store.slotCount
    const memberships = countMemberships(how === 'allOptional' ? required.map(({ holders }) => holders) : [], size)
    let found: Bits | null = null
    for (let kept = required.length - 1; kept > 0; kept--) {
      const stay = how === 'lastWords' ? required.slice(0, kept) : required.slice(-kept)
      found = within(how === 'allOptional' ? memberships.atLeast(kept) : withAll(gathered, stay, size))
      if (countBits(found) >= relaxBelow) break
    }
    return found
  }

  const order = (found: Found, settings: QuerySettings, options: SearchOptions): Answer[] => {
    const { gathered, slots, scores } = found
    if (options.limit === 0 || scores === null) return []
    const { bits, score, typos } = scores
    const criteria = settings.criteria ?? ['score']
    const firstFine = criteria.findIndex((each) => fine.has(each))
    const coarse = [...criteria.slice(0, firstFine < 0 ? criteria.length : firstFine), 'score']
    const depth = Math.max(refinedDepth, options.limit)
    const equals = equalsBy(options)
    /** Rising places in the order of equals, where the shop has none of its own. */
    const byTies = (places: number[]): number[] => {
      const rising = Float64Array.from(places).sort()
      const keys = rising.map((place, at) => state.tieOf(slots[place]) * mostTies + at).sort()
      return Array.from(keys, (key) => rising[key % mostTies])
    }
    const byScore = (a: number, b: number): number => score[b] - score[a] || equals(slots[a], slots[b])
    const byCriteria = (a: number, b: number): number => {
      for (const each of coarse) {
        if (each === 'typo' && typos[a] !== typos[b]) return typos[a] - typos[b]
        if (each === 'words' && bits[a] !== bits[b] && bitCount(bits[a]) !== bitCount(bits[b])) {
          return bitCount(bits[b]) - bitCount(bits[a])
        }
        if (each === 'score' && score[a] !== score[b]) return score[b] - score[a]
      }
      return equals(slots[a], slots[b])
    }
    const byScoreAlone = criteria.length === 1 && coarse[0] === 'score'
    const top =
      coarse[0] === 'score'
        ? bestScored(score, depth, (level, most) =>
            options.prefer === undefined && level.length < mostTies
              ? byTies(level).slice(0, most)
              : firstOf(level, most, (a, b) => equals(slots[a], slots[b])),
          )
        : firstOf(
            slots.map((_, at) => at),
            depth,
            byCriteria,
          )
    // Those that are refined are put in order then.
    if (coarse[0] === 'score' && top.length > refinedDepth) top.sort(byScore)
    // Of those as good as each other the first in this order goes first.
    const isPlain = byScoreAlone && options.prefer === undefined && depth === refinedDepth
    const looked = isPlain ? byTies(hopeful(score, top, options.limit)) : top
    const answers = looked.map(
      (at): Mutable<Answer> => ({
        slot: slots[at],
        itemId: state.idOf(slots[at]),
        score: score[at],
        words: bitCount(bits[at]),
        exact: 0,
        typos: typos[at],
        proximity: 0,
        attribute: 0,
        position: 0,
      }),
    )
    const refined = answers.slice(0, refinedDepth)
    refine(refined, gathered, settings)
    if (isPlain) {
      const values = new Float64Array(refined.length)
      for (let at = 0; at < values.length; at++) values[at] = refined[at].score
      return Array.from(topK(values, options.limit), (at) => refined[at])
    }
    refined.sort(by(criteria, (a, b) => equals(a.slot, b.slot)))
    return [...refined, ...answers.slice(refinedDepth)].slice(0, options.limit)
  }
  const equalsBy =
    ({ prefer }: SearchOptions): Comparison =>
    (a, b) =>
      (prefer?.(a, b) ?? 0) || state.tieOf(a) - state.tieOf(b) || a - b

  const refine = (answers: readonly Mutable<Answer>[], gathered: Gathered, settings: QuerySettings): void => {
    const { words } = gathered
    exactAttributes = new Set(settings.disableExactOnAttributes.flatMap((name) => state.fields.fieldsOf(name)))
    const asExact = new Set<string>(settings.alternativesAsExact)
    scan.begin(
      words.map(({ alternatives, corrected }) => ({
        alternatives,
        isExact: (each) =>
          each.kind === 'exact' ||
          each === corrected ||
          (each.kind === 'form' && asExact.has('ignorePlurals')) ||
          (each.kind === 'synonym' && asExact.has(each.places.length > 1 ? 'multiWordsSynonym' : 'singleWordSynonym')),
      })),
    )
    const standing: Standing = { proximity: 0, attribute: 0, position: 0, exact: 0 }
    const farthest = 8 * (words.length - 1)
    for (const answer of answers) {
      scan.scan(answer.slot, standing)
      answer.proximity = standing.proximity
      answer.attribute = standing.attribute
      answer.position = standing.position
      answer.exact = standing.exact
      if (words.length === 1) answer.exact = exactAlone(answer, settings)
      const near = farthest === 0 ? 0 : (farthest - answer.proximity) / (farthest - (words.length - 1))
      answer.score *= 1 + nearBonus * near + (exactBonus * answer.exact) / words.length
    }
    scan.end()
  }
  const exactAlone = (answer: Answer, settings: QuerySettings): number => {
    if (settings.exactOnSingleWordQuery === 'none') return 0
    if (settings.exactOnSingleWordQuery === 'word') return answer.exact
    return store.length(answer.slot, answer.attribute) === 1 ? answer.exact : 0
  }

  const everything = (allowed: Bits | null, options: SearchOptions): LexicalAnswer => {
    const live = emptyBits(store.slotCount)
    for (let slot = 0; slot < store.slotCount; slot++) if (state.isLive(slot)) addBit(live, slot)
    const matches = listBits(allowed === null ? live : intersect(live, allowed))
    const answers = firstOf(matches, options.limit, equalsBy(options)).map((slot) => ({
      slot,
      itemId: state.idOf(slot),
      score: 0,
      words: 0,
      exact: 0,
      typos: 0,
      proximity: 0,
      attribute: 0,
      position: 0,
    }))
    const query = { words: [], excluded: [] }
    return { answers, matches, total: matches.length, relaxed: 0, query }
  }

  return {
    lookups: queries.lookups,
    search: (query, options) => {
      const settings: QuerySettings = { ...state.settings(), ...options }
      const understood = understand(query, settings, options)
      const { words, excluded } = understood
      const allowed = answering(excluded, settings, options.allowed)
      if (words.length === 0) return everything(allowed, options)
      const found = find(words, settings, allowed, options.limit)
      const answers = order(found, settings, options)
      return {
        answers,
        matches: found.slots,
        total: found.slots.length,
        relaxed: found.relaxed,
        query: parsed(found.gathered, understood),
      }
    },
    parse: (query, options = {}) => {
      const settings: QuerySettings = { ...state.settings(), ...options }
      const understood = understand(query, settings, options)
      return parsed(gather(understood.words, slipsFor(settings), settings), understood)
    },
  }
}

/** Runs of Chinese with a slip in them, cut again as they were meant. */
function correctUnspaced(units: readonly QueryUnit[], context: PlanContext): QueryUnit[] {
  const { dictionary, size } = context
  const of = (text: string): number => {
    const term = dictionary.find(text)
    return term === undefined ? 0 : context.frequency(term)
  }
  const following = (character: string): string[] =>
    dictionary.withPrefix(character).flatMap((term) => {
      const characters = [...dictionary.text(term)]
      return characters.length === 2 && context.frequency(term) > 0 ? [characters[1]] : []
    })
  const corrected: QueryUnit[] = []
  for (let at = 0; at < units.length; ) {
    let end = at
    while (end < units.length && units[end].kind === 'unspaced') end++
    const run = units.slice(at, end)
    const text = run.map((unit) => unit.text).join('')
    const meant = run.length === 0 ? null : correctRun(text, { frequency: of, following, size })
    corrected.push(...(meant === null ? run : context.cut(meant)))
    if (end < units.length) corrected.push(units[end])
    at = end + 1
  }
  return corrected
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Criteria that need a look at where the words stand. */
const fine: ReadonlySet<Criterion> = new Set<Criterion>(['proximity', 'attribute', 'exact'])

function by(criteria: readonly Criterion[], tie: (a: Answer, b: Answer) => number): (a: Answer, b: Answer) => number {
  const value = (answer: Answer, criterion: Criterion): number => {
    switch (criterion) {
      case 'typo':
        return answer.typos
      case 'words':
        return -answer.words
      case 'proximity':
        return answer.proximity
      case 'attribute':
        return answer.attribute * 1e6 + answer.position
      case 'exact':
        return -answer.exact
      case 'score':
        return -answer.score
    }
  }
  return (a, b) => {
    for (const criterion of criteria) {
      const difference = value(a, criterion) - value(b, criterion)
      if (difference !== 0) return difference
    }
    return tie(a, b)
  }
}

function parsed(gathered: Gathered, { excluded, meant }: Understood): LexicalAnswer['query'] {
  return {
    ...(meant !== undefined && { meant }),
    words: gathered.words.map(({ word, alternatives, idf }) => ({
      text: word.text,
      ...(word.unit.slip !== undefined && { typed: word.unit.slip.typed }),
      required: word.required,
      alternatives,
      idf,
    })),
    excluded: excluded.map(({ text }) => text),
  }
}

/** What was found at some of the places. */
function kept(
  slots: Uint32Array,
  scores: Scores,
  keep: (at: number) => boolean,
): { slots: Uint32Array; scores: Scores } {
  const places = slots.map((_, at) => at).filter(keep)
  return {
    slots: places.map((at) => slots[at]),
    scores: {
      score: Float32Array.from(places, (at) => scores.score[at]),
      typos: Uint16Array.from(places, (at) => scores.typos[at]),
      bits: Uint32Array.from(places, (at) => scores.bits[at]),
    },
  }
}

/** The places of the `depth` best, in no order; of those as good as the last one, those that go first. */
function bestScored(
  score: Float32Array,
  depth: number,
  firstOfEquals: (places: number[], most: number) => number[],
): number[] {
  if (score.length <= depth) return Array.from({ length: score.length }, (_, at) => at)
  const least = score[topK(score, depth)[depth - 1]]
  const [above, level]: number[][] = [[], []]
  for (let at = 0; at < score.length; at++) {
    if (score[at] > least) above.push(at)
    else if (score[at] === least) level.push(at)
  }
  return [...above, ...firstOfEquals(level, depth - above.length)]
}

/** Those that may be among the `limit` best once nearness and exactness are added, which is a quarter at most. */
function hopeful(score: Float32Array, places: number[], limit: number): number[] {
  if (places.length <= limit) return places
  const own = Float64Array.from(places, (at) => score[at])
  const least = own[topK(own, limit)[limit - 1]]
  return places.filter((at) => score[at] * mostBonus >= least)
}

/** Four bits a rank, for every rank that is searched; ranks of attributes that forbid a kind are left out for it. */
function rankMask(state: LexicalState, settings: QuerySettings): RankMask {
  const bitsOf = (attributes: readonly string[]): number => {
    let bits = 0
    for (const field of attributes.flatMap((name) => state.fields.fieldsOf(name)))
      bits |= 15 << (4 * state.fields.rankOf(field))
    return bits >>> 0
  }
  const searched =
    settings.restrictSearchableAttributes === null ? 0xffffffff : bitsOf(settings.restrictSearchableAttributes)
  const noSlips = (searched & ~bitsOf(settings.disableTypoToleranceOnAttributes)) >>> 0
  const noPrefix = (searched & ~bitsOf(settings.disablePrefixOnAttributes)) >>> 0
  return (kind) => (kind === 'typo' || kind === 'pieces' ? noSlips : kind === 'prefix' ? noPrefix : searched)
}
