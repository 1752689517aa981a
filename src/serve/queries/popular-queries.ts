/**
 * What is searched by many: each search once, however it is written, with how many different shoppers typed it.
 *
 * What fewer than `leastShoppers` typed is left out, and so is a way of writing that only one did: a search may tell
 * who made it. Cost: one pass over the log.
 */
import type { Breathe } from '../../base/breathe.ts'
import type { QueryLog } from './query-log.ts'
import { isPresentable, type QueryWords } from './query-text.ts'

export interface PopularQuery {
  /** As most of them write it. */
  readonly text: string
  readonly shoppers: number
}

const leastSpellers = 2

/** Most popular first. */
export async function popularQueries(
  log: QueryLog,
  words: QueryWords,
  leastShoppers: number,
  breathe: Breathe,
): Promise<PopularQuery[]> {
  const byKey = new Map<string, { shoppers: number; readonly spellings: Map<string, number> }>()
  for (const [, searches] of [...log.shoppers()]) {
    const keys = new Set<string>()
    for (const query of new Set(searches.map((each) => each.query))) {
      const key = words.key(query)
      if (key === '' || !isPresentable(query)) continue
      const known = byKey.get(key) ?? { shoppers: 0, spellings: new Map<string, number>() }
      byKey.set(key, known)
      if (!keys.has(key)) known.shoppers++
      keys.add(key)
      known.spellings.set(query, (known.spellings.get(query) ?? 0) + 1)
    }
    await breathe()
  }
  return [...byKey.values()]
    .flatMap(({ shoppers, spellings }) => {
      const [text, spellers] = [...spellings].reduce((best, each) => (isBetter(each, best) ? each : best))
      return shoppers >= leastShoppers && spellers >= leastSpellers ? [{ text, shoppers }] : []
    })
    .sort((a, b) => b.shoppers - a.shoppers || (a.text < b.text ? -1 : 1))
}

function isBetter([text, count]: readonly [string, number], [best, most]: readonly [string, number]): boolean {
  return count > most || (count === most && text < best)
}
