/**
 * A thing the shop offers: what its record says, read once into the fields every stage needs.
 *
 * The record itself is kept as the shop sent it; fields a record lacks are `null` or empty, never guessed here.
 */
import type { CatalogueId, ItemId } from './ids.ts'
import { readWrittenNumber } from './written-number.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** A catalogue record as the shop sends it: any JSON object with an `objectID`. */
export interface ItemRecord {
  readonly objectID: string
  readonly [attribute: string]: Json
}

export interface Item {
  readonly id: ItemId
  readonly catalogue: CatalogueId
  readonly title: string
  readonly description: string
  readonly brand: string | null
  /** From the root to the leaf, e.g. `['Women', 'Shoes', 'Boots']`; empty when unknown. */
  readonly categoryPath: readonly string[]
  /** Other words the shop gave: colours, materials, tags. Each as `attribute:value`. */
  readonly tags: readonly string[]
  /** In minor units (cents) of the shop's currency. */
  readonly priceMinor: number | null
  readonly inStock: boolean
  /** Kept in the catalogue but never shown. */
  readonly hidden: boolean
  readonly createdAtMs: number | null
  readonly record: ItemRecord
}

/** Which attribute of a record holds which field; the first attribute present wins. */
export type AttributeMapping = Readonly<Record<keyof typeof defaultAttributes, readonly string[]>>

export const defaultAttributes = {
  title: ['title', 'name', 'productName', 'product_name'],
  description: ['description', 'text', 'summary'],
  brand: ['brand', 'manufacturer', 'vendor'],
  category: ['hierarchicalCategories', 'categoryPath', 'categories', 'category', 'type', 'genres'],
  tags: ['_tags', 'tags', 'color', 'colour', 'material', 'gender', 'style', 'season'],
  price: ['price', 'salePrice', 'unitPrice'],
  stock: ['inStock', 'in_stock', 'stock', 'available', 'quantity'],
  hidden: ['hidden', 'unlisted'],
  createdAt: ['createdAt', 'created_at', 'releaseDate', 'date'],
} as const satisfies Record<string, readonly string[]>

/** Reads a record into an item. Never throws: a field of an unexpected type counts as absent. */
export function readItem(
  catalogue: CatalogueId,
  record: ItemRecord,
  mapping: AttributeMapping = defaultAttributes,
): Item {
  const price = number(first(record, mapping.price))
  return {
    id: record.objectID as ItemId,
    catalogue,
    title: text(first(record, mapping.title)),
    description: text(first(record, mapping.description)),
    brand: text(first(record, mapping.brand)) || null,
    categoryPath: categoryPath(first(record, mapping.category)),
    tags: tagsOf(record, mapping.tags),
    priceMinor: price === null || price < 0 ? null : Math.round(price * 100),
    inStock: stocked(first(record, mapping.stock)),
    hidden: isTrue(first(record, mapping.hidden)),
    createdAtMs: time(first(record, mapping.createdAt)),
    record,
  }
}

function first(record: ItemRecord, names: readonly string[]): Json | undefined {
  for (const name of names) if (record[name] !== undefined && record[name] !== null) return record[name]
  return undefined
}

function tagsOf(record: ItemRecord, names: readonly string[]): string[] {
  const tags: string[] = []
  for (const name of names) {
    // Most records have few of them.
    if (record[name] !== undefined) for (const value of texts(record[name])) tags.push(`${name}:${value}`)
  }
  return tags
}

function text(value: Json | undefined): string {
  if (typeof value === 'string') return value.trim()
  return typeof value === 'number' ? String(value) : ''
}

function texts(value: Json | undefined): string[] {
  const list: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value]
  return list.map(text).filter((each) => each !== '')
}

function number(value: Json | undefined): number | null {
  const parsed = typeof value === 'string' ? readWrittenNumber(value.replace(/[^\d.,-]/g, '')) : value
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : null
}

/** `'a > b'`, `['a', 'b']` and the stock UI kits' `{lvl0: 'a', lvl1: 'a > b'}` all mean the path a, b. */
function categoryPath(value: Json | undefined): string[] {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const levels = value as { readonly [key: string]: Json }
    const deepest = Object.keys(levels).sort().at(-1)
    const level = deepest === undefined ? undefined : levels[deepest]
    return categoryPath(Array.isArray(level) ? (level as readonly Json[])[0] : level)
  }
  return texts(value)
    .flatMap((part) => part.split(/[>|]/))
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function stocked(value: Json | undefined): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return !/^(0|no|false|out.?of.?stock|sold.?out)$/i.test(value.trim())
  return typeof value === 'number' ? value > 0 : true
}

/** Files of text know no booleans. */
function isTrue(value: Json | undefined): boolean {
  return value === true || (typeof value === 'number' && value !== 0) || /^(1|true|yes)$/i.test(text(value))
}

function time(value: Json | undefined): number | null {
  // Unix seconds and milliseconds are both in use; anything before 1973 in milliseconds is seconds.
  if (typeof value === 'number' && Number.isFinite(value)) return value < 1e11 ? value * 1000 : value
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(parsed) ? null : parsed
}
