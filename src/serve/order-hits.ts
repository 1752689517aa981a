/**
 * The order of what was found, one of a kind, and the pins: as many places as the page needs, without sorting the rest.
 */
import type { Textual } from '../domain/exposure.ts'
import type { Answer, Criterion } from '../retrieve/lexical.ts'
import type { Columns } from '../retrieve/columns.ts'
import { type Comparison, compareBy, firstOf, inTurn, readSortKey, type SortKey } from '../retrieve/order.ts'
import { readPreferences } from '../retrieve/filter.ts'
import { hasBit } from '../retrieve/bits.ts'
import { readGeo } from '../retrieve/geo.ts'
import { ranked as mostRanked } from '../retrieve/textual-order.ts'
import type { RuledSearch } from './apply-rules.ts'
import { criteriaOf } from './lexical-options.ts'
import type { Match } from './match.ts'
import { rankWithAlternative } from './search-alternative.ts'
import type { RankAsk } from './search-rank.ts'
import type { Effective, Placed, SearchMemory, SearchQuestion } from './search-ask.ts'

export interface OrderAsk {
  readonly memory: SearchMemory
  readonly question: SearchQuestion
  readonly effective: Effective
  readonly ruled: RuledSearch
  readonly found: Match
  /** How many answers were asked for (`answersNeeded`). */
  readonly needed: number
  /** The first place that is wanted, and the one behind the last. */
  readonly start: number
  readonly end: number
}

export interface Ordered {
  /** What stands in the wanted places, best first. */
  readonly hits: readonly Placed[]
  /** How many places there are in all; with `distinct` a kind has one place. */
  readonly total: number
  /** Slots that have a place of their own: those left after `distinct`. */
  readonly kept: ArrayLike<number>
}

/** Of pages that reach beyond the ranked answers, so many are known at least. */
const beyondRanked = 300
/** Relevances nearer to each other than this share of the best are equal, where the shop has an order of its own. */
const tier = 1 / 20

/**
 * How many answers must be known with their reasons: all of them where something but relevance decides, none where a
 * page of none is wanted, as by those who count for other filters than the page has.
 */
export function answersNeeded(effective: Effective, ruled: RuledSearch, start: number, end: number): number {
  const { sortKeys, custom } = sortKeysOf(effective)
  const { aroundLatLng, optionalFilters, attributeForDistinct, distinct, relevancyStrictness } = effective
  const others = [aroundLatLng, optionalFilters, relevancyStrictness, attributeForDistinct !== undefined && distinct]
  const all = sortKeys.length + custom.length + ruled.preferences.length > 0 || others.some(Boolean)
  if (all) return Infinity
  if (start === end) return 0
  // What is pinned takes places of others.
  const withinRanked = criteriaOf(effective) === null && end + ruled.promoted.size <= mostRanked
  return withinRanked ? mostRanked : Math.max(end, beyondRanked)
}

export function orderHits(ask: OrderAsk): Ordered {
  const { memory, effective, found, needed, start, end } = ask
  if (needed === 0) return { hits: [], total: found.slots.length, kept: found.slots }
  const candidates = found.answers?.map(({ slot }) => slot) ?? found.slots
  const relevance = relevanceOf(ask, candidates)
  const preference = preferenceOf(ask)
  const compare = comparison(ask, relevance, preference)
  const pins = pinned(ask)
  const pinnedSlots = new Set(pins.values())
  const relevant = withoutIrrelevant(candidates, relevance, effective)
  const free = pins.size === 0 ? relevant : Array.from(relevant).filter((slot) => !pinnedSlots.has(slot))
  const groups = oneOfAKind(memory, effective, free, compare)
  const places = firstOf(groups.leaders, end, compare)
  for (const [position, slot] of [...pins].sort(([a], [b]) => a - b)) places.splice(position, 0, slot)
  const shown = places.slice(start, end).flatMap((slot) => (pinnedSlots.has(slot) ? [slot] : groups.membersOf(slot)))
  const answers = answersOf(found.answers ?? [], new Set(shown))
  const hits = shown.map(
    (slot): Placed => ({
      slot,
      score: relevance.get(slot),
      textual: relevance.textual(slot),
      promoted: pinnedSlots.has(slot),
      answer: answers.get(slot) ?? null,
      preference: preference?.(slot) ?? 0,
    }),
  )
  // Where not all candidates were looked at, nothing but relevance decides, and everything found has a place.
  const partial = Number.isFinite(needed) && found.answers !== null
  if (partial || (pins.size === 0 && groups.leaders === found.slots)) {
    return { hits, total: found.slots.length, kept: found.slots }
  }
  const kept = pins.size === 0 ? groups.leaders : [...Array.from(groups.leaders), ...pinnedSlots]
  return { hits, total: groups.leaders.length + pins.size, kept }
}

function answersOf(answers: readonly Answer[], wanted: ReadonlySet<number>): Map<number, Answer> {
  return new Map(answers.filter(({ slot }) => wanted.has(slot)).map((answer) => [answer.slot, answer]))
}

interface Relevance {
  readonly get: (slot: number) => number
  /** `null` where the words were not looked at closely. */
  readonly textual: (slot: number) => Textual | null
  readonly best: number
  /** False where all are alike. */
  readonly tells: boolean
}

function relevanceOf({ memory, question, effective, found }: OrderAsk, slots: ArrayLike<number>): Relevance {
  if (criteriaOf(effective) !== null && found.answers !== null) {
    // The index has put them in the shop's own order, equals in that of `customRanking`.
    const count = found.answers.length
    const bySlot = new Map(found.answers.map(({ slot }, at) => [slot, count - at]))
    return { get: (slot) => bySlot.get(slot) ?? 0, textual: () => null, best: count, tells: true }
  }
  const personal = effective.enablePersonalization === true
  const asked: RankAsk = {
    query: effective.query ?? '',
    parsed: found.parsed,
    slots,
    answers: found.answers,
    item: memory.index.item,
    userId: personal ? question.userId : null,
    impact: (effective.personalizationImpact ?? 100) / 100,
    nowMs: memory.nowMs,
  }
  const ranked = rankWithAlternative(memory.rank, asked, found)
  if (ranked === null) return { get: () => 0, textual: () => null, best: 0, tells: false }
  const relevance = valuesBySlot(slots.length, memory.index.columns.size)
  const textual = new Map<number, Textual>()
  let best = 0
  for (let at = 0; at < slots.length; at++) {
    const fit = ranked.textual[at]
    if (fit !== null) textual.set(slots[at], fit)
    relevance.set(slots[at], ranked.relevance[at])
    best = Math.max(best, ranked.relevance[at])
  }
  return { get: relevance.get, textual: (slot) => textual.get(slot) ?? null, best, tells: true }
}

/** Numbers by slot, 0 for all others; a table of all slots only where many have one. */
function valuesBySlot(count: number, size: number) {
  if (count < size / 16) {
    const values = new Map<number, number>()
    return {
      set: (slot: number, value: number) => values.set(slot, value),
      get: (slot: number) => values.get(slot) ?? 0,
    }
  }
  const values = new Float64Array(size)
  return { set: (slot: number, value: number) => (values[slot] = value), get: (slot: number) => values[slot] }
}

/** `relevancyStrictness` s keeps what is at least s/200 as relevant as the best; 0 keeps everything. */
function withoutIrrelevant(slots: ArrayLike<number>, { get, best, tells }: Relevance, effective: Effective) {
  const least = (best * (effective.relevancyStrictness ?? 0)) / 200
  if (!tells || least <= 0) return slots
  return Array.from(slots).filter((slot) => get(slot) >= least)
}

function preferenceOf({ memory, effective, ruled }: OrderAsk): ((slot: number) => number) | null {
  const asked = { optionalFilters: effective.optionalFilters }
  const groups = [asked, ...ruled.preferences].flatMap(readPreferences)
  if (groups.length === 0) return null
  const met = groups.map((group) =>
    group.map(({ shape, score }) => ({ bits: memory.index.conditions.of(shape).slice(), score })),
  )
  const adds = effective.sumOrFiltersScores === true
  return (slot) => {
    let sum = 0
    for (const group of met) {
      let own = 0
      for (const { bits, score } of group) if (hasBit(bits, slot)) own = adds ? own + score : Math.max(own, score)
      sum += own
    }
    return sum
  }
}

function comparison(ask: OrderAsk, relevance: Relevance, preference: ((slot: number) => number) | null): Comparison {
  const { memory, effective, found } = ask
  const { columns } = memory.index
  const { sortKeys, custom } = sortKeysOf(effective)
  const by = (key: SortKey) => compareBy(columns, key)
  const comparisons: Comparison[] = sortKeys.map(by)
  if (found.distances !== null) comparisons.push(byDistance(found.distances, effective))
  if (preference !== null) comparisons.push((a, b) => preference(b) - preference(a))
  const ownCriteria = criteriaOf(effective) !== null && found.answers !== null
  if (relevance.tells && custom.length > 0 && !ownCriteria) {
    const step = relevance.best * tier || 1
    // Counted from the best, which else would stand alone at the top of its step.
    const below = (slot: number) => Math.floor((relevance.best - relevance.get(slot)) / step)
    comparisons.push((a, b) => below(a) - below(b))
  }
  if (!ownCriteria) comparisons.push(...custom.map(by))
  if (relevance.tells) comparisons.push((a, b) => relevance.get(b) - relevance.get(a))
  return comparisons.length === 0 ? () => 0 : inTurn(comparisons)
}

const criteria: ReadonlySet<string> = new Set<Criterion | 'geo' | 'filters' | 'custom'>([
  'typo',
  'geo',
  'words',
  'filters',
  'proximity',
  'attribute',
  'exact',
  'custom',
])

/** `ranking` may begin with asc(…) and desc(…): those sort; `customRanking` decides among equals. */
export function sortKeysOf({ ranking = [], customRanking = [] }: Effective): {
  readonly sortKeys: readonly SortKey[]
  readonly custom: readonly SortKey[]
} {
  return {
    sortKeys: ranking.flatMap((text, at) => (criteria.has(text) ? [] : [readSortKey(text, `ranking[${at}]`)])),
    custom: customRanking.map((text, at) => readSortKey(text, `customRanking[${at}]`)),
  }
}

/** The order of `customRanking` alone; `undefined` where the shop has none. */
export function shopOrder(columns: Columns, effective: Effective): Comparison | undefined {
  const { custom } = sortKeysOf(effective)
  return custom.length === 0 ? undefined : inTurn(custom.map((key) => compareBy(columns, key)))
}

function byDistance(distances: ReadonlyMap<number, number>, effective: Effective): Comparison {
  const step = readGeo(effective)?.step ?? ((distance: number) => distance)
  const of = (slot: number) => {
    const distance = distances.get(slot)
    return distance === undefined ? Infinity : step(distance)
  }
  return (a, b) => {
    const [left, right] = [of(a), of(b)]
    return left === right ? 0 : left - right
  }
}

/** Slots by place. */
function pinned({ memory, ruled, found }: OrderAsk): Map<number, number> {
  const pins = new Map<number, number>()
  if (ruled.promoted.size === 0) return pins
  const present = new Set(Array.from(found.slots))
  for (const [place, id] of ruled.promoted) {
    const slot = memory.index.lexical.slotOf(id as never)
    if (slot !== undefined && present.has(slot)) pins.set(place, slot)
  }
  return pins
}

interface Groups {
  /** The best of each kind, in no order. */
  readonly leaders: ArrayLike<number>
  /** The best `distinct` of the leader's kind, best first. */
  membersOf(leader: number): readonly number[]
}

function oneOfAKind(memory: SearchMemory, effective: Effective, slots: ArrayLike<number>, compare: Comparison): Groups {
  const { attributeForDistinct, distinct = false } = effective
  const most = Number(distinct)
  if (attributeForDistinct === undefined || most === 0) return { leaders: slots, membersOf: (slot) => [slot] }
  const { codes, list } = memory.index.columns.texts(attributeForDistinct)
  const kindOf = (slot: number): number => {
    const code = slot < codes.length ? codes[slot] : -1
    return code < -1 ? list(code)[0] : code
  }
  const best = new Map<number, number>()
  /** Every slot of a kind, as they stood; only where more than the best one is shown. */
  const members = new Map<number, number[]>()
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at]
    const kind = kindOf(slot)
    if (kind < 0) continue
    const known = best.get(kind)
    // Among equals the earlier one stays.
    if (known === undefined || compare(slot, known) < 0) best.set(kind, slot)
    if (most === 1) continue
    const own = members.get(kind)
    if (own === undefined) members.set(kind, [slot])
    else own.push(slot)
  }
  const leads = (slot: number): boolean => {
    const kind = kindOf(slot)
    return kind < 0 || best.get(kind) === slot
  }
  return {
    // In the order they stood, so that among equals the earlier one goes first.
    leaders: Array.from(slots).filter(leads),
    membersOf: (leader) => {
      const own = members.get(kindOf(leader))
      return own === undefined ? [leader] : firstOf(own, most, compare)
    },
  }
}
