/**
 * Which categories shoppers want who search for something, read from what they then take.
 *
 * Every shopper who took something after a search has one vote, shared among what was taken by the weight of the acts.
 * share(c | q) = votes for c / votes. A search nobody took anything of is answered by the longest run of its words that
 * somebody did ("acme jeans": "jeans"). How much the votes count against what the catalogue says is the ranker's to decide.
 * Cost: one pass over the log; about 100 bytes a search and category.
 */
import type { Breathe } from '../../base/breathe.ts'
import type { ItemId } from '../../domain/ids.ts'
import type { Item } from '../../domain/item.ts'
import { categoryKey } from '../../retrieve/product-facts.ts'
import type { QueryIntent } from '../../retrieve/query-intent.ts'
import type { QueryLog, Searched } from './query-log.ts'
import type { QueryWords } from './query-text.ts'

export interface Intents {
  /** `null` where nobody took anything after such a search. */
  of(query: string): QueryIntent | null
}

/** Of a search, that are looked at where it is not known whole. */
const mostWords = 8

export const noIntents: Intents = { of: () => null }

interface Votes {
  voters: number
  readonly categories: Map<string, number>
}

export async function learnIntents(
  log: QueryLog,
  words: QueryWords,
  item: (itemId: ItemId) => Item | undefined,
  breathe: Breathe,
): Promise<Intents> {
  const known = new Map<string, Votes>()
  for (const [, searches] of [...log.shoppers()]) {
    for (const [key, taken] of takenBy(searches, words)) vote(known, key, taken, item)
    await breathe()
  }
  const shares = new Map<string, QueryIntent>()
  for (const [key, { voters, categories }] of known) {
    shares.set(key, { voters, categories: new Map([...categories].map(([name, votes]) => [name, votes / voters])) })
  }
  return {
    of: (query) => {
      const own = words.words(query).slice(0, mostWords)
      for (let length = own.length; length > 0; length--) {
        for (let from = own.length - length; from >= 0; from--) {
          const found = shares.get(words.join(own.slice(from, from + length)))
          if (found !== undefined) return found
        }
      }
      return null
    },
  }
}

function takenBy(searches: readonly Searched[], words: QueryWords): Map<string, Map<ItemId, number>> {
  const byKey = new Map<string, Map<ItemId, number>>()
  for (const { query, taken } of searches) {
    if (taken === null) continue
    const key = words.key(query)
    const own = byKey.get(key) ?? new Map<ItemId, number>()
    byKey.set(key, own)
    for (const [itemId, weight] of taken) own.set(itemId, Math.max(weight, own.get(itemId) ?? 0))
  }
  return byKey
}

function vote(
  known: Map<string, Votes>,
  key: string,
  taken: ReadonlyMap<ItemId, number>,
  item: (itemId: ItemId) => Item | undefined,
): void {
  const votes = known.get(key) ?? { voters: 0, categories: new Map<string, number>() }
  const present = [...taken].flatMap(([itemId, weight]) => {
    const found = item(itemId)
    return found === undefined ? [] : [{ item: found, weight }]
  })
  const all = present.reduce((sum, { weight }) => sum + weight, 0)
  if (all === 0) return
  known.set(key, votes)
  votes.voters++
  for (const { item: each, weight } of present) {
    each.categoryPath.forEach((_, depth) => {
      const name = categoryKey(each.categoryPath, depth)
      votes.categories.set(name, (votes.categories.get(name) ?? 0) + weight / all)
    })
  }
}
