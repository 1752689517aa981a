/** Searches the values of a facet among what a search finds: the small search box above a list of brands. */
import { type FacetMatch, matchFacetValue } from '../retrieve/facet-search.ts'
import { countValues } from '../retrieve/facets.ts'
import { requireSearchable } from './facet-settings.ts'
import { matching } from './search.ts'
import type { SearchMemory, SearchQuestion } from './search-ask.ts'

export interface FacetQuestion extends SearchQuestion {
  readonly facet: string
  readonly facetQuery: string
  /** 1 to 100. */
  readonly limit?: number
}

export interface FacetHit extends FacetMatch {
  readonly count: number
}

/** @throws `bad-request` where this facet may not be searched. */
export function searchFacet(memory: SearchMemory, question: FacetQuestion): readonly FacetHit[] {
  const { facet, facetQuery, parameters } = question
  const { settings, index } = memory
  requireSearchable(facet, settings)
  const limit = question.limit ?? parameters.maxFacetHits ?? settings.maxFacetHits ?? 10
  const { values, counts } = countValues(index.columns, facet, matching(memory, question))
  const pre = parameters.highlightPreTag ?? settings.highlightPreTag ?? '<em>'
  const post = parameters.highlightPostTag ?? settings.highlightPostTag ?? '</em>'
  const present = values.map((value, code) => ({ value, count: counts[code] })).filter(({ count }) => count > 0)
  const matched = (typos: boolean): FacetHit[] =>
    present.flatMap(({ value, count }) => {
      const found = matchFacetValue(value, facetQuery, typos, pre, post)
      return found === null ? [] : [{ ...found, count }]
    })
  const order = (a: FacetHit, b: FacetHit) => b.count - a.count || (a.value < b.value ? -1 : 1)
  const exact = matched(false).sort(order)
  const tolerant = (parameters.typoTolerance ?? settings.typoTolerance) !== false
  if (exact.length >= limit || !tolerant) return exact.slice(0, limit)
  const known = new Set(exact.map(({ value }) => value))
  const misspelt = matched(true).filter(({ value }) => !known.has(value))
  return [...exact, ...misspelt.sort(order)].slice(0, limit)
}
