/** What an item stands for, in words a shopper can lean towards: category levels, brand, attributes, title words. */
import type { Item, ItemRecord } from '../domain/item.ts'
import { tokenise } from '../preprocess/text.ts'

export type TagKind = 'category' | 'brand' | 'attribute' | 'word'

export interface ItemTag {
  /** `category:Shoes > Boots`, `brand:Acme`, `color:red`, `word:leather`. */
  readonly tag: string
  readonly kind: TagKind
  /** How much an event with the item says for it: 1 for brand and leaf category, less for what is broader or vaguer. */
  readonly weight: number
}

const attributeLimit = 8
const wordLimit = 12

/** For as long as the record itself is at hand. */
const known = new WeakMap<ItemRecord, readonly ItemTag[]>()

/** Each tag once; read once for each state of a record. */
export function itemTags(item: Item): readonly ItemTag[] {
  const { record } = item
  const found = known.get(record)
  if (found !== undefined) return found
  const tags = readTags(item)
  known.set(record, tags)
  return tags
}

export function categoryTag(path: readonly string[]): string {
  return `category:${path.join(' > ')}`
}

export function brandTag(brand: string): string {
  return `brand:${brand}`
}

/** Tags of words met lately: most words come again. */
const wordTags = new Map<string, ItemTag>()
const mostWordTags = 20_000

export function wordTag(word: string): ItemTag {
  const found = wordTags.get(word)
  if (found !== undefined) return found
  const tag: ItemTag = { tag: `word:${word}`, kind: 'word', weight: 0.5 }
  if (wordTags.size >= mostWordTags) wordTags.clear()
  wordTags.set(word, tag)
  return tag
}

/** One tag a level, the broadest first. */
function readCategory(path: readonly string[]): ItemTag[] {
  return path.map((_, level): ItemTag => {
    return { tag: categoryTag(path.slice(0, level + 1)), kind: 'category', weight: 2 ** (level + 1 - path.length) }
  })
}

/** By the path itself: products of a category may share it. */
const categoryTags = new WeakMap<readonly string[], readonly ItemTag[]>()

/** The same, read once for each path. */
export function tagsOfCategory(path: readonly string[]): readonly ItemTag[] {
  const found = categoryTags.get(path)
  if (found !== undefined) return found
  const tags = readCategory(path)
  categoryTags.set(path, tags)
  return tags
}

function readTags({ categoryPath, brand, tags, title }: Item): ItemTag[] {
  const all: ItemTag[] = [
    ...readCategory(categoryPath),
    ...(brand === null ? [] : [{ tag: brandTag(brand), kind: 'brand', weight: 1 } as const]),
    ...tags.slice(0, attributeLimit).map((tag): ItemTag => ({ tag, kind: 'attribute', weight: 0.5 })),
    ...[...new Set(tokenise(title))].slice(0, wordLimit).map(wordTag),
  ]
  return [...new Map(all.map((each) => [each.tag, each])).values()]
}
