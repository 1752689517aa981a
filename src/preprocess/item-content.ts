/**
 * What the catalogue says of each item, as numbers: the words of its title, its categories, brand and attributes, what
 * it costs, and what sort of a listing it is.
 *
 * A row an item, a column a token: tf-idf with each token once, idf(t) = ln(N / df(t)), each row divided by its length,
 * so that the product of two rows is the cosine of two items. A token of a single item says nothing of others: it is no
 * column but counts in its item's length (an item of rare words is like no other). What a listing looks like (its price
 * in bands of half an octave, title length in bands of three words, commas and digits, whether its brand has others)
 * counts 0.3 of that: it hardly makes two things alike, but tells what sells. N is the items with a record; an item
 * without one has an empty row. Cost and memory: O(tokens).
 */
import type { Item } from '../domain/item.ts'
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import { tokenise } from './text.ts'

/** What is read of an item; a data set without a field gives an empty one. */
export type DescribedItem = Pick<Item, 'title' | 'brand' | 'categoryPath' | 'tags' | 'priceMinor'>

const listingWeight = 0.3

/** `null` where no two items share a token. @param items by index; `undefined` where the catalogue has no record */
export function itemContent(items: readonly (DescribedItem | undefined)[]): Csr | null {
  const brands = countOf(items.map((item) => brandToken(item?.brand ?? null)))
  const tokens = items.map((item) => {
    if (item === undefined) return []
    const alone = brands.get(brandToken(item.brand)) === 1 ? ['listing:only one of its brand'] : []
    return [...new Set([...contentTokens(item), ...alone])]
  })
  const counts = countOf(tokens.flat())
  const described = tokens.filter((own) => own.length > 0).length
  const weight = (token: string): number =>
    (token.startsWith('listing:') ? listingWeight : 1) * Math.log(described / (counts.get(token) ?? 1))
  const shared = [...counts].filter(([, count]) => count > 1 && count < described).map(([token]) => token)
  if (shared.length === 0) return null
  // In an order that does not hang on that of the items.
  const columnOf = new Map(shared.sort().map((token, column) => [token, column]))
  const [rows, columns, values]: [number[], number[], number[]] = [[], [], []]
  tokens.forEach((own, row) => {
    const length = Math.hypot(...own.map(weight))
    for (const token of own) {
      const column = columnOf.get(token)
      if (column === undefined) continue
      rows.push(row)
      columns.push(column)
      values.push(weight(token) / length)
    }
  })
  return csrFromTriples(items.length, shared.length, rows, columns, values)
}

function countOf(tokens: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
  return counts
}

function brandToken(brand: string | null): string {
  return brand === null ? 'listing:no brand' : `brand:${brand.toLowerCase()}`
}

/** Repeats included. */
function contentTokens({ title, brand, categoryPath, tags, priceMinor }: DescribedItem): string[] {
  const words = tokenise(title)
  const atMost = (most: number, pattern: RegExp) => Math.min(most, title.match(pattern)?.length ?? 0)
  return [
    ...words.map((word) => `word:${word}`),
    brandToken(brand),
    ...categoryPath.map((_, level) => `category:${categoryPath.slice(0, level + 1).join(' > ')}`),
    ...tags,
    priceMinor === null ? 'listing:no price' : `listing:price ${Math.floor(2 * Math.log2(Math.max(1, priceMinor)))}`,
    `listing:words ${Math.min(15, Math.floor(words.length / 3))}`,
    `listing:commas ${atMost(4, /[,，、]/g)}`,
    `listing:digits ${atMost(4, /\p{N}/gu)}`,
  ]
}
