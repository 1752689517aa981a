/**
 * Makes one answer to a search: rules, words and filters, order, one of a kind, pins, facets, the page, its looks.
 *
 * Everything happens in one go in memory. The order of hits: the index's own sorting (`ranking` that begins with asc or
 * desc), geographical distance, optional filters, relevance (search-rank.ts), the shop's order among equals
 * (`customRanking`; relevances within a twentieth of the best one are equal then), arrival.
 */
import type { Textual } from '../domain/exposure.ts'
import type { Item, Json } from '../domain/item.ts'
import type { Columns } from '../retrieve/columns.ts'
import { intersect, listBits } from '../retrieve/bits.ts'
import { countFacet, countValues, type FacetStats, facetStats } from '../retrieve/facets.ts'
import { type FilterParameters, readFilter } from '../retrieve/filter.ts'
import { readGeo } from '../retrieve/geo.ts'
import { applyRules, type RuledSearch } from './apply-rules.ts'
import { facetsOf } from './facet-settings.ts'
import type { Match } from './match.ts'
import { queryOptions } from './lexical-options.ts'
import { answersNeeded, orderHits, shopOrder } from './order-hits.ts'
import { createPresenter } from './present.ts'
import { matchWithAlternative } from './search-alternative.ts'
import type { Effective, Placed, SearchMemory, SearchQuestion } from './search-ask.ts'
import type { SearchParameters } from './search-parameters.ts'

export interface SearchResult {
  readonly hits: readonly Record<string, unknown>[]
  readonly shown: readonly { readonly item: Item; readonly score: number; readonly textual: Textual | null }[]
  readonly nbHits: number
  readonly page: number
  readonly nbPages: number
  readonly hitsPerPage: number
  /** Set where the page was asked for so. */
  readonly offset?: number
  readonly length?: number
  readonly facets?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly facetsStats?: Readonly<Record<string, FacetStats>>
  readonly query: string
  readonly queryAfterRemoval?: string
  /** What shoppers mostly type instead, where that was looked for too, and how many products it finds. */
  readonly alternative?: { readonly query: string; readonly total: number }
  /** What the answer should hold; all where absent. */
  readonly responseFields?: readonly string[]
  readonly renderingContent: { readonly [key: string]: Json }
  readonly userData: readonly Json[]
  readonly appliedRules: readonly string[]
  readonly automaticRadiusM: number | null
}

const defaultHitsPerPage = 20
const defaultPaginationLimit = 1_000

export function search(memory: SearchMemory, question: SearchQuestion): SearchResult {
  const ruled = ruledSearch(memory, question)
  const effective: Effective = { ...memory.settings, ...ruled.parameters }
  const window = pageWindow(effective)
  const { start, length } = window
  const end = start + length
  const needed = answersNeeded(effective, ruled, start, end)
  const found = find(memory, question, ruled, effective, needed)
  const ordered = orderHits({ memory, question, effective, ruled, found, needed, start, end })
  const counted = facets(memory.index.columns, effective, ordered.kept, found)
  const reachable = Math.min(ordered.total, effective.paginationLimitedTo ?? defaultPaginationLimit)
  return {
    hits: present(memory, effective, found, ordered.hits),
    shown: ordered.hits.map(({ slot, score, textual }) => ({ item: memory.index.item(slot), score, textual })),
    nbHits: ordered.total,
    page: window.page,
    nbPages: window.hitsPerPage === 0 ? 0 : Math.ceil(reachable / window.hitsPerPage),
    hitsPerPage: window.hitsPerPage,
    ...(window.asked ? { offset: start, length } : {}),
    ...counted,
    query: question.parameters.query ?? '',
    ...(ruled.parameters.query === (question.parameters.query ?? '')
      ? {}
      : { queryAfterRemoval: ruled.parameters.query }),
    ...alternativeOf(found),
    ...(effective.responseFields === undefined ? {} : { responseFields: effective.responseFields }),
    renderingContent: { ...memory.settings.renderingContent, ...ruled.renderingContent },
    userData: ruled.userData,
    appliedRules: ruled.applied,
    automaticRadiusM: found.automaticRadiusM,
  }
}

/** Every product that answers, in no order: for facet search, deletion and counting. */
export function matching(memory: SearchMemory, question: SearchQuestion, who?: 'hidden too'): ArrayLike<number> {
  const plain = who === 'hidden too' // what admin scripts ask means what it says
  const asked = { ...memory, instead: () => null }
  const ruled = ruledSearch(plain ? { ...asked, rules: [] } : asked, question)
  return find(asked, question, ruled, { ...memory.settings, ...ruled.parameters }, 0, plain).slots
}

function ruledSearch({ index, ...memory }: SearchMemory, { parameters, restrictions }: SearchQuestion): RuledSearch {
  const enabled = parameters.enableRules ?? memory.settings.enableRules ?? true
  const demanded = restrictions.map(readFilter)
  return applyRules(enabled ? memory.rules : [], {
    parameters,
    nowMs: memory.nowMs,
    facetValues: (attribute) => {
      if (demanded.length === 0) return index.columns.texts(attribute).values
      const visible = index.visible()
      for (const { shape } of demanded) intersect(visible, index.conditions.of(shape))
      const { values, counts } = countValues(index.columns, attribute, listBits(visible))
      return values.filter((_, code) => counts[code] > 0)
    },
    isThere: (id) => {
      const slot = index.lexical.slotOf(id as never)
      return slot === undefined || demanded.every(({ test }) => test(index.item(slot).record))
    },
  })
}

function find(
  memory: SearchMemory,
  question: SearchQuestion,
  ruled: RuledSearch,
  effective: Effective,
  limit: number,
  hiddenToo = false,
): Match {
  const { index } = memory
  const slotOf = (id: string) => index.lexical.slotOf(id as never) ?? []
  return matchWithAlternative(memory, effective, {
    index,
    hiddenToo,
    query: effective.query ?? '',
    options: queryOptions(effective),
    prefer: shopOrder(memory.index.columns, effective),
    restrictions: [filtersOf(ruled.parameters), ...ruled.restrictions],
    demanded: question.restrictions,
    geo: readGeo(effective),
    hidden: ruled.hidden.flatMap(slotOf),
    added: [...ruled.promoted.values()].filter((id) => !ruled.hidden.includes(id)).flatMap(slotOf),
    filterAdded: ruled.filterPromotes,
    limit,
  })
}

function filtersOf({ filters, facetFilters, numericFilters, tagFilters }: SearchParameters): FilterParameters {
  return { filters, facetFilters, numericFilters, tagFilters }
}

function alternativeOf({ alternative }: Match): Pick<SearchResult, 'alternative'> {
  if (alternative === undefined) return {}
  const { query, total } = alternative
  return { alternative: { query, total } }
}

function pageWindow({ page = 0, hitsPerPage = defaultHitsPerPage, offset, length, ...others }: Effective) {
  const limit = others.paginationLimitedTo ?? defaultPaginationLimit
  const asked = offset !== undefined || length !== undefined
  const start = asked ? (offset ?? 0) : page * hitsPerPage
  const wanted = asked ? (length ?? hitsPerPage) : hitsPerPage
  return { page, hitsPerPage, asked, start, length: Math.max(0, Math.min(wanted, limit - start)) }
}

function facets(columns: Columns, effective: Effective, kept: ArrayLike<number>, found: Match) {
  const wanted = facetsOf(effective)
  if (wanted.length === 0) return effective.facets === undefined ? {} : { facets: {} }
  const counts = Object.create(null) as Record<string, Record<string, number>>
  const stats = Object.create(null) as Record<string, FacetStats>
  for (const { attribute, afterDistinct } of wanted) {
    const slots = afterDistinct || effective.facetingAfterDistinct === true ? kept : found.slots
    const options = { limit: effective.maxValuesPerFacet ?? 100, sortBy: effective.sortFacetValuesBy ?? 'count' }
    const values = countFacet(columns, attribute, slots, options)
    if (values.length > 0) {
      // Without a prototype from the start: as a plain object, each of a hundred prices would change its hidden class.
      const own = Object.create(null) as Record<string, number>
      for (const { value, count } of values) own[value] = count
      counts[attribute] = own
    }
    const stat = facetStats(columns, attribute, slots)
    if (stat !== undefined) stats[attribute] = stat
  }
  return { facets: counts, ...(Object.keys(stats).length === 0 ? {} : { facetsStats: stats }) }
}

function present(memory: SearchMemory, effective: Effective, found: Match, hits: readonly Placed[]) {
  const { lexical, item } = memory.index
  const presenterOf = (parsed: Match['parsed']) =>
    createPresenter(effective, lexical.highlighter(parsed ?? { words: [], excluded: [] }))
  const own = presenterOf(found.parsed)
  const other = found.alternative === undefined ? own : presenterOf(found.alternative.parsed)
  const ofOther = alternativeSlots(found)
  return hits.map((placed) => {
    const hit = (ofOther.has(placed.slot) ? other : own).present(item(placed.slot).record)
    if (effective.getRankingInfo === true) hit._rankingInfo = rankingInfo(placed, found)
    return hit
  })
}

function alternativeSlots({ alternative, answers }: Match): ReadonlySet<number> {
  if (alternative === undefined || answers === null) return new Set()
  return new Set(answers.slice(alternative.from, alternative.until).map(({ slot }) => slot))
}

function rankingInfo({ slot, score, promoted, answer, preference }: Placed, { distances }: Match) {
  return {
    nbTypos: answer?.typos ?? 0,
    firstMatchedWord: answer === null ? 0 : answer.attribute * 1_000 + answer.position,
    proximityDistance: answer?.proximity ?? 0,
    userScore: score,
    geoDistance: Math.round(distances?.get(slot) ?? 0),
    geoPrecision: 1,
    nbExactWords: answer?.exact ?? 0,
    words: answer?.words ?? 0,
    filters: preference,
    promoted,
  }
}
