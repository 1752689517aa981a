/**
 * Which words of a record can be found, and how much the place where they stand tells.
 *
 * Attributes have field numbers (at most 255, in the order given or met) and ranks (0 … 7, the more telling the lower).
 * Where a shop names its searchable attributes, rank is their order; the eighth and all after it share the last. Where
 * it names none, every attribute with text is read, by what such attributes are usually called; ids, addresses of pages
 * and pictures are left out.
 */
import type { ItemRecord, Json } from '../domain/item.ts'

export const rankCount = 8
export const fieldLimit = 255

export interface SearchableFields {
  /** Attribute paths by field number. */
  readonly attributes: readonly string[]
  rankOf(field: number): number
  /** Whether where in the attribute a word stands does not matter. */
  unordered(field: number): boolean
  /** Calls back for every searchable string of a record, in the order of fields; several of one field one by one. */
  read(record: ItemRecord, visit: (field: number, text: string) => void): void
  /** Gives attributes met before their numbers again. */
  adopt(attributes: readonly string[]): void
  /** The field numbers an attribute name stands for: itself, or everything below it. */
  fieldsOf(attribute: string): number[]
}

const usual: readonly (readonly [RegExp, number])[] = [
  [/^(title|name|product_?name|product_?title)$/i, 0],
  [/categor|^type$|product_?type|genre|department/i, 1],
  [/brand|manufacturer|vendor|^maker$|author|artist/i, 2],
  [/^_?tags?$|colou?r|material|style|gender|season|size|keyword|model|flavou?r|scent/i, 3],
  [/bullet|feature|highlight|summary|subtitle/i, 5],
  [/desc|text|body|content|detail|review/i, 6],
]
const leftOut =
  /(^|[_.])(id|ids|asin|sku|ean|gtin|upc|url|urls|image|images|img|link|href|currency|hash|slug)$|(Id|ID|IDs|Ids|Url|URL|Image|Images)$/
const address = /^(https?:)?\/\//i

export function createSearchableFields(settings: readonly string[] | null): SearchableFields {
  const attributes: string[] = []
  const ranks: number[] = []
  const anyOrder: boolean[] = []
  const numbers = new Map<string, number>()
  const addField = (attribute: string, rank: number, unordered: boolean): number => {
    const known = numbers.get(attribute)
    if (known !== undefined) return known
    const field = attributes.push(attribute) - 1
    ranks.push(Math.min(rank, rankCount - 1))
    anyOrder.push(unordered)
    numbers.set(attribute, field)
    return field
  }
  const named = (settings ?? []).flatMap((entry, rank) =>
    entry.split(',').map((each) => {
      const [, modifier, inner] = /^\s*(unordered|ordered)\s*\(\s*(.+?)\s*\)\s*$/.exec(each) ?? []
      const attribute = inner ?? each.trim()
      return { attribute, rank, unordered: modifier === 'unordered' }
    }),
  )
  for (const { attribute, rank, unordered } of named.slice(0, fieldLimit)) addField(attribute, rank, unordered)

  const readNamed: SearchableFields['read'] = (record, visit) => {
    for (let field = 0; field < attributes.length; field++) {
      for (const value of valuesAt(record, attributes[field])) eachText(value, (text) => visit(field, text))
    }
  }
  const readAll: SearchableFields['read'] = (record, visit) => {
    const found: { field: number; text: string }[] = []
    const walk = (path: string, value: Json): void => {
      if (typeof value === 'string') {
        if (value === '' || leftOut.test(path) || address.test(value)) return
        if (attributes.length >= fieldLimit && !numbers.has(path)) return
        found.push({ field: addField(path, usualRank(path), false), text: value })
      } else if (Array.isArray(value)) {
        for (const each of value as readonly Json[]) walk(path, each)
      } else if (value !== null && typeof value === 'object') {
        for (const [key, each] of Object.entries(value)) walk(`${path}.${key}`, each)
      }
    }
    for (const [key, value] of Object.entries(record)) if (key !== 'objectID') walk(key, value)
    found.sort((a, b) => a.field - b.field)
    for (const { field, text } of found) visit(field, text)
  }

  return {
    attributes,
    rankOf: (field) => ranks[field],
    unordered: (field) => anyOrder[field],
    adopt: (paths) => {
      for (const path of settings === null ? paths : []) addField(path, usualRank(path), false)
    },
    read: settings === null ? readAll : readNamed,
    fieldsOf: (attribute) =>
      attributes.flatMap((each, field) => (each === attribute || each.startsWith(`${attribute}.`) ? [field] : [])),
  }
}

function usualRank(path: string): number {
  const last = path.slice(path.lastIndexOf('.') + 1)
  return usual.find(([name]) => name.test(last) || name.test(path))?.[1] ?? 4
}

/** The values at `a.b`, through arrays of objects. */
function valuesAt(value: Json, path: string): Json[] {
  if (value === null || typeof value !== 'object') return []
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((each) => valuesAt(each, path))
  const object = value as { readonly [key: string]: Json }
  if (object[path] !== undefined) return [object[path]]
  return [...path.matchAll(/\./g)].flatMap(({ index }) => {
    const inner = object[path.slice(0, index)]
    return inner === undefined ? [] : valuesAt(inner, path.slice(index + 1))
  })
}

function eachText(value: Json, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value)
  else if (typeof value === 'number') visit(String(value))
  else if (Array.isArray(value)) for (const each of value as readonly Json[]) eachText(each, visit)
  else if (value !== null && typeof value === 'object') {
    for (const each of Object.values(value as { readonly [key: string]: Json })) eachText(each, visit)
  }
}
