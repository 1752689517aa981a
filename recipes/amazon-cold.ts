/**
 * New items: what shoppers took that nobody had taken before.
 *
 * Amazon 2023, a sample of three categories: 10,000 products, of which 3,700 were ever reviewed, 25,023 reviews. The log
 * is cut by time; models learn from what is before the cut and from the whole catalogue. What a shopper who was known
 * by then took afterwards, of products that nobody had taken before the cut, is the truth. It is ranked among all
 * products without an interaction (`cold`), or, with the rest of what they took, in the whole catalogue (`all`).
 * Settings were chosen on earlier cuts (docs/log.md).
 */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import Papa from 'papaparse'
import { createRng } from '../src/base/rng.ts'
import { filledRows, type Split } from '../src/evaluate/split.ts'
import type { Csr } from '../src/kernels/csr.ts'
import { type Entry, interactionsFrom } from '../src/preprocess/interactions.ts'
import { type DescribedItem, itemContent } from '../src/preprocess/item-content.ts'
import type { DataSet, Recipe } from './recipe.ts'

export interface ColdCut {
  /** Shares of the log: models learn up to `from`, the truth lies between. */
  readonly from: number
  readonly until: number
  /** Items without an interaction before the cut, or the whole catalogue. */
  readonly among: 'cold' | 'all'
}

export function amazonCold(cut: ColdCut): DataSet {
  return {
    files: ['amazon2023/interactions.csv.gz', 'amazon2023/items.csv.gz'],
    read: async ([reviewsPath, itemsPath]) => {
      const { reviews, users, content, items } = await readShop(reviewsPath, itemsPath)
      return cutAt(reviews, users, items, cut, content)
    },
  }
}

async function readShop(reviewsPath: string, itemsPath: string) {
  const records = await rowsOf(itemsPath)
  // Numbers, which decide ties, tell nothing of when or how often an item occurs.
  const order = createRng('amazon-cold').shuffle(records.slice())
  const itemOf = new Map(order.map(({ item_id }, index) => [item_id, index]))
  const users = new Map<string, number>()
  const reviews = (await rowsOf(reviewsPath)).map(({ user_id, item_id, timestamp }): Entry => {
    const row = users.get(user_id) ?? users.size
    users.set(user_id, row)
    return { row, item: itemOf.get(item_id) ?? -1, strength: 1, atMs: Number(timestamp) }
  })
  const content = itemContent(order.map(described))
  return { reviews: reviews.sort((a, b) => a.atMs - b.atMs), users: users.size, items: order.length, content }
}

async function rowsOf(path: string): Promise<Record<string, string>[]> {
  const text = gunzipSync(await readFile(path)).toString('utf8')
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data
}

function described({ title, brand, category, price }: Record<string, string>): DescribedItem {
  return {
    title,
    brand: brand || null,
    categoryPath: category ? [category] : [],
    tags: [],
    priceMinor: price ? Math.round(100 * Number(price)) : null,
  }
}

function cutAt(
  reviews: readonly Entry[],
  rowCount: number,
  itemCount: number,
  { from, until, among }: ColdCut,
  content: Csr | null,
): Split {
  const [start, end] = [from, until].map((share) => Math.floor(share * reviews.length))
  const asOfMs = reviews[start].atMs
  const before = reviews.filter(({ atMs }) => atMs < asOfMs)
  const met = new Set(before.map(({ item }) => item))
  const known = new Set(before.map(({ row }) => row))
  const had = new Set(before.map(pairOf))
  const after = reviews.slice(start, end).filter(({ row }) => known.has(row))
  const wanted = after.filter((review) => (among === 'cold' ? !met.has(review.item) : !had.has(pairOf(review))))
  const shape = { rowCount, itemCount, asOfMs }
  const train = { ...interactionsFrom(before, shape), content }
  const truth = interactionsFrom(wanted, shape).matrix
  const rows = filledRows(truth)
  const split = { train, asked: train, truth, rows }
  return among === 'all' ? split : { ...split, masked: everyRow(rows, Int32Array.from(met).sort(), truth) }
}

function pairOf({ row, item }: Entry): string {
  return `${row} ${item}`
}

/** The same `columns` in each of `rows`. */
function everyRow(rows: Int32Array, columns: Int32Array, { rowCount, columnCount }: Csr): Csr {
  const pointers = new Int32Array(rowCount + 1)
  for (const row of rows) pointers[row + 1] = columns.length
  for (let row = 0; row < rowCount; row++) pointers[row + 1] += pointers[row]
  const all = new Int32Array(rows.length * columns.length)
  for (let row = 0; row < rows.length; row++) all.set(columns, row * columns.length)
  return { rowCount, columnCount, pointers, columns: all, values: new Float32Array(all.length).fill(1) }
}

const five = ['1', '2', '3', '4', '5']
/** Content kNN: the cosine to what a shopper has, and nothing learnt. */
const alone = { mapWeight: 0, priorWeight: 0 }

export const amazonColdRecipes: readonly Recipe[] = [
  {
    name: 'amazon-cold',
    about: 'What shoppers took of products nobody had taken before, ranked among all those. Settings: the defaults.',
    data: amazonCold({ from: 0.7, until: 1, among: 'cold' }),
    entries: {
      content: { model: 'content', seeds: five, bands: { 'G@20': [0.0165, 0.0199] } },
      'content kNN': { model: 'content', config: alone, seeds: ['1'], bands: { 'G@20': [0.0137, 0.0147] } },
      'content kNN that forgets nothing': {
        model: 'content',
        config: { ...alone, halfLifeDays: 1e6 },
        seeds: ['1'],
        bands: { 'G@20': [0.0129, 0.0139] },
      },
      'mapped tastes': {
        model: 'content',
        config: { mapWeight: 1000, priorWeight: 0 },
        seeds: five,
        bands: { 'G@20': [0.0115, 0.0199] },
      },
      popularity: { model: 'popularity', seeds: ['1'], bands: { 'G@20': [0.0037, 0.0047] } },
    },
  },
  {
    name: 'amazon-cold-all',
    about: 'What shoppers took next, new or not, ranked in the whole catalogue. Settings: the defaults.',
    data: amazonCold({ from: 0.7, until: 1, among: 'all' }),
    entries: {
      content: { model: 'content', seeds: five, bands: { 'G@20': [0.0115, 0.0167] } },
      'content kNN': { model: 'content', config: alone, seeds: ['1'], bands: { 'G@20': [0.0134, 0.0144] } },
      popularity: { model: 'popularity', seeds: ['1'], bands: { 'G@20': [0.0078, 0.0088] } },
      RP3β: { model: 'rp3beta', seeds: ['1'], bands: { 'G@20': [0.0085, 0.0095] } },
      iALS: { model: 'ials', seeds: ['1'], bands: { 'G@20': [0.0055, 0.0071] } },
    },
  },
]
