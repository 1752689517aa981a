/**
 * Which attributes are counted as facets: `attributesForFaceting` of the index against `facets` of the question.
 *
 * An index that says nothing lets every attribute be counted that may be retrieved. `filterOnly(x)` is never counted, `afterDistinct(x)` is
 * counted over one of a kind.
 */
import { HaggleError } from '../domain/errors.ts'
import type { SearchParameters, SearchSettings } from './search-parameters.ts'

export interface Facet {
  readonly attribute: string
  readonly searchable: boolean
  readonly filterOnly: boolean
  readonly afterDistinct: boolean
}

const modifierForm = /^(searchable|filterOnly|afterDistinct)\((.+)\)$/

export function readFacet(text: string): Facet {
  const modifiers = new Set<string>()
  let attribute = text.trim()
  for (let match = modifierForm.exec(attribute); match !== null; match = modifierForm.exec(attribute)) {
    modifiers.add(match[1])
    attribute = match[2].trim()
  }
  return {
    attribute,
    searchable: modifiers.has('searchable'),
    filterOnly: modifiers.has('filterOnly'),
    afterDistinct: modifiers.has('afterDistinct'),
  }
}

/** In the order of the question. */
export function facetsOf(effective: SearchParameters & SearchSettings): Facet[] {
  const { facets = [], attributesForFaceting, unretrievableAttributes } = effective
  const declared = attributesForFaceting?.map(readFacet)
  if (facets.includes('*')) return (declared ?? []).filter(({ filterOnly }) => !filterOnly)
  return [...new Set(facets)].flatMap((attribute) => {
    if (declared === undefined)
      return unretrievableAttributes?.includes(attribute) === true ? [] : [readFacet(attribute)]
    return declared.filter((each) => each.attribute === attribute && !each.filterOnly)
  })
}

/** @throws `bad-request` where the attribute may not be searched for values. */
export function requireSearchable(attribute: string, settings: SearchSettings): void {
  const { attributesForFaceting, unretrievableAttributes } = settings
  const declared = attributesForFaceting?.map(readFacet)
  if (declared === undefined && unretrievableAttributes?.includes(attribute) !== true) return
  if (declared?.some((each) => each.attribute === attribute && !each.filterOnly) === true) return
  throw new HaggleError(
    'bad-request',
    `Cannot search in \`${attribute}\` attribute: add \`searchable(${attribute})\` to attributesForFaceting.`,
  )
}
