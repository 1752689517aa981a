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
 * searches the postings of the item's own tags. Items go by the numbers (slots) that the search index gave them. A put
 * whose title, brand, category and attributes hash to what they did does nothing, so that tags which `serialise` gave
 * away save a restart from reading all again. Memory: 8 to 12 bytes a tag of an item, 40 an item.
 */
import { grown } from '../base/grown.ts'
import { hash32 } from '../base/rng.ts'
import { hashTexts } from '../base/text-hash.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { type Item, readItem } from '../domain/item.ts'
import { createTopK } from '../kernels/top-k.ts'
import { createNumberLists } from './number-lists.ts'
import { packArrays, unpackArrays } from './packed-arrays.ts'

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
  put(slot: number, item: Item): void
  /** Takes out the item that had this number, if any. */
  remove(slot: number): void
  /** The most alike to an item (itself left out) or to a list of wanted tags, best first; ties in a fixed order. */
  similar(query: ItemId | readonly WantedTag[], limit: number, accept?: (itemId: ItemId) => boolean): Alike[]
  /** How alike two items are; 0 where either is unknown. */
  likeness(query: ItemId, other: ItemId): number
  /** What each tag an item shares with the query adds to its likeness, strongest first. */
  shared(query: ItemId | readonly WantedTag[], other: ItemId): { tag: string; part: number }[]
  /** The tags of all items, by their numbers. */
  serialise(): Uint8Array
  /** Takes over what `serialise` gave, before the first item comes; false, and nothing taken, where it cannot be read or tags are read otherwise now. */
  adopt(bytes: Uint8Array): boolean
  /** Forgets what was taken over and is not there any more. */
  settle(): void
}

/** The bridge between items and their numbers, kept by another. */
export interface ItemNumbers {
  readonly slotOf: (itemId: ItemId) => number | undefined
  readonly idOf: (slot: number) => ItemId | undefined
}

/** What a tag counts for, by the word before its colon; 1 for all others. */
const fieldWeights: Readonly<Record<string, number>> = { category: 1.5, brand: 1.5 }

const kind = { magic: 0x54414731, version: 1 }

/** @param tagsOf read from title, brand, category path and tags of an item, and from nothing else */
export function createContentIndex(
  tagsOf: (item: Item) => readonly string[],
  { slotOf, idOf }: ItemNumbers,
): ContentIndex {
  const tags = createVocabulary()
  const weights: number[] = []
  /** Slots of the items that have a tag, by tag. */
  const postings = createNumberLists()
  /** Tags by slot, in the order they came. */
  const itemTags = createNumberLists()
  /** One more than the highest slot. */
  let slotCount = 0
  let size = 0
  /** 1 / ‖f_d‖ by slot; 0 where there is no item. */
  let scales = new Float64Array(256)
  /** Two hashes of what tags are read from, by slot. */
  let hashes = new Uint32Array(512)
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
  const idf = (tag: number): number => Math.log(1 + size / Math.max(1, postings.length(tag)))
  const has = (slot: number): boolean => slot < slotCount && scales[slot] > 0
  /** The number of an item that is here. */
  const known = (itemId: ItemId): number | undefined => {
    const slot = slotOf(itemId)
    return slot !== undefined && has(slot) ? slot : undefined
  }
  const scaleOf = (own: Int32Array): number => {
    let squares = 0
    for (const tag of own) squares += weights[tag] * weights[tag]
    return 1 / (Math.sqrt(squares) || 1)
  }
  const reserve = (count: number): void => {
    slotCount = Math.max(slotCount, count)
    if (count <= scales.length) return
    const room = Math.ceil(count * growth)
    ;[scales, hashes] = [grown(scales, room), grown(hashes, 2 * room)]
  }

  /** The query as tags and their parts of the score, divided by the query's length. */
  const weighed = (query: ItemId | readonly WantedTag[]): { tag: number; part: number }[] => {
    const slot = typeof query === 'string' ? known(query) : undefined
    const parts =
      typeof query === 'string'
        ? Array.from(slot === undefined ? [] : itemTags.of(slot), (tag) => ({ tag, part: weights[tag] * idf(tag) }))
        : query.map(({ tag, strength }) => ({ tag: tags.indexOf(tag), part: strength })).filter(({ tag }) => tag >= 0)
    const length = Math.sqrt(parts.reduce((sum, { part }) => sum + part * part, 0))
    return parts.map(({ tag, part }) => ({ tag, part: (part * weights[tag]) / (length || 1) }))
  }

  const shared = (query: ItemId | readonly WantedTag[], other: ItemId) => {
    const slot = known(other)
    const theirs = new Set(slot === undefined ? [] : itemTags.of(slot))
    const scale = slot === undefined ? 0 : scales[slot]
    return weighed(query).flatMap(({ tag, part }) => (theirs.has(tag) ? [{ tag, part: part * scale }] : []))
  }

  const remove = (slot: number): void => {
    if (!has(slot)) return
    for (const tag of itemTags.of(slot)) postings.drop(tag, slot)
    scales[slot] = 0
    size--
  }

  return {
    get size() {
      return size
    },
    put: (slot, item) => {
      const [one, two] = hashTexts(textsOf(item))
      if (has(slot) && hashes[2 * slot] === one && hashes[2 * slot + 1] === two) return
      remove(slot)
      const own = indicesOf(tagsOf(item))
      itemTags.set(slot, own)
      for (const tag of own) postings.add(tag, slot)
      reserve(slot + 1)
      scales[slot] = scaleOf(own)
      hashes[2 * slot] = one
      hashes[2 * slot + 1] = two
      size++
    },
    remove,
    similar: (query, limit, accept = () => true) => {
      const parts = weighed(query)
      if (sums.length < slotCount) sums = new Float64Array(Math.ceil(slotCount * growth))
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
        const itemId = idOf(slot) as ItemId
        sums[slot] *= scales[slot]
        if (itemId !== query && best.admits(slot, sums[slot]) && accept(itemId)) best.offer(slot, sums[slot])
      }
      const found = Array.from(best.drain(), (slot) => ({
        itemId: idOf(slot) as ItemId,
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
    serialise: () => {
      const renumbered = new Int32Array(tags.size)
      const kept: string[] = []
      for (let tag = 0; tag < tags.size; tag++) {
        if (postings.length(tag) > 0) renumbered[tag] = kept.push(tags.idOf(tag)) - 1
      }
      // The tags of who is gone stand there until another takes the slot.
      const sizes = Uint32Array.from({ length: slotCount }, (_, slot) => (has(slot) ? itemTags.length(slot) + 1 : 0))
      const numbers: number[] = []
      for (let slot = 0; slot < slotCount; slot++) {
        if (has(slot)) for (const tag of itemTags.of(slot)) numbers.push(renumbered[tag])
      }
      return packArrays(kind, { read: readBy(tagsOf), tags: kept }, [
        hashes.slice(0, 2 * slotCount),
        sizes,
        Uint32Array.from(numbers),
      ])
    },
    adopt: (bytes) => {
      const unpacked = unpack(bytes)
      if (unpacked === null || unpacked.header.read !== readBy(tagsOf)) return false
      const { header, arrays } = unpacked
      for (const tag of header.tags) tagIndex(tag)
      const [kept, sizes] = [new Uint32Array(arrays[0]), new Uint32Array(arrays[1])]
      const lengths = sizes.map((one) => Math.max(0, one - 1))
      reserve(sizes.length)
      hashes.set(kept)
      const numbers = new Int32Array(arrays[2])
      postings.load(...turned(lengths, numbers, tags.size))
      itemTags.load(lengths, numbers)
      for (let slot = 0; slot < sizes.length; slot++) {
        if (sizes[slot] === 0) continue
        scales[slot] = scaleOf(itemTags.of(slot))
        size++
      }
      return true
    },
    settle: () => {
      for (let slot = 0; slot < slotCount; slot++) if (idOf(slot) === undefined) remove(slot)
    },
  }
}

const growth = 1.25

function unpack(bytes: Uint8Array) {
  try {
    return unpackArrays<{ readonly read: number; readonly tags: readonly string[] }>(kind, bytes, [4, 4, 4])
  } catch {
    return null
  }
}

/** What tags are read from. */
function textsOf({ title, brand, categoryPath, tags }: Item): { field: number; text: string }[] {
  return [
    { field: 0, text: title },
    { field: 1, text: brand ?? '' },
    ...categoryPath.map((text) => ({ field: 2, text })),
    ...tags.map((text) => ({ field: 3, text })),
  ]
}

const probe = {
  objectID: 'probe',
  ...{ title: "The Crème's 2.5L Straße running-shoes and 手机壳 iPhone15 ノート", brand: 'Acme' },
  ...{ category: 'Shoes > Boots', color: ['red', 'dark blue'], material: 'leather' },
}

/** How tags are read, in a number: another release may do it otherwise. */
function readBy(tagsOf: (item: Item) => readonly string[]): number {
  return hash32(JSON.stringify(tagsOf(readItem('probe' as CatalogueId, probe))))
}

/** Lists of numbers below `count` turned round: how many lists have each, and which, in order. */
function turned(
  lengths: Uint32Array,
  numbers: Int32Array,
  count: number,
): [lengths: Uint32Array, lists: Int32Array<ArrayBuffer>] {
  const having = new Uint32Array(count)
  for (const number of numbers) having[number]++
  const ends = new Uint32Array(count)
  for (let number = 1; number < count; number++) ends[number] = ends[number - 1] + having[number - 1]
  const lists = new Int32Array(numbers.length)
  let at = 0
  for (let list = 0; list < lengths.length; list++) {
    for (const end = at + lengths[list]; at < end; at++) lists[ends[numbers[at]]++] = list
  }
  return [having, lists]
}
