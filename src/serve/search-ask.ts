/** What a search is made from, and what is known of a product that has its place in the answer. */
import type { Textual } from '../domain/exposure.ts'
import type { UserId } from '../domain/ids.ts'
import type { FilterParameters } from '../retrieve/filter.ts'
import type { Answer } from '../retrieve/lexical.ts'
import type { Meaning } from '../retrieve/latent-index.ts'
import type { QueryIntent } from '../retrieve/query-intent.ts'
import type { Rule } from './rule.ts'
import type { SearchIndex } from './search-index.ts'
import type { SearchParameters, SearchSettings } from './search-parameters.ts'
import type { Rank } from './search-rank.ts'

export interface SearchMemory {
  readonly index: SearchIndex
  readonly settings: SearchSettings
  readonly rules: readonly Rule[]
  readonly rank: Rank
  /** What is mostly searched instead; `null` where nothing is known to be. */
  readonly instead: Understood['instead']
  readonly nowMs: number
}

/** What a shop knows of a search besides its words. */
export interface Understood {
  readonly instead: (query: string) => string | null
  readonly intentOf: (query: string) => QueryIntent | null
  /** What it and these products mean; `null`: as the catalogue itself teaches. */
  readonly meaningOf: (query: string, slots: Int32Array) => Meaning | null
}

export interface SearchQuestion {
  readonly parameters: SearchParameters
  /** `null` for a stranger. */
  readonly userId: UserId | null
  /** What the key demands besides. */
  readonly restrictions: readonly FilterParameters[]
}

/** What the question says, and the settings where it says nothing. */
export type Effective = SearchParameters & SearchSettings

export interface Placed {
  readonly slot: number
  /** Relevance, comparable within one answer. */
  readonly score: number
  /** `null` where the words were not looked at closely. */
  readonly textual: Textual | null
  readonly promoted: boolean
  /** What the words say about it; `null` where nothing was typed, or it was pinned. */
  readonly answer: Answer | null
  /** Optional filters met. */
  readonly preference: number
}
