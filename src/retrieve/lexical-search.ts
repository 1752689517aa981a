/**
 * Answers a query: what it means, who has the words, and in which order.
 *
 * The ladder: (0) the words as typed, slips forgiven where a word is unknown; (1) where too few have them all, slips
 * everywhere; (2) where still too few, fewer words. Order is by score, the first 512 refined by nearness and exactness,
 * or by the shop's own list of criteria; equals stand in the shop's order, then in one no id shows in.
 */
import { topK } from '../kernels/top-k.ts'
import { addBit, emptyBits, listBits } from './bits.ts'
import type { Alternative, Answer, Criterion, LexicalAnswer, QuerySettings, SearchOptions } from './lexical.ts'
import { createGatherer, slipsFor, type Gathered, type RankMask, type Slips, requiredBits } from './lexical-gather.ts'
import type { LexicalState } from './lexical-state.ts'
import { bitCount, createNearnessScan, type Standing } from './nearness.ts'
import { type Comparison, firstOf } from './order.ts'
import { type PlanContext, type PlannedWord, planQuery } from './query-plan.ts'
import { cutQuery, type QueryUnit } from './query-units.ts'
import { correctRun } from './unspaced-correction.ts'

/** Answers whose words are looked at where they stand. */
const refinedDepth = 512
/** Answers that are wanted where a word had to be guessed. */
const firstPage = 10
const nearBonus = 0.15
const exactBonus = 0.1

interface Found {
  readonly gathered: Gathered
  readonly slots: readonly number[]
  readonly relaxed: 0 | 1 | 2
}

export interface LexicalSearch {
  search(query: string, options: SearchOptions): LexicalAnswer
  parse(query: string, options?: Partial<QuerySettings>): LexicalAnswer['query']
}

export function createLexicalSearch(state: LexicalState): LexicalSearch {
  const { store } = state
  const gatherer = createGatherer(store)
  let exactAttributes: ReadonlySet<number> = new Set()
  const scan = createNearnessScan(store, {
    unordered: (field) => state.fields.unordered(field),
    exactCounts: (field) => !exactAttributes.has(field),
  })

  const understand = (query: string, settings: QuerySettings): { words: PlannedWord[]; excluded: QueryUnit[] } => {
    const features = settings.advancedSyntax ? settings.advancedSyntaxFeatures : []
    const { units, excluded } = cutQuery(query, state.analysis(), {
      phrases: features.includes('exactPhrase'),
      exclusion: features.includes('excludeWords'),
    })
    const context = state.planContext(settings)
    const meant = settings.typoTolerance === false ? units : correctUnspaced(units, context)
    return { words: planQuery(meant, settings, context), excluded }
  }

  const gather = (words: readonly PlannedWord[], slips: Slips, settings: QuerySettings): Gathered =>
    gatherer.gather(words, slips, rankMask(state, settings), state.size)

  /** Slots that must not answer. */
  const excludedSlots = (excluded: readonly QueryUnit[], settings: QuerySettings): Set<number> => {
    const slots = new Set<number>()
    for (const unit of excluded) {
      const [word] = planQuery(
        [unit],
        { ...settings, queryType: 'prefixNone', synonyms: false },
        state.planContext(settings),
      )
      for (const alternative of word.asTyped) eachSlot(alternative, (slot) => slots.add(slot))
    }
    return slots
  }
  const eachSlot = (alternative: Alternative, visit: (slot: number) => void): void => {
    if (alternative.places.length > 1) return gatherer.sequence(alternative, 0xffffffff, visit)
    for (const term of alternative.places[0]) {
      const { postings } = store
      for (let at = 0; at < postings.length(term); at++) visit(postings.arena()[postings.offset(term) + 2 * at])
    }
  }

  const find = (words: readonly PlannedWord[], settings: QuerySettings, accept: (slot: number) => boolean): Found => {
    const required = requiredBits(words)
    const all = (bits: number): boolean => (bits & required) === required
    const wanted = settings.matching === 'any' ? () => true : all
    const slips = slipsFor(settings)
    let gathered = gather(words, slips, settings)
    let slots = passing(gathered, wanted, accept)
    let relaxed: 0 | 1 | 2 = 0
    if (slips === 'unknown' && slots.length < settings.typosBelow) {
      gathered = gather(words, 'commoner', settings)
      const more = passing(gathered, wanted, accept)
      if (more.length > slots.length) relaxed = 1
      slots = more
    }
    // A guess may be wrong: what lacks one word fills the first page.
    const ladder = settings.removeWordsIfNoResults === 'allOptional'
    const least = gathered.guessed && ladder ? Math.max(settings.relaxBelow, firstPage) : settings.relaxBelow
    if (slots.length < least && settings.matching === 'all') {
      const fewer = relax(gathered, required, { ...settings, relaxBelow: least }, accept)
      if (fewer.length > slots.length) [slots, relaxed] = [fewer, 2]
    }
    gatherer.score(gathered, slots)
    if (settings.typoTolerance === 'min' || settings.typoTolerance === 'strict') {
      const spare = settings.typoTolerance === 'strict' ? 1 : 0
      const fewest = slots.reduce((least, slot) => Math.min(least, gathered.typos[slot]), Infinity)
      slots = slots.filter((slot) => gathered.typos[slot] <= fewest + spare)
    }
    return { gathered, slots, relaxed }
  }

  const relax = (
    gathered: Gathered,
    required: number,
    { removeWordsIfNoResults: how, relaxBelow }: QuerySettings,
    accept: (slot: number) => boolean,
  ): number[] => {
    if (how === 'none') return []
    const indices = gathered.words.flatMap((_, index) => ((required & (1 << index)) !== 0 ? [index] : []))
    const counts = countByBits(gathered, accept)
    let passes: ((bits: number) => boolean) | null = null
    for (let kept = indices.length - 1, found = 0; kept > 0 && found < relaxBelow; kept--) {
      const stay = how === 'lastWords' ? indices.slice(0, kept) : indices.slice(-kept)
      const all = stay.reduce((sum, index) => sum | (1 << index), 0)
      const most = kept
      passes = how === 'allOptional' ? (bits) => bitCount(bits & required) >= most : (bits) => (bits & all) === all
      found = 0
      for (const [bits, count] of counts) if (passes(bits)) found += count
    }
    return passes === null ? [] : passing(gathered, passes, accept)
  }

  const order = (found: Found, settings: QuerySettings, options: SearchOptions): Answer[] => {
    if (options.limit === 0) return []
    const { gathered } = found
    const { bits, score, typos } = gathered
    const criteria = settings.criteria ?? ['score']
    const firstFine = criteria.findIndex((each) => fine.has(each))
    const coarse = [...criteria.slice(0, firstFine < 0 ? criteria.length : firstFine), 'score']
    const depth = Math.max(refinedDepth, options.limit)
    const equals = equalsBy(options)
    const byScore = (a: number, b: number): number => score[b] - score[a] || equals(a, b)
    const byCriteria = (a: number, b: number): number => {
      for (const each of coarse) {
        if (each === 'typo' && typos[a] !== typos[b]) return typos[a] - typos[b]
        if (each === 'words' && bits[a] !== bits[b] && bitCount(bits[a]) !== bitCount(bits[b])) {
          return bitCount(bits[b]) - bitCount(bits[a])
        }
        if (each === 'score' && score[a] !== score[b]) return score[b] - score[a]
      }
      return equals(a, b)
    }
    const top =
      coarse[0] === 'score'
        ? firstOf(bestScored(found.slots, score, depth), depth, byScore)
        : firstOf(found.slots, depth, byCriteria)
    const answers = top.map(
      (slot): Mutable<Answer> => ({
        slot,
        itemId: state.idOf(slot),
        score: score[slot],
        bm25: gathered.bm25[slot],
        words: bitCount(bits[slot]),
        exact: 0,
        typos: typos[slot],
        proximity: 0,
        attribute: 0,
        position: 0,
      }),
    )
    const refined = answers.slice(0, refinedDepth)
    refine(refined, gathered, settings)
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
      Object.assign(answer, standing)
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

  const everything = (accept: (slot: number) => boolean, options: SearchOptions): LexicalAnswer => {
    const matches: number[] = []
    for (let slot = 0; slot < store.slotCount; slot++) if (state.isLive(slot) && accept(slot)) matches.push(slot)
    const answers = firstOf(matches, options.limit, equalsBy(options)).map((slot) => ({
      slot,
      itemId: state.idOf(slot),
      score: 0,
      bm25: 0,
      words: 0,
      exact: 0,
      typos: 0,
      proximity: 0,
      attribute: 0,
      position: 0,
    }))
    const query = { words: [], excluded: [] }
    return { answers, matches: Uint32Array.from(matches), total: matches.length, relaxed: 0, query }
  }

  return {
    search: (query, options) => {
      const settings: QuerySettings = { ...state.settings(), ...options }
      const { words, excluded } = understand(query, settings)
      const barred = excludedSlots(excluded, settings)
      const accept = (slot: number): boolean =>
        !(barred.size > 0 && barred.has(slot)) && (options.accept === undefined || options.accept(slot))
      if (words.length === 0) return everything(accept, options)
      const found = find(words, settings, accept)
      const answers = order(found, settings, options)
      const matches = rising(found.slots, store.slotCount)
      return {
        answers,
        matches,
        total: matches.length,
        relaxed: found.relaxed,
        query: parsed(found.gathered, excluded),
      }
    },
    parse: (query, options = {}) => {
      const settings: QuerySettings = { ...state.settings(), ...options }
      const { words, excluded } = understand(query, settings)
      return parsed(gather(words, slipsFor(settings), settings), excluded)
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

function parsed(gathered: Gathered, excluded: readonly QueryUnit[]): LexicalAnswer['query'] {
  return {
    words: gathered.words.map(({ word, alternatives, idf }) => ({
      text: word.text,
      required: word.required,
      alternatives,
      idf,
    })),
    excluded: excluded.map(({ text }) => text),
  }
}

function passing(gathered: Gathered, passes: (bits: number) => boolean, accept: (slot: number) => boolean): number[] {
  const { slots, count, bits } = gathered
  const found: number[] = []
  for (let at = 0; at < count; at++) {
    const slot = slots[at]
    if (passes(bits[slot]) && accept(slot)) found.push(slot)
  }
  return found
}

/** How many acceptable products have just these words, by bits of the words. */
function countByBits({ slots, count, bits }: Gathered, accept: (slot: number) => boolean): Map<number, number> {
  const counts = new Map<number, number>()
  for (let at = 0; at < count; at++) {
    const slot = slots[at]
    if (accept(slot)) counts.set(bits[slot], (counts.get(bits[slot]) ?? 0) + 1)
  }
  return counts
}

/** The slots with the `depth` highest scores, and those that equal the last of them. */
function bestScored(slots: readonly number[], score: Float32Array, depth: number): readonly number[] {
  if (slots.length <= 2 * depth) return slots
  const own = new Float32Array(slots.length)
  for (let at = 0; at < slots.length; at++) own[at] = score[slots[at]]
  const least = own[topK(own, depth)[depth - 1]]
  return slots.filter((slot) => score[slot] >= least)
}

/** In rising order. */
function rising(slots: readonly number[], size: number): Uint32Array {
  const bits = emptyBits(size)
  for (const slot of slots) addBit(bits, slot)
  return listBits(bits)
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
