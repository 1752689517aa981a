/** What settings and a question mean to the index of words. */
import type { AnalysisSettings, Criterion, LexicalSettings, QuerySettings, Synonym } from '../retrieve/lexical.ts'
import type { Effective } from './search-ask.ts'
import type { SearchSettings } from './search-parameters.ts'

/** What the index is built by, and the synonyms it knows. */
export function indexOptions(settings: SearchSettings, synonymList: readonly Synonym[]): Partial<LexicalSettings> {
  return { ...analysisOptions(settings), synonymList }
}

/** Two that are equal need no new index. */
export function analysisKey(settings: SearchSettings, synonyms: readonly Synonym[]): string {
  const placeholders = synonyms.flatMap((each) => (each.type === 'placeholder' ? [each.placeholder] : []))
  return JSON.stringify([analysisOptions(settings), placeholders])
}

function analysisOptions(settings: SearchSettings): Partial<AnalysisSettings> {
  const { searchableAttributes, indexLanguages, queryLanguages, separatorsToIndex, keepDiacriticsOnCharacters } =
    settings
  const languages = indexLanguages ?? queryLanguages
  return defined({
    searchableAttributes: searchableAttributes?.length === 0 ? null : searchableAttributes,
    languages: languages?.length === 0 ? undefined : languages,
    separatorsToIndex,
    keepDiacriticsOnCharacters,
  })
}

/** What one question asks of the index; what it leaves open is as the index does it. */
export function queryOptions(effective: Effective): Partial<QuerySettings> {
  const { ignorePlurals, removeStopWords, removeWordsIfNoResults, ...others } = effective
  return {
    ...defined({
      typoTolerance: others.typoTolerance,
      minWordSizefor1Typo: others.minWordSizefor1Typo,
      minWordSizefor2Typos: others.minWordSizefor2Typos,
      allowTyposOnNumericTokens: others.allowTyposOnNumericTokens,
      disableTypoToleranceOnAttributes: others.disableTypoToleranceOnAttributes,
      disableTypoToleranceOnWords: others.disableTypoToleranceOnWords,
      queryType: others.queryType,
      disablePrefixOnAttributes: others.disablePrefixOnAttributes,
      removeStopWords,
      // A list names languages; the index stems each word by its own.
      ignorePlurals: typeof ignorePlurals === 'object' ? ignorePlurals.length > 0 : ignorePlurals,
      optionalWords: others.optionalWords,
      removeWordsIfNoResults,
      advancedSyntax: others.advancedSyntax,
      advancedSyntaxFeatures: others.advancedSyntaxFeatures as QuerySettings['advancedSyntaxFeatures'] | undefined,
      restrictSearchableAttributes: others.restrictSearchableAttributes,
      exactOnSingleWordQuery: others.exactOnSingleWordQuery,
      alternativesAsExact: others.alternativesAsExact as QuerySettings['alternativesAsExact'] | undefined,
      synonyms: others.synonyms,
      disableExactOnAttributes: others.disableExactOnAttributes,
    }),
    criteria: criteriaOf(effective),
    ...(removeWordsIfNoResults === undefined && criteriaOf(effective) === null ? { relaxBelow: threePages } : {}),
  }
}

/**
 * Where fewer products have all words, those that lack some are found too, behind them: a shop that has not said what
 * gives way is then nearly as good as one that never asks for all words (docs/search.md; with all words required NDCG@10
 * on ESCI fell below that of title BM25).
 */
const threePages = 60

const textual: readonly Criterion[] = ['typo', 'words', 'proximity', 'attribute', 'exact']

/** The shop's own order of textual criteria; `null` where it has none, and relevance decides. */
export function criteriaOf({ ranking }: { readonly ranking?: readonly string[] }): readonly Criterion[] | null {
  if (ranking === undefined) return null
  const own = textual.filter((each) => ranking.includes(each)).sort((a, b) => ranking.indexOf(a) - ranking.indexOf(b))
  return own.join() === textual.join() ? null : own
}

function defined<Values extends object>(values: Values): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
