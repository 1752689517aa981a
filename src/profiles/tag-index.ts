/** Numbers the tags of the items that shoppers met, and knows how telling each is: the fewer items bear it, the more. */
import { createVocabulary, type Vocabulary } from '../base/vocabulary.ts'
import type { Item } from '../domain/item.ts'
import { type ItemTag, itemTags, type TagKind } from './item-tags.ts'

export interface TagIndex {
  readonly tags: Vocabulary
  /** The number of a tag, which is added when new. */
  readonly number: (tag: ItemTag) => number
  readonly kindOf: (tag: number) => TagKind
  /** Tags are compared with those of their group: brands with brands, colours with colours, levels with levels. */
  readonly groupOf: (tag: number) => number
  /** Counts the tags of an item that was not met before. */
  readonly meet: (item: Item) => void
  /** The numbers of the item's tags, and how much an event with it says for each. */
  readonly tagsOf: (item: Item) => { readonly tags: Int32Array; readonly weights: Float64Array }
  /** Inverse document frequency brought to (0, 1], 1 − log(items with it) / log(1 + items): 1 for a tag of one item. */
  readonly telling: (tag: number) => number
}

export function createTagIndex(): TagIndex {
  const tags = createVocabulary()
  const groups = createVocabulary()
  const groupOf: number[] = []
  const kinds: TagKind[] = []
  const itemsWith: number[] = []
  /** Logarithms of those, kept because every question asks for them. */
  const logsWith: number[] = []
  const known = new WeakMap<Item, ReturnType<TagIndex['tagsOf']>>()
  let itemCount = 0
  let logCount = 1

  function number({ tag, kind }: ItemTag): number {
    const index = tags.add(tag)
    if (index === kinds.length) {
      kinds.push(kind)
      groupOf.push(groups.add(groupName(tag, kind)))
      itemsWith.push(0)
      logsWith.push(0)
    }
    return index
  }

  return {
    tags,
    number,
    kindOf: (tag) => kinds[tag],
    groupOf: (tag) => groupOf[tag],
    meet: (item) => {
      logCount = Math.log1p(++itemCount)
      for (const tag of itemTags(item)) {
        const index = number(tag)
        logsWith[index] = Math.log(++itemsWith[index])
      }
    },
    tagsOf: (item) => {
      const found = known.get(item)
      if (found !== undefined) return found
      const own = itemTags(item)
      const numbered = { tags: Int32Array.from(own, number), weights: Float64Array.from(own, ({ weight }) => weight) }
      known.set(item, numbered)
      return numbered
    },
    telling: (tag) => 1 - logsWith[tag] / logCount,
  }
}

function groupName(tag: string, kind: TagKind): string {
  if (kind === 'category') return `${kind} ${tag.split(' > ').length}`
  return kind === 'attribute' ? `${kind} ${tag.slice(0, tag.indexOf(':'))}` : kind
}
