/**
 * Finding products by their words: what a shopper typed, however they typed it.
 *
 * The interface of the lexical index. A product is analysed once when it is put; a query is answered from memory.
 * *Slots* are the dense numbers of products in this index (reused after a removal), *terms* those of folded words
 * ("creme", "brulee", "手机"), *stems* those of words that are forms of one another ("shoe", "shoes").
 */
import type { Lookups } from '../base/lookups.ts'
import type { ItemId } from '../domain/ids.ts'
import type { ItemRecord } from '../domain/item.ts'
import type { Bits } from './bits.ts'
import type { ReadWords } from './word-store.ts'

/** What an index is built by: a change of these needs every product put again. */
export interface AnalysisSettings {
  /**
   * Searchable attributes, most telling first; `'a,b'` gives two the same rank, `'unordered(a)'` says that where in
   * `a` a word stands does not matter, nested ones are `'a.b'`. `null`: every attribute with text, titles first.
   */
  readonly searchableAttributes: readonly string[] | null
  /** ISO 639-1 codes. Each word is stemmed by the first of them that is written in its script; Chinese needs no entry. */
  readonly languages: readonly string[]
  /** Characters that are words by themselves rather than gaps between words, e.g. `'+#'`. */
  readonly separatorsToIndex: string
  /** Characters whose accents are kept, e.g. `'øé'`. */
  readonly keepDiacriticsOnCharacters: string
}

export type TypoTolerance = boolean | 'min' | 'strict'
export type RemoveWords = 'none' | 'lastWords' | 'firstWords' | 'allOptional'
/** Whether an answer must have every word, or any (for a ranker that weighs coverage itself). */
export type Matching = 'all' | 'any'

/** What may differ from query to query; an index has defaults of its own for all of it. */
export interface QuerySettings {
  /**
   * `true`: typos where a word is unknown or little is found; `'min'`: only answers with the fewest typos; `'strict'`:
   * those and one more; `false`: none.
   */
  readonly typoTolerance: TypoTolerance
  /** Letters a word needs before one typo, or two, are forgiven. */
  readonly minWordSizefor1Typo: number
  readonly minWordSizefor2Typos: number
  readonly allowTyposOnNumericTokens: boolean
  readonly disableTypoToleranceOnAttributes: readonly string[]
  readonly disableTypoToleranceOnWords: readonly string[]
  /** A word that is surely a slip is answered as if its correction had been typed (`typoTolerance: true`). */
  readonly asMeant: boolean
  readonly queryType: 'prefixLast' | 'prefixAll' | 'prefixNone'
  readonly disablePrefixOnAttributes: readonly string[]
  /** Leaves stop words out (of the index's languages, or those named). Where nothing else is asked they stay. */
  readonly removeStopWords: boolean | readonly string[]
  /** Forms of one word ("shoe", "shoes") find one another. */
  readonly ignorePlurals: boolean
  /** Words that may be missing. */
  readonly optionalWords: readonly string[]
  /**
   * What gives way where no product has all words. `'allOptional'` (the default) is the relaxation ladder: all
   * words but one, all but two, down to any one word, so that a reasonable query is never empty.
   */
  readonly removeWordsIfNoResults: RemoveWords
  /** `"exact phrases"` and `-excluded` words or `-"phrases"`. */
  readonly advancedSyntax: boolean
  readonly advancedSyntaxFeatures: readonly ('exactPhrase' | 'excludeWords')[]
  readonly restrictSearchableAttributes: readonly string[] | null
  readonly exactOnSingleWordQuery: 'attribute' | 'none' | 'word'
  readonly alternativesAsExact: readonly ('ignorePlurals' | 'singleWordSynonym' | 'multiWordsSynonym')[]
  readonly synonyms: boolean
  readonly disableExactOnAttributes: readonly string[]
  /** `null`: by `score`. Else lexicographic by these, then `prefer`, then a fixed order that no id shows in. */
  readonly criteria: readonly Criterion[] | null
  /** `'any'`: products with any of the words are answers, for a ranker that judges them itself. */
  readonly matching: Matching
  /** Typos are forgiven everywhere where fewer products than this have the words as typed (`typoTolerance: true`). */
  readonly typosBelow: number
  /** Words become optional where fewer products than this have them all. */
  readonly relaxBelow: number
}

export type Criterion = 'typo' | 'words' | 'proximity' | 'attribute' | 'exact' | 'score'

export interface LexicalSettings extends AnalysisSettings, QuerySettings {
  readonly synonymList: readonly Synonym[]
}

/** The wire's kinds of synonyms. Each word may be several ("tv stand"). */
export type Synonym =
  | { readonly type: 'synonym'; readonly synonyms: readonly string[] }
  | { readonly type: 'onewaysynonym'; readonly input: string; readonly synonyms: readonly string[] }
  | {
      readonly type: 'altcorrection1' | 'altcorrection2'
      readonly word: string
      readonly corrections: readonly string[]
    }
  /** `placeholder` is written in records as `<placeholder>` and stands for any of the replacements. */
  | { readonly type: 'placeholder'; readonly placeholder: string; readonly replacements: readonly string[] }

export interface SearchOptions extends Partial<QuerySettings> {
  /** Filters: the slots that may answer; everyone where absent. */
  readonly allowed?: Bits
  /** How many answers are wanted in order; all others are in `matches`. */
  readonly limit: number
  /** The shop's own order among equals (`customRanking`): negative where `a` goes first. */
  readonly prefer?: (a: number, b: number) => number
}

/** Why a product stands where it stands. */
export interface Answer {
  readonly slot: number
  readonly itemId: ItemId
  /** BM25F with coverage, typos, proximity and exactness, comparable within this answer only; ≥ 0. */
  readonly score: number
  /** Query words found in the product, and how many of them as typed (or as corrected, where that was surely meant). */
  readonly words: number
  readonly exact: number
  /** Edits over all words; a split, joined or alternative word counts as written in `docs/search.md`. */
  readonly typos: number
  /** Σ over neighbouring words of their distance in the best place, each at most 8; 0 with one word. */
  readonly proximity: number
  /** Rank of the best attribute a word was found in (0 first), and the word's position there. */
  readonly attribute: number
  readonly position: number
}

export interface LexicalAnswer {
  /** In order, at most `limit`. */
  readonly answers: readonly Answer[]
  /** Every product that answers, ascending by slot: for counts and facets. Valid until the next change. */
  readonly matches: Uint32Array
  readonly total: number
  /** How far the ladder went: 0 as typed, 1 with typos everywhere, 2 with fewer words. */
  readonly relaxed: 0 | 1 | 2
  readonly query: ParsedQuery
}

/** A query as it was understood: for highlighting, and for those who rank. */
export interface ParsedQuery {
  /** All its words as they were meant, blanks between; absent where they were read as typed. */
  readonly meant?: string
  readonly words: readonly QueryWord[]
  readonly excluded: readonly string[]
}

export interface QueryWord {
  /** As typed, folded; where it was surely a slip, as it was meant. */
  readonly text: string
  /** As typed, where that is something else. */
  readonly typed?: string
  readonly required: boolean
  /** Every way the catalogue writes it: what was looked for instead of or besides it. */
  readonly alternatives: readonly Alternative[]
  /** ln(1 + (N − n + ½) / (n + ½)) over the products that have any alternative. */
  readonly idf: number
}

export type AlternativeKind =
  | 'exact'
  | 'form'
  | 'joined'
  | 'split'
  | 'synonym'
  | 'prefix'
  | 'pinyin'
  | 'typo'
  | 'pieces'

export interface Alternative {
  /** One place, or several that must follow one another; in each any of its terms (`reader.termText`). */
  readonly places: readonly (readonly number[])[]
  /** Where each place stands, counted from the first; with `near`, all stand within so many positions instead. */
  readonly offsets: readonly number[]
  readonly near: number
  readonly kind: AlternativeKind
  readonly typos: number
  /** Of a typo: how many of the first terms are near what was typed; the others are forms of them. */
  readonly close: number
  /** How much less likely than another spelling it is that this was meant, in nats. */
  readonly cost: number
  /** Number of query words it stands for, from this one on (`joined`, synonyms of several words); else 1. */
  readonly span: number
}

export interface LexicalIndex {
  readonly size: number
  /** Slots are below this; some may be free. */
  readonly slotCount: number
  readonly settings: LexicalSettings
  /**
   * Adds a product or notes its change; seen by the next search. A record whose searchable text did not change costs
   * a hash of that text.
   */
  put(itemId: ItemId, record: ItemRecord): void
  remove(itemId: ItemId): void
  clear(): void
  /** Takes new settings. True where all products must be put again, because words are cut or stemmed otherwise now. */
  configure(settings: Partial<LexicalSettings>): boolean
  /** The empty query answers with everything accepted, in `prefer`'s order. */
  search(query: string, options: SearchOptions): LexicalAnswer
  /** How often the words of a query were known from an earlier one. */
  readonly lookups: Readonly<Lookups>
  /** The query without looking for answers. */
  parse(query: string, options?: Partial<QuerySettings>): ParsedQuery
  slotOf(itemId: ItemId): number | undefined
  idOf(slot: number): ItemId | undefined
  readonly reader: IndexReader
  highlighter(query: ParsedQuery): Highlighter
  /** Everything but the settings, and back. `load` throws `bad-state` on another version or other analysis. */
  serialise(): Uint8Array
  load(state: Uint8Array): void
}

/** Frequencies and the words of a product, for those who rank, expand or learn. Numbers hold until the next change. */
export interface IndexReader {
  readonly termCount: number
  /** Attributes in the order of their field numbers (at most 255). */
  readonly attributes: readonly string[]
  /** How telling an attribute is: 0 most, 7 least. */
  rankOf(field: number): number
  termText(term: number): string
  stemOf(term: number): number
  /** The stem of a word as it would be indexed, `undefined` where the catalogue has no form of it. */
  stemOfWord(word: string): number | undefined
  stemText(stem: number): string
  termsOfStem(stem: number): number[]
  /** Products with the term; for a stem the sum over its forms, an upper bound. */
  documentFrequency(term: number): number
  /**
   * Every word of a product in order: its stem, the rank of its attribute, its position in the field. Words that stand
   * in one place (a Chinese word and its pairs of characters, "wh-1000" and "wh1000") share a position. Valid until the
   * next call.
   */
  read(slot: number): ReadWords
}

export interface Highlight {
  readonly value: string
  readonly matchLevel: 'none' | 'partial' | 'full'
  /** The query's words that were found, as typed. */
  readonly matchedWords: readonly string[]
  readonly fullyHighlighted?: boolean
}

export interface Marks {
  readonly pre: string
  readonly post: string
}

export interface Highlighter {
  highlight(value: string, marks: Marks): Highlight
  /** `words` words around the best place; `ellipsis` where text was left out. */
  snippet(value: string, words: number, marks: Marks & { readonly ellipsis: string }): Highlight
}
