/**
 * What a search may be asked and what an index may be set to: every parameter the wire knows, with its reader.
 *
 * One table for both, because a setting is what a query means when it says nothing. Parameters that are not here are
 * ignored; wrong values are refused by name.
 */
import { HaggleError } from '../domain/errors.ts'
import type { Json } from '../domain/item.ts'
import {
  either,
  Expected,
  flag,
  json,
  numberLists,
  object,
  oneOf,
  type Reader,
  real,
  steps,
  text,
  texts,
  textsUpTo,
  whole,
} from './parameter-types.ts'

const name = text(1_000)
/** What is read of a query: each word is compared with all words of the catalogue, and pairs with pairs. */
const readCharacters = 512
const beginning = (value: Json): string => [...text(2_000)(value)].slice(0, readCharacters).join('')

/** What makes sense in a query only. */
const questions = {
  query: beginning,
  similarQuery: text(2_000),
  filters: text(),
  facetFilters: json,
  numericFilters: json,
  tagFilters: json,
  optionalFilters: json,
  sumOrFiltersScores: flag,
  // Each is a pass over what was found, and a column where it is new.
  facets: textsUpTo(100),
  restrictSearchableAttributes: texts,
  page: whole(0, 1_000_000),
  offset: whole(0, 1_000_000),
  length: whole(0, 1_000),
  aroundLatLng: text(100),
  aroundLatLngViaIP: flag,
  aroundRadius: either(whole(1, 100_000_000), oneOf('all')),
  aroundPrecision: either(whole(1, 100_000_000), steps),
  minimumAroundRadius: whole(1, 100_000_000),
  insideBoundingBox: numberLists,
  insidePolygon: numberLists,
  naturalLanguages: texts,
  ruleContexts: texts,
  userToken: text(256),
  personalizationImpact: real(0, 100),
  getRankingInfo: flag,
  clickAnalytics: flag,
  analytics: flag,
  analyticsTags: texts,
  percentileComputation: flag,
  enableABTest: flag,
  facetingAfterDistinct: flag,
  synonyms: flag,
} as const

/** What an index is set to, and a query may say otherwise. */
const both = {
  attributesToRetrieve: texts,
  relevancyStrictness: whole(0, 100),
  attributesToHighlight: texts,
  attributesToSnippet: texts,
  highlightPreTag: name,
  highlightPostTag: name,
  snippetEllipsisText: name,
  restrictHighlightAndSnippetArrays: flag,
  hitsPerPage: whole(0, 1_000),
  minWordSizefor1Typo: whole(0, 100),
  minWordSizefor2Typos: whole(0, 100),
  typoTolerance: either(flag, oneOf('min', 'strict')),
  allowTyposOnNumericTokens: flag,
  disableTypoToleranceOnAttributes: texts,
  ignorePlurals: either(flag, texts),
  removeStopWords: either(flag, texts),
  queryLanguages: texts,
  decompoundQuery: flag,
  enableRules: flag,
  enablePersonalization: flag,
  queryType: oneOf('prefixLast', 'prefixAll', 'prefixNone'),
  removeWordsIfNoResults: oneOf('none', 'lastWords', 'firstWords', 'allOptional'),
  mode: oneOf('keywordSearch', 'neuralSearch'),
  advancedSyntax: flag,
  advancedSyntaxFeatures: texts,
  optionalWords: texts,
  disableExactOnAttributes: texts,
  exactOnSingleWordQuery: oneOf('attribute', 'none', 'word'),
  alternativesAsExact: texts,
  distinct: either(flag, whole(0, 100)),
  replaceSynonymsInHighlight: flag,
  minProximity: whole(1, 7),
  responseFields: texts,
  maxFacetHits: whole(1, 100),
  maxValuesPerFacet: whole(0, 1_000),
  sortFacetValuesBy: oneOf('count', 'alpha'),
  attributeCriteriaComputedByMinProximity: flag,
  renderingContent: object,
  reRankingApplyFilter: json,
  enableReRanking: flag,
} as const

/** What is fixed for an index. */
const fixed = {
  searchableAttributes: texts,
  attributesForFaceting: texts,
  unretrievableAttributes: texts,
  ranking: texts,
  customRanking: texts,
  replicas: texts,
  attributeForDistinct: name,
  paginationLimitedTo: whole(0, 1_000_000),
  disableTypoToleranceOnWords: texts,
  disablePrefixOnAttributes: texts,
  indexLanguages: texts,
  separatorsToIndex: text(1_000),
  keepDiacriticsOnCharacters: text(1_000),
  camelCaseAttributes: texts,
  decompoundedAttributes: object,
  customNormalization: object,
  attributesToTransliterate: texts,
  numericAttributesForFiltering: texts,
  allowCompressionOfIntegerArray: flag,
  userData: json,
} as const

type Read<Table> = { readonly [Name in keyof Table]?: Table[Name] extends Reader<infer Value> ? Value : never }
export type SearchParameters = Read<typeof questions & typeof both>
export type SearchSettings = Read<typeof both & typeof fixed>

const queryReaders: Readonly<Record<string, Reader<unknown>>> = { ...questions, ...both }
const settingReaders: Readonly<Record<string, Reader<unknown>>> = { ...both, ...fixed }

export type Raw = Readonly<Record<string, Json | undefined>>

/** @throws `bad-request` naming the parameter. */
export function readParameters(raw: Raw): SearchParameters {
  return readBy(queryReaders, raw)
}

/** Only what was given; `null` takes a setting back. @throws `bad-request` naming the setting. */
export function readSettings(raw: Raw): SearchSettings {
  return readBy(settingReaders, raw)
}

/** Settings as they are kept: known ones checked, unknown ones left out. */
export function knownSettings(raw: Raw): Readonly<Record<string, Json>> {
  readSettings(raw)
  return Object.fromEntries(
    Object.entries(raw).flatMap(([key, value]) =>
      Object.hasOwn(settingReaders, key) && value !== undefined ? [[key, value]] : [],
    ),
  )
}

function readBy(readers: Readonly<Record<string, Reader<unknown>>>, raw: Raw): object {
  const values: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(raw)) {
    if (!Object.hasOwn(readers, key) || value === undefined || value === null) continue
    try {
      values[key] = readers[key](value)
    } catch (error) {
      if (!(error instanceof Expected)) throw error
      const found = JSON.stringify(value).slice(0, 60)
      throw new HaggleError('bad-request', `${key}: expected ${error.message}, found ${found}.`)
    }
  }
  return values
}

/** `query=a&page=2` as the wire writes it. */
export function parseParams(params: string): Raw {
  return Object.fromEntries(new URLSearchParams(params))
}

/** The same the other way: what the answer calls `params`. */
export function writeParams(raw: Raw): string {
  const parts = new URLSearchParams()
  for (const [key, value] of Object.entries(raw)) {
    if (value === undefined) continue
    parts.append(key, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return parts.toString().replaceAll('+', '%20')
}
