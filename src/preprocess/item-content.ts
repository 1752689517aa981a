/**
 * What the catalogue says of each item, as numbers: the words of its title, its categories, brand and attributes, what
 * it costs, and what sort of a listing it is.
 *
 * A row an item, a column a token: tf-idf with each token once, idf(t) = ln(N / df(t)), each row divided by its length,
 * so that the product of two rows is the cosine of two items. A token of a single item says nothing of others: it is no
 * column but counts in its item's length (an item of rare words is like no other). Prices go into bands of half an
 * octave, title lengths into bands of three words. N is the items with a record; an item without one has an empty row.
 * Cost and memory: O(tokens).
 */
import type { Item } from '../domain/item.ts'
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import { tokenise } from './text.ts'

/** What is read of an item; a data set without a field gives an empty one. */
export type DescribedItem = Pick<Item, 'title' | 'brand' | 'categoryPath' | 'tags' | 'priceMinor'>

/** `null` where no two items share a token. @param items by index; `undefined` where the catalogue has no record */
export function itemContent(items: readonly (DescribedItem | undefined)[]): Csr | null {
  const tokens = items.map((item) => (item === undefined ? [] : contentTokens(item)))
  const counts = new Map<string, number>()
  for (const own of tokens) for (const token of own) counts.set(token, (counts.get(token) ?? 0) + 1)
  const described = tokens.filter((own) => own.length > 0).length
  const idf = (token: string) => Math.log(described / (counts.get(token) ?? 1))
  const shared = [...counts].filter(([token, count]) => count > 1 && idf(token) > 0).map(([token]) => token)
  if (shared.length === 0) return null
  // In an order that does not hang on that of the items.
  const columnOf = new Map(shared.sort().map((token, column) => [token, column]))
  const [rows, columns, values]: [number[], number[], number[]] = [[], [], []]
  tokens.forEach((own, row) => {
    const length = Math.hypot(...own.map(idf))
    for (const token of own) {
      const column = columnOf.get(token)
      if (column === undefined) continue
      rows.push(row)
      columns.push(column)
      values.push(idf(token) / length)
    }
  })
  return csrFromTriples(items.length, shared.length, rows, columns, values)
}

/** Each once. */
export function contentTokens({ title, brand, categoryPath, tags, priceMinor }: DescribedItem): string[] {
  const words = tokenise(title)
  const tokens = [
    ...words.map((word) => `word:${word}`),
    ...(brand === null ? ['brand?'] : [`brand:${brand.toLowerCase()}`]),
    ...(brand !== null && title.toLowerCase().startsWith(brand.toLowerCase()) ? ['brand first'] : []),
    `commas:${Math.min(4, title.split(',').length - 1)}`,
    `digits:${Math.min(4, (title.match(/\d/g) ?? []).length)}`,
    ...categoryPath.map((_, level) => `category:${categoryPath.slice(0, level + 1).join(' > ')}`),
    ...tags,
    priceMinor === null ? 'price?' : `price:${Math.floor(2 * Math.log2(Math.max(1, priceMinor)))}`,
    `length:${Math.floor(words.length / 3)}`,
  ]
  return [...new Set(tokens)]
}
