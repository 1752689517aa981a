/**
 * Searches offered while a shopper types, as an index that stock front ends search: `{index}_query_suggestions`.
 *
 * A record is {objectID, query, nb_words, popularity, {index}: {exact_nb_hits, facets: {exact_matches}}}; popularity is the number of
 * different shoppers, 0 for what only the catalogue says. Every record finds a product that has all its words as they
 * stand. In order: the shopper's own past searches (where the search is personal), fewest typos, those that begin as
 * typed, popularity, exact hits.
 * Filters, the page's as well as the key's, are filters of products: a suggestion is shown where some product within
 * them has all its words, and tells of those products alone. Then the best `mostFiltered` are looked at, one search each.
 */
import type { Breathe } from '../../base/breathe.ts'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId, ItemId, UserId } from '../../domain/ids.ts'
import { type AttributeMapping, type ItemRecord, type Json, readItem } from '../../domain/item.ts'
import { fold } from '../../preprocess/text.ts'
import { countFacet } from '../../retrieve/facets.ts'
import type { FilterParameters } from '../../retrieve/filter.ts'
import { readFacet } from '../facet-settings.ts'
import { queryOptions } from '../lexical-options.ts'
import { match } from '../match.ts'
import type { SearchIndex } from '../search-index.ts'
import type { SearchSettings } from '../search-parameters.ts'
import type { Rank } from '../search-rank.ts'
import { createShopSearch, type SearchAnswer, type SearchRequest } from '../shop-search.ts'
import type { PopularQuery } from './popular-queries.ts'
import { type QueryWords, wordCount } from './query-text.ts'

export interface Suggestions {
  readonly name: CatalogueId
  readonly size: number
  readonly settings: SearchSettings
  search(request: SearchRequest, nowMs: number): SearchAnswer
  /** Puts these in the place of all; those that find nothing are left out. With `recount`, known ones are counted anew. */
  replace(queries: readonly PopularQuery[], recount: boolean, breathe: Breathe): Promise<void>
}

export interface SuggestionOptions {
  readonly catalogue: CatalogueId
  /** Of the products. */
  readonly index: SearchIndex
  readonly settingsOfProducts: () => SearchSettings
  readonly attributes: AttributeMapping
  readonly words: QueryWords
  /** Texts a shopper searched, the latest last. */
  readonly pastOf: (userId: UserId) => readonly string[]
}

type Found = {
  readonly exact_nb_hits: number
  readonly facets: { readonly exact_matches: { readonly [attribute: string]: readonly Json[] } }
}

const noFilters = { filters: undefined, facetFilters: undefined, numericFilters: undefined, tagFilters: undefined }
const facetValues = 5
const mostFiltered = 100
const defaultHitsPerPage = 20

export function suggestionsName(catalogue: CatalogueId): CatalogueId {
  return `${catalogue}_query_suggestions` as CatalogueId
}

export function createSuggestions(options: SuggestionOptions): Suggestions {
  const { catalogue, index, settingsOfProducts, words, pastOf } = options
  const name = suggestionsName(catalogue)
  const { indexLanguages, queryLanguages } = settingsOfProducts()
  const settings: SearchSettings = {
    searchableAttributes: ['query'],
    ...(indexLanguages === undefined ? {} : { indexLanguages }),
    ...(queryLanguages === undefined ? {} : { queryLanguages }),
    removeWordsIfNoResults: 'none',
    removeStopWords: false,
  }
  /** What the index holds, by text. */
  let held = new Map<string, ItemRecord>()
  let mostPopular = 0
  let mostHits = 0

  const rank: Rank = ({ query, answers, slots, item, userId, impact }) => {
    const typed = fold(query).trimStart()
    const own = userId === null ? null : recencies(pastOf(userId), words)
    const relevance = Float64Array.from({ length: slots.length }, (_, at) => {
      const { record } = item(slots[at])
      const text = record.query as string
      const begins = fold(text).startsWith(typed)
      const known = impact * 8 * (own?.get(words.key(text)) ?? 0)
      return known + 4 * Number((answers?.[at].typos ?? 0) === 0) + 2 * Number(begins) + popularityOf(record)
    })
    return { relevance, textual: Array.from(relevance, () => null) }
  }
  /** From 0 to below 1. */
  const popularityOf = (record: ItemRecord): number => {
    const hits = (record[catalogue] as unknown as Found).exact_nb_hits / (mostHits + 1)
    return ((record.popularity as number) + hits) / (mostPopular + 1)
  }
  const searching = createShopSearch({
    catalogue: name,
    state: { settings, replicas: new Map(), rules: [], synonyms: [] },
    rank,
    onAnswer: () => undefined,
  })

  const within = (text: string, restrictions: readonly FilterParameters[]): ArrayLike<number> => {
    const asTyped = { typoTolerance: false, queryType: 'prefixNone', removeWordsIfNoResults: 'none' } as const
    const { slots } = match({
      index,
      hiddenToo: false,
      query: text,
      options: queryOptions({ ...settingsOfProducts(), ...asTyped }),
      restrictions,
      demanded: [],
      geo: null,
      hidden: [],
      added: [],
      filterAdded: false,
      limit: 0,
    })
    return slots
  }
  /** What a search finds with all its words; `null` where that is nothing. */
  const count = (text: string): Found | null => {
    const slots = within(text, [])
    const matches = facetsFor(settingsOfProducts(), options.attributes).flatMap((attribute) => {
      const values = countFacet(index.columns, attribute, slots, { limit: facetValues, sortBy: 'count' })
      return values.length === 0 ? [] : [[attribute, values.map((each) => ({ ...each }))] as const]
    })
    const found = { exact_nb_hits: slots.length, facets: { exact_matches: Object.fromEntries(matches) } }
    return slots.length === 0 ? null : found
  }

  const filtered = (request: SearchRequest, asked: readonly FilterParameters[], nowMs: number): SearchAnswer => {
    const { page = 0, hitsPerPage = defaultHitsPerPage, offset, length } = request.parameters
    // Marks would tell of the products that the record counts.
    const marks = { attributesToHighlight: ['query'], attributesToSnippet: [] }
    const page0 = { page: 0, hitsPerPage: mostFiltered, offset: undefined, length: undefined }
    const plain = {
      ...request.parameters,
      ...noFilters,
      facets: undefined,
      optionalFilters: undefined,
      ...marks,
      ...page0,
    }
    const all = searching.search({ ...request, index: name, parameters: plain, restrictions: [] }, nowMs)
    const kept = all.hits.flatMap((hit) => {
      const slots = within(hit.objectID as string, asked)
      if (slots.length === 0) return []
      const own = { exact_nb_hits: slots.length, facets: { exact_matches: {} } }
      return [Object.hasOwn(hit, catalogue) ? { ...hit, [catalogue]: own } : hit]
    })
    const start = offset ?? page * hitsPerPage
    const hits = kept.slice(start, start + (length ?? hitsPerPage))
    const nbPages = hitsPerPage === 0 ? 0 : Math.ceil(kept.length / hitsPerPage)
    return { ...all, hits, shown: [], nbHits: kept.length, page, nbPages, hitsPerPage }
  }

  return {
    name,
    get size() {
      return held.size
    },
    settings,
    search: (request, nowMs) => {
      const { filters, facetFilters, numericFilters, tagFilters } = request.parameters
      const own = { filters, facetFilters, numericFilters, tagFilters }
      const isFiltered = Object.values(own).some((each) => each !== undefined)
      const asked = [...(isFiltered ? [own] : []), ...(request.restrictions ?? [])]
      return asked.length > 0 ? filtered(request, asked, nowMs) : searching.search(request, nowMs)
    },
    replace: async (queries, recount, breathe) => {
      const next = new Map<string, ItemRecord>()
      let [popular, hits] = [0, 0]
      for (const { text, shoppers: popularity } of queries) {
        const known = held.get(text)
        const found = known === undefined || recount ? count(text) : (known[catalogue] as unknown as Found)
        await breathe()
        if (found === null) continue
        const own = { objectID: text, query: text, nb_words: wordCount(text), popularity }
        next.set(text, known?.popularity === popularity && !recount ? known : { ...own, [catalogue]: { ...found } })
        popular = Math.max(popular, popularity)
        hits = Math.max(hits, found.exact_nb_hits)
      }
      // In one go, so that no search sees a half.
      for (const text of held.keys()) if (!next.has(text)) searching.follow(text as ItemId, null)
      for (const [text, record] of next) {
        if (held.get(text) !== record) searching.follow(text as ItemId, readItem(name, record))
      }
      ;[held, mostPopular, mostHits] = [next, popular, hits]
    },
  }
}

/** 2 for the latest search, falling to 1, by its key. */
function recencies(past: readonly string[], words: QueryWords): Map<string, number> {
  return new Map(past.map((text, at) => [words.key(text), 1 + 1 / (past.length - at)]))
}

/** What the shop counts; where it has not said, brands and categories. */
function facetsFor({ attributesForFaceting }: SearchSettings, { category, brand }: AttributeMapping): string[] {
  if (attributesForFaceting === undefined) return [...category, ...brand]
  return attributesForFaceting.map(readFacet).flatMap(({ attribute, filterOnly }) => (filterOnly ? [] : [attribute]))
}

/** What can be asked of products, but not of suggestions. */
export function refuseSuggestions(asked: string, suggestions: Suggestions): void {
  if (asked === suggestions.name)
    throw new HaggleError('bad-request', `Index ${asked}: suggestions can be searched only.`)
}
