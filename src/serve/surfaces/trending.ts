/** What the shop is talking about: items, and values of a facet, that rise against their own past. */
import type { ItemId } from '../../domain/ids.ts'
import { facetValues } from '../../retrieve/condition.ts'
import type { FacetHit } from '../answer.ts'
import { inDemand, newest } from '../memory-sources.ts'
import type { Ask, Plan } from '../source.ts'

/** Within one facet value where the request names one. */
export const trendingItems: Plan = {
  sources: [inDemand('trend'), inDemand('popularity'), newest],
  within: ({ facetName, facetValue }) =>
    facetName === undefined || facetValue === undefined
      ? {}
      : // A minus at the front of a value is a part of it here.
        { facetFilters: [`${facetName}:${facetValue.replace(/^-/, String.raw`\-`)}`] },
}

/** Values are judged by the 300 items that rise most: what lies below adds next to nothing. */
const itemsCounted = 300

export const trendingFacets: Plan = { sources: [], needs: 'facetName', facets }

function facets(ask: Ask): FacetHit[] {
  const { catalogue, trends } = ask.memory
  const facetName = ask.request.facetName ?? ''
  const sums = new Map<string, number>()
  const accept = (itemId: ItemId) => ask.accept(catalogue.get(itemId))
  const top = trends.top('trend', ask.nowMs, itemsCounted, { accept, among: ask.few()?.keys() })
  for (const { itemId, value } of top) {
    for (const facetValue of facetValues(catalogue.get(itemId)?.record ?? { objectID: itemId }, facetName)) {
      sums.set(facetValue, (sums.get(facetValue) ?? 0) + value)
    }
  }
  const ranked = [...sums].sort((a, b) => b[1] - a[1]).slice(0, ask.limit)
  return ranked.map(([facetValue, sum]) => ({ facetName, facetValue, score: (100 * sum) / ranked[0][1] }))
}
