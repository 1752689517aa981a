/** What was shown to whom, where, by which generation, with which probability: the other half of every interaction. */
import type { Refusal } from './consent.ts'
import type { CatalogueId, GenerationId, ItemId, QueryId, UserId } from './ids.ts'

export interface ExposedItem {
  readonly itemId: ItemId
  /** The answer's own score; comparable within one exposure only. */
  readonly score: number
  /** Probability that this item stood at this place under the policy that answered; 1 for a deterministic answer. */
  readonly propensity: number
  /** Of a search: how well it fits what was typed, before anything learnt had a say. */
  readonly textual?: Textual
}

/**
 * How well a product fits what was typed, each in deviations from the mean of the candidates: in all; by the words
 * themselves, by their meaning, by what is mostly wanted with them. Older answers have the first alone.
 */
export type Textual = readonly [all: number, words?: number, meaning?: number, intent?: number]

/** A filter a search asked for, as analytics counts it. */
export interface AskedFilter {
  readonly attribute: string
  readonly operator: ':' | '<' | '<=' | '=' | '!=' | '>' | '>='
  readonly value: string
}

/** What a search was besides its words: by this it is counted. */
export interface Searched {
  /** The name it was asked under: the catalogue's or a replica's. */
  readonly index: CatalogueId
  /** How many products answered, on all pages. */
  readonly nbHits: number
  readonly filters: readonly AskedFilter[]
  /** What the front end calls this kind of search. */
  readonly tags: readonly string[]
}

export interface Exposure {
  readonly queryId: QueryId
  readonly catalogue: CatalogueId
  readonly timeMs: number
  readonly userId: UserId | null
  /** The surface that answered: `recommended-for-you`, `related-products`, `search` … */
  readonly surface: string
  /** `null` before the first generation is live. */
  readonly generation: GenerationId | null
  /** Experiment arm; `null` outside experiments. */
  readonly arm: string | null
  /** What was typed, for a search. */
  readonly query?: string
  /** Absent for what is no search, and for one that asked not to be counted. */
  readonly searched?: Searched
  /** How many places stand before the first item here: what a later page of a search leaves out. 0 where absent. */
  readonly offset?: number
  /** What it must not be used for; absent: nothing. */
  readonly refused?: Refusal
  /** Position n is `items[n - 1 - offset]`. */
  readonly items: readonly ExposedItem[]
}
