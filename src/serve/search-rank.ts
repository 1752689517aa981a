/**
 * The seam between finding and ranking: what a ranker is told of a search, and what it hands back.
 *
 * Sorting by an attribute, geography and optional filters stand above relevance; the shop's own order (`customRanking`)
 * below it.
 */
import type { Textual } from '../domain/exposure.ts'
import type { UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { Answer, ParsedQuery } from '../retrieve/lexical.ts'

export interface RankAsk {
  /** As typed, after rules; empty where a shopper browses. */
  readonly query: string
  /** `null` where nothing was typed. */
  readonly parsed: ParsedQuery | null
  /** Slots of the candidates; with a query in the order of `answers`. */
  readonly slots: ArrayLike<number>
  /** What the words say about each candidate; `null` where nothing was typed. */
  readonly answers: readonly Answer[] | null
  readonly item: (slot: number) => Item
  /** `null` for a stranger, and where the search is not to be personal. */
  readonly userId: UserId | null
  /** 0 to 1: how much the shopper's own taste counts. */
  readonly impact: number
  readonly nowMs: number
}

export interface Ranked {
  /** The relevance of each candidate: higher is better, comparable within this call. */
  readonly relevance: ArrayLike<number>
  /** How well each fits what was typed; `null` for a candidate that was not looked at closely. */
  readonly textual: readonly (Textual | null)[]
}

/** `null`: all alike. */
export type Rank = (ask: RankAsk) => Ranked | null

/** Another order of candidates, from how well they fit what was typed; `null`: it has nothing to say. */
export type Reorder = (
  ask: RankAsk,
  candidates: { readonly slots: Int32Array; readonly textual: readonly Textual[] },
) => ArrayLike<number> | null
