/** What an item stands for, in words a shopper can lean towards: category levels, brand, attributes, title words. */
import type { Item } from '../domain/item.ts'
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

const known = new WeakMap<Item, readonly ItemTag[]>()

/** Each tag once; read once for each state of a record. */
export function itemTags(item: Item): readonly ItemTag[] {
  const found = known.get(item)
  if (found !== undefined) return found
  const tags = readTags(item)
  known.set(item, tags)
  return tags
}

export function categoryTag(path: readonly string[]): string {
  return `category:${path.join(' > ')}`
}

export function brandTag(brand: string): string {
  return `brand:${brand}`
}

/** Many products share a word: they share its tag too, which is most of what tags take in memory. */
const wordTags = new Map<string, ItemTag>()

export function wordTag(word: string): ItemTag {
  const found = wordTags.get(word)
  if (found !== undefined) return found
  const tag: ItemTag = { tag: `word:${word}`, kind: 'word', weight: 0.5 }
  wordTags.set(word, tag)
  return tag
}

function readTags({ categoryPath, brand, tags, title }: Item): ItemTag[] {
  const depth = categoryPath.length
  const all: ItemTag[] = [
    ...categoryPath.map(
      (_, level): ItemTag => ({
        tag: categoryTag(categoryPath.slice(0, level + 1)),
        kind: 'category',
        weight: 2 ** (level + 1 - depth),
      }),
    ),
    ...(brand === null ? [] : [{ tag: brandTag(brand), kind: 'brand', weight: 1 } as const]),
    ...tags.slice(0, attributeLimit).map((tag): ItemTag => ({ tag, kind: 'attribute', weight: 0.5 })),
    ...[...new Set(tokenise(title))].slice(0, wordLimit).map(wordTag),
  ]
  return [...new Map(all.map((each) => [each.tag, each])).values()]
}
