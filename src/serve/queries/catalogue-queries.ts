/**
 * What could be searched in a catalogue nobody has searched yet: its brands, its categories, and what its titles are
 * about ("… hiking boots, leather": boots), each with how many products it stands for. O(products).
 */
import type { Breathe } from '../../base/breathe.ts'
import type { Item } from '../../domain/item.ts'
import { titleHeads } from '../../retrieve/product-facts.ts'
import { cleanQuery, isPresentable, type QueryWords } from './query-text.ts'

/** A word of one or two titles is no kind of thing. */
const leastProducts = 3

/** Those of the most products first. */
export async function catalogueQueries(items: Iterable<Item>, words: QueryWords, breathe: Breathe): Promise<string[]> {
  const counts = new Map<string, { readonly text: string; products: number }>()
  for (const item of items) {
    if (item.hidden) continue
    const named = [...item.categoryPath, ...(item.brand === null ? [] : [item.brand]), ...titleHeads(item.title)]
    const own = new Map(named.map(cleanQuery).map((text) => [words.key(text), text]))
    for (const [key, text] of own) {
      if (key === '' || !isPresentable(text)) continue
      const known = counts.get(key)
      if (known === undefined) counts.set(key, { text, products: 1 })
      else known.products++
    }
    await breathe()
  }
  return [...counts.values()]
    .filter(({ products }) => products >= leastProducts)
    .sort((a, b) => b.products - a.products || (a.text < b.text ? -1 : 1))
    .map(({ text }) => text)
}
