/**
 * The search of one live shop: its index, what a merchandiser set, and the answers it gives.
 *
 * A replica is a name for the same products in another order: its settings stand over those of its catalogue, whose
 * words, rules and synonyms it shares.
 */
import type { Refusal } from '../domain/consent.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import type { FilterParameters } from '../retrieve/filter.ts'
import { firstOf } from '../retrieve/order.ts'
import { newQueryId } from './expose.ts'
import type { ItemListener } from './live-catalogue.ts'
import { analysisKey, indexOptions } from './lexical-options.ts'
import { pickAttributes } from './present.ts'
import { matching, search, type SearchResult } from './search.ts'
import type { SearchMemory, SearchQuestion, Understood } from './search-ask.ts'
import { type FacetHit, type FacetQuestion, searchFacet } from './search-facet.ts'
import { createSearchIndex, type SearchIndex } from './search-index.ts'
import type { SearchParameters, SearchSettings } from './search-parameters.ts'
import type { Rank, Reorder } from './search-rank.ts'
import { createSearchRelevance, type SearchRelevance } from './search-relevance.ts'
import type { SearchState } from './search-state.ts'

export interface SearchRequest {
  /** The catalogue, or one of its replicas. */
  readonly index: CatalogueId
  readonly parameters: SearchParameters
  readonly userId: UserId | null
  /** Whom the answer is noted to have been shown to; absent: the same. */
  readonly shownTo?: UserId | null
  /** What it must not be used for; absent: nothing. */
  readonly refused?: Refusal
  /** What the key demands besides. */
  readonly restrictions?: readonly FilterParameters[]
}

export interface FacetRequest extends SearchRequest {
  readonly facet: string
  readonly facetQuery: string
  readonly limit?: number
}

export interface SearchAnswer extends SearchResult {
  /** Names the answer in events; `null` where it was not asked for, and nothing is logged. */
  readonly queryId: QueryId | null
  readonly tookMs: number
}

export interface BrowsePlace {
  /** The last id that was seen; `null` at the beginning. */
  readonly after: ItemId | null
  readonly limit: number
}

/** In the order of ids, so that what changes meanwhile neither doubles nor hides the rest. */
export interface BrowsePage {
  readonly hits: readonly Record<string, unknown>[]
  readonly total: number
  /** Where to go on; `null` where this is all. */
  readonly last: ItemId | null
}

export interface ShopSearch {
  readonly index: SearchIndex
  /** Returns the product's number; negative where it has none. */
  readonly follow: (...change: Parameters<ItemListener>) => number
  /** Cut words of earlier, to be taken over before the first product comes and given away again (search-index.ts). */
  readonly words: Pick<SearchIndex, 'adopt' | 'settle' | 'serialise'>
  /** What puts the found in order, and what it has to learn. */
  readonly relevance: SearchRelevance
  /** Takes new settings from the next search on; false where words are cut otherwise now and a new shop is needed. */
  readonly configure: (state: SearchState) => boolean
  /** Settings under that name; `null` where neither catalogue nor replica is called so. */
  readonly settings: (index: string) => SearchSettings | null
  search(request: SearchRequest, nowMs: number): SearchAnswer
  /**
   * The answer it would give with that set, now and once: nothing of it is logged or stays.
   * @throws `bad-request` where words would be cut otherwise, which takes a new index.
   */
  readonly preview: (trial: SearchState, request: SearchRequest, nowMs: number) => SearchResult
  searchFacet(request: FacetRequest, nowMs: number): { hits: readonly FacetHit[]; tookMs: number }
  /** Every product that answers, hidden ones too. */
  matching(request: SearchRequest, nowMs: number): ItemId[]
  browse(request: SearchRequest, from: BrowsePlace, nowMs: number): BrowsePage
}

export interface ShopSearchOptions {
  readonly catalogue: CatalogueId
  readonly state: SearchState
  /** An order in the place of relevance (search-relevance.ts). */
  readonly rank?: Rank
  /** What was learnt about the order of answers. */
  readonly reorder?: Reorder
  /** What was learnt of searches; absent: nothing. */
  readonly understood?: Understood
  /** Told of every answer; one with a `queryId` is logged as shown. */
  readonly onAnswer: (answer: SearchAnswer, request: SearchRequest, nowMs: number) => void
}

const nothingUnderstood: Understood = { instead: () => null, intentOf: () => null, meaningOf: () => null }

export function createShopSearch(options: ShopSearchOptions): ShopSearch {
  const { catalogue, state: first, rank: given, reorder, understood = nothingUnderstood, onAnswer } = options
  const index = createSearchIndex(indexOptions(first.settings, first.synonyms))
  const relevance = createSearchRelevance(index, understood, reorder)
  const rank = given ?? relevance.rank
  let state = first

  const settingsOf = (name: string): SearchSettings | null =>
    name === catalogue ? state.settings : (state.replicas.get(name) ?? null)
  const memory = (name: string, nowMs: number): SearchMemory => {
    const settings = settingsOf(name)
    if (settings === null) throw new HaggleError('not-found', `Index ${name} does not exist.`)
    return { index, settings, rules: state.rules, rank, instead: understood.instead, nowMs }
  }
  const question = ({ parameters, userId, restrictions = [] }: SearchRequest): SearchQuestion => ({
    parameters,
    userId,
    restrictions,
  })

  const ids = (request: SearchRequest, nowMs: number): ItemId[] => {
    const found = matching(memory(request.index, nowMs), question(request), 'hidden too')
    return Array.from(found, (slot) => index.item(slot).id)
  }

  return {
    index,
    words: index,
    relevance,
    follow: (itemId, item) => {
      const before = index.lexical.slotOf(itemId)
      index.follow(itemId, item)
      const slot = index.lexical.slotOf(itemId) ?? before ?? -1
      relevance.refresh(slot)
      return slot
    },
    configure: (next) => {
      if (analysisKey(next.settings, next.synonyms) !== analysisKey(state.settings, state.synonyms)) return false
      state = next
      index.lexical.configure(indexOptions(next.settings, next.synonyms))
      return true
    },
    settings: settingsOf,
    search: (request, nowMs) => {
      const startMs = performance.now()
      const result = search(memory(request.index, nowMs), question(request))
      const queryId = request.parameters.clickAnalytics === true ? newQueryId() : null
      const answer = { ...result, queryId, tookMs: performance.now() - startMs }
      onAnswer(answer, request, nowMs)
      return answer
    },
    preview: (trial, request, nowMs) => {
      const published = state
      if (analysisKey(trial.settings, trial.synonyms) !== analysisKey(published.settings, published.synonyms)) {
        throw new HaggleError(
          'bad-request',
          'A preview keeps to how words are read now: placeholders, searchable attributes and languages show once saved.',
        )
      }
      const stand = (next: SearchState): void => {
        state = next
        index.lexical.configure(indexOptions(next.settings, next.synonyms))
      }
      // In one go: no other search comes in between.
      stand(trial)
      try {
        return search(memory(request.index, nowMs), question(request))
      } finally {
        stand(published)
      }
    },
    searchFacet: (request, nowMs) => {
      const startMs = performance.now()
      const asked: FacetQuestion = { ...question(request), ...request, restrictions: request.restrictions ?? [] }
      const hits = searchFacet(memory(request.index, nowMs), asked)
      return { hits, tookMs: performance.now() - startMs }
    },
    matching: ids,
    browse: (request, { after, limit }, nowMs) => {
      const all = ids(request, nowMs)
      const rest = after === null ? all : all.filter((id) => id > after)
      const picked = firstOf(
        Array.from(rest, (_, at) => at),
        limit,
        (a, b) => (rest[a] < rest[b] ? -1 : 1),
      )
      const { attributesToRetrieve, unretrievableAttributes = [] } = {
        ...settingsOf(request.index),
        ...request.parameters,
      }
      const hits = picked.map((at) => {
        const { record } = index.item(index.lexical.slotOf(rest[at]) as number)
        return { ...pickAttributes(record, attributesToRetrieve, unretrievableAttributes), objectID: record.objectID }
      })
      return { hits, total: all.length, last: picked.length < rest.length ? rest[picked[picked.length - 1]] : null }
    },
  }
}
