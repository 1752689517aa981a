/**
 * Which products are alike by what they are: title words, brand, category, colours. Knows a new product at once.
 *
 * Every item is a set of tags (`brand:Acme`, `category:Shoes`, `word:leather`). With field weight f and live inverse
 * document frequency idf(t) = ln(1 + N / df(t)) (Spärck Jones 1972), the likeness of query q to item d is
 *
 *   s(q, d) = Σ_t q(t) f(t) / ( ‖q‖ · ‖f_d‖ ),      q(t) = f(t) idf(t) for an item, its strength for a wanted tag
 *
 * within [0, 1] by Cauchy–Schwarz. Only ‖f_d‖ is kept with an item, so that nothing stored depends on the idf, which
 * moves with every change. An inverted index: O(postings of the query's tags) a search, O(tags) a put, and a removal
 * searches the postings of the item's own tags. Memory: 8 to 12 bytes a tag of an item, some 100 for its id and number.
 */
import { grown } from '../base/grown.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { createTopK } from '../kernels/top-k.ts'
import { createNumberLists } from './number-lists.ts'

/** Something wanted, and how much (> 0), which takes into account how telling it is. */
export interface WantedTag {
  readonly tag: string
  readonly strength: number
}

export interface Alike {
  readonly itemId: ItemId
  /** In (0, 1]. */
  readonly likeness: number
}

export interface ContentIndex {
  readonly size: number
  /** Adds an item, or takes note of its new words. */
  add(item: Item): void
  remove(itemId: ItemId): void
  clear(): void
  /** The most alike to an item (itself left out) or to a list of wanted tags, best first; ties in a fixed order. */
  similar(query: ItemId | readonly WantedTag[], limit: number, accept?: (itemId: ItemId) => boolean): Alike[]
  /** How alike two items are; 0 where either is unknown. */
  likeness(query: ItemId, other: ItemId): number
  /** What each tag an item shares with the query adds to its likeness, strongest first. */
  shared(query: ItemId | readonly WantedTag[], other: ItemId): { tag: string; part: number }[]
}

/** What a tag counts for, by the word before its colon; 1 for all others. */
const fieldWeights: Readonly<Record<string, number>> = { category: 1.5, brand: 1.5 }

export function createContentIndex(tagsOf: (item: Item) => readonly string[]): ContentIndex {
  const tags = createVocabulary()
  const weights: number[] = []
  /** Slots of the items that have a tag, by tag. */
  const postings = createNumberLists()
  const slots = new Map<ItemId, number>()
  const free: number[] = []
  const ids: (ItemId | null)[] = []
  /** Tags by slot, in the order they came. */
  const itemTags = createNumberLists()
  /** 1 / ‖f_d‖ by slot. */
  let scales = new Float64Array(0)
  let sums = new Float64Array(0)

  const tagIndex = (tag: string): number => {
    const index = tags.add(tag)
    if (index === weights.length) weights.push(fieldWeights[tag.slice(0, tag.indexOf(':'))] ?? 1)
    return index
  }
  const indicesOf = (all: readonly string[]): Int32Array => {
    const unique = new Set(all)
    const own = new Int32Array(unique.size)
    let at = 0
    for (const tag of unique) own[at++] = tagIndex(tag)
    return own
  }
  const idf = (tag: number): number => Math.log(1 + slots.size / Math.max(1, postings.length(tag)))

  /** The query as tags and their parts of the score, divided by the query's length. */
  const weighed = (query: ItemId | readonly WantedTag[]): { tag: number; part: number }[] => {
    const slot = typeof query === 'string' ? slots.get(query) : undefined
    const parts =
      typeof query === 'string'
        ? Array.from(slot === undefined ? [] : itemTags.of(slot), (tag) => ({ tag, part: weights[tag] * idf(tag) }))
        : query.map(({ tag, strength }) => ({ tag: tags.indexOf(tag), part: strength })).filter(({ tag }) => tag >= 0)
    const length = Math.sqrt(parts.reduce((sum, { part }) => sum + part * part, 0))
    return parts.map(({ tag, part }) => ({ tag, part: (part * weights[tag]) / (length || 1) }))
  }

  const shared = (query: ItemId | readonly WantedTag[], other: ItemId) => {
    const slot = slots.get(other)
    const theirs = new Set(slot === undefined ? [] : itemTags.of(slot))
    const scale = slot === undefined ? 0 : scales[slot]
    return weighed(query).flatMap(({ tag, part }) => (theirs.has(tag) ? [{ tag, part: part * scale }] : []))
  }

  const remove = (itemId: ItemId): void => {
    const slot = slots.get(itemId)
    if (slot === undefined) return
    for (const tag of itemTags.of(slot)) postings.drop(tag, slot)
    slots.delete(itemId)
    ids[slot] = null
    free.push(slot)
  }

  return {
    get size() {
      return slots.size
    },
    add: (item) => {
      const own = indicesOf(tagsOf(item))
      const known = slots.get(item.id)
      if (known !== undefined) {
        // A change of price or stock, the common case, leaves the words alone.
        const before = itemTags.of(known)
        if (own.length === before.length && own.every((tag, at) => tag === before[at])) return
        remove(item.id)
      }
      const slot = free.pop() ?? ids.length
      slots.set(item.id, slot)
      ids[slot] = item.id
      itemTags.set(slot, own)
      let squares = 0
      for (const tag of own) {
        squares += weights[tag] * weights[tag]
        postings.add(tag, slot)
      }
      if (slot >= scales.length) scales = grown(scales, roomFor(slot))
      scales[slot] = 1 / (Math.sqrt(squares) || 1)
    },
    remove,
    clear: () => {
      postings.clear()
      itemTags.clear()
      free.length = 0
      ids.length = 0
      slots.clear()
    },
    similar: (query, limit, accept = () => true) => {
      const parts = weighed(query)
      if (sums.length < ids.length) sums = grown(sums, roomFor(ids.length))
      const touched: number[] = []
      for (const { tag, part } of parts) {
        const having = postings.of(tag)
        for (let at = 0; at < having.length; at++) {
          const slot = having[at]
          if (sums[slot] === 0) touched.push(slot)
          sums[slot] += part
        }
      }
      const best = createTopK(limit)
      for (const slot of touched) {
        const itemId = ids[slot] as ItemId
        sums[slot] *= scales[slot]
        if (itemId !== query && best.admits(slot, sums[slot]) && accept(itemId)) best.offer(slot, sums[slot])
      }
      const found = Array.from(best.drain(), (slot) => ({
        itemId: ids[slot] as ItemId,
        likeness: Math.min(1, sums[slot]),
      }))
      for (const slot of touched) sums[slot] = 0
      return found
    },
    likeness: (query, other) =>
      Math.min(
        1,
        shared(query, other).reduce((sum, { part }) => sum + part, 0),
      ),
    shared: (query, other) =>
      shared(query, other)
        .sort((a, b) => b.part - a.part)
        .map(({ tag, part }) => ({ tag: tags.idOf(tag), part })),
  }
}

function roomFor(slot: number): number {
  return Math.max(256, Math.ceil((slot + 1) * 1.25))
}
