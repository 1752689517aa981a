/**
 * What shoppers took after searching for just this: the shortest way from a click to the next shopper's answer.
 *
 * For each query (its stems, in any order) and product: seen = Σ θ(place) over the answers that showed it, θ as in
 * examination.ts; taken = Σ of the grades of what followed, naming the answer (`gradeOf`), each product's best once an
 * answer. value = log( (taken + s·g)/((seen + s)·g) ), g the same rate over all queries, s = 10 sights: 0 where nothing
 * is known. Cost: O(products shown) an answer, O(1) an act; memory: some 100 bytes a pair, of the latest `mostQueries`
 * queries, and `mostAnswers` answers that acts are waited for.
 */
import type { EventType } from '../domain/event.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { ItemId, QueryId } from '../domain/ids.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { createStemmer } from '../preprocess/stem.ts'
import { tokenise } from '../preprocess/text.ts'
import { type Examination, examinationAt } from './examination.ts'

/** How much an act says that a product was the right answer; 0: nothing. */
export function gradeOf(type: EventType): number {
  switch (type) {
    case 'view':
    case 'click':
      return 1
    case 'addToCart':
      return 2
    case 'conversion':
    case 'purchase':
      return 4
    case 'search':
    case 'return':
      return 0
  }
}

const stem = createStemmer(['en'])

/** The same for all ways to type a query; empty where there is no word in it. */
export function queryKey(query: string): string {
  return [...new Set(tokenise(query).map(stem))].sort().join(' ')
}

export type ShownAnswer = Pick<Exposure, 'queryId' | 'query' | 'offset' | 'items'>

/** Plain data: query, then item, seen and taken of each. */
export type KeptFeedback = readonly (readonly [query: string, pairs: readonly (readonly [ItemId, number, number])[]])[]

export interface QueryFeedback {
  /** Takes note of an answer to a search. */
  show(answer: ShownAnswer): void
  /** Takes note of what was done, where it names an answer. */
  remember(behaviour: Pick<Behaviour, 'queryId' | 'itemId' | 'type'>): void
  /** How to look up products for one query. */
  of(query: string): (itemId: ItemId) => number
  /** The pairs of which something was taken and those seen most, at most so many. */
  keep(mostPairs: number): KeptFeedback
}

interface Pair {
  seen: number
  taken: number
}

interface OpenAnswer {
  readonly pairs: Map<ItemId, Pair>
  readonly shown: ReadonlySet<ItemId>
  /** The best grade so far of each product. */
  readonly grades: Map<ItemId, number>
}

const mostQueries = 20_000
const mostAnswers = 5_000
const priorSights = 10

export function createQueryFeedback(examination: Examination, kept: KeptFeedback = []): QueryFeedback {
  const queries = new Map<string, Map<ItemId, Pair>>()
  const answers = new Map<QueryId, OpenAnswer>()
  const all: Pair = { seen: 0, taken: 0 }
  const add = (pair: Pair, seen: number, taken: number): void => {
    for (const each of [pair, all]) {
      each.seen += seen
      each.taken += taken
    }
  }
  const pairsOf = (key: string): Map<ItemId, Pair> => {
    const own = queries.get(key) ?? new Map<ItemId, Pair>()
    // Asked for again, it is the latest again.
    queries.delete(key)
    queries.set(key, own)
    if (queries.size > mostQueries) queries.delete(queries.keys().next().value as string)
    return own
  }
  for (const [key, pairs] of kept) {
    const own = pairsOf(key)
    for (const [itemId, seen, taken] of pairs) {
      const pair = { seen: 0, taken: 0 }
      own.set(itemId, pair)
      add(pair, seen, taken)
    }
  }

  return {
    show: ({ queryId, query, offset = 0, items }) => {
      const key = queryKey(query ?? '')
      if (key === '') return
      const pairs = pairsOf(key)
      items.forEach(({ itemId }, at) => {
        const pair = pairs.get(itemId) ?? { seen: 0, taken: 0 }
        pairs.set(itemId, pair)
        add(pair, examinationAt(examination, offset + at + 1), 0)
      })
      answers.set(queryId, { pairs, shown: new Set(items.map(({ itemId }) => itemId)), grades: new Map() })
      if (answers.size > mostAnswers) answers.delete(answers.keys().next().value as QueryId)
    },
    remember: ({ queryId, itemId, type }) => {
      const answer = queryId === null ? undefined : answers.get(queryId)
      if (answer === undefined || itemId === null || !answer.shown.has(itemId)) return
      const more = gradeOf(type) - (answer.grades.get(itemId) ?? 0)
      if (more <= 0) return
      answer.grades.set(itemId, gradeOf(type))
      add(answer.pairs.get(itemId) as Pair, 0, more)
    },
    of: (query) => {
      const pairs = queries.get(queryKey(query))
      if (pairs === undefined || all.taken === 0) return () => 0
      const usual = all.taken / all.seen
      return (itemId) => {
        const pair = pairs.get(itemId)
        if (pair === undefined) return 0
        return Math.log((pair.taken + priorSights * usual) / ((pair.seen + priorSights) * usual))
      }
    },
    keep: (mostPairs) => {
      const flat = [...queries].flatMap(([key, pairs]) =>
        [...pairs].map(([itemId, pair]) => ({ key, itemId, ...pair })),
      )
      flat.sort((a, b) => b.taken - a.taken || b.seen - a.seen)
      const byQuery = new Map<string, (readonly [ItemId, number, number])[]>()
      for (const { key, itemId, seen, taken } of flat.slice(0, mostPairs)) {
        const own = byQuery.get(key) ?? []
        byQuery.set(key, own)
        own.push([itemId, Math.round(seen * 100) / 100, taken])
      }
      return [...byQuery]
    },
  }
}
