/**
 * What ranking a search needs to know of a product besides its words: what its title is about, and where it belongs.
 *
 * The heads of a title are the last words of its first three parts, parted by commas, dashes, brackets, "for", "with",
 * "without", "by" and "in": "Waterproof hiking boots for men, leather" is about boots, men and leather. Read when first
 * asked for and kept, in 20 bytes a product and a list of stems; names, asked for where shoppers' votes are known, in some 100.
 */
import { createVocabulary } from '../base/vocabulary.ts'
import { fold } from '../preprocess/text.ts'
import type { DocumentWords } from './document-words.ts'
import { rankCount } from './searchable-fields.ts'

export interface ProductFacts {
  /** Mean length of the text of each rank of attributes, over the products that have one; at least 1. */
  readonly meanLengths: Float64Array
  /** A test of whether a product's title is about one of these stems, given as texts. */
  about(stems: ReadonlySet<string>): (slot: number) => boolean
  /** Numbers of the product's category and its ancestors, the root first. */
  categories(slot: number): readonly number[]
  /** The number of a category by its `categoryKey`; -1 where no product that was looked at is in it. */
  categoryNumber(key: string): number
  /** Its brand and tags, as searches name them; each once. */
  names(slot: number): readonly string[]
  /** Takes note of a product that is new, changed or gone. */
  refresh(slot: number): void
}

/** How names are compared; empty for what is longer than a name. */
function nameOf(value: string): string {
  const words = fold(value).match(word) ?? []
  return words.length > longestName ? '' : words.join(' ')
}

/** The name of a category: its path down to `depth`, the root being 0. */
export function categoryKey(path: readonly string[], depth: number): string {
  return JSON.stringify(path.slice(0, depth + 1))
}

export interface Described {
  readonly title: string
  readonly categoryPath: readonly string[]
  readonly brand: string | null
  /** Each as `attribute:value`. */
  readonly tags: readonly string[]
}

const headParts = 3
/** Words of a brand or colour that is named. */
export const longestName = 3

export function createProductFacts(words: DocumentWords, describe: (slot: number) => Described): ProductFacts {
  const categories = createVocabulary()
  /** Numbers of a category and its ancestors, the root first, by its own. */
  const paths: (readonly number[])[] = []
  const stems = createVocabulary()
  const names = new Map<number, readonly string[]>()
  /** By slot: the category, −1 for none, −2 where it was not read yet; and the heads, −1 for none. */
  let leaves = new Int32Array(0)
  let heads = new Int32Array(0)

  const read = (slot: number): void => {
    if (slot >= leaves.length) {
      const room = Math.ceil(Math.max(words.slotCount, slot + 1) * 1.25)
      const [more, wider] = [new Int32Array(room).fill(-2), new Int32Array(room * headParts)]
      more.set(leaves)
      wider.set(heads)
      ;[leaves, heads] = [more, wider]
    }
    if (leaves[slot] !== -2) return
    const { title, categoryPath } = describe(slot)
    heads.fill(-1, slot * headParts, (slot + 1) * headParts)
    for (const [at, head] of titleHeads(title).entries()) {
      const stem = words.stemOf(head)
      if (stem !== undefined) heads[slot * headParts + at] = stems.add(words.stemText(stem))
    }
    const path = categoryPath.map((_, depth) => categories.add(categoryKey(categoryPath, depth)))
    leaves[slot] = path.at(-1) ?? -1
    if (path.length > 0) paths[path[path.length - 1]] ??= path
  }
  return {
    meanLengths: meanLengths(words),
    about: (texts) => {
      const wanted = Array.from(texts, (text) => stems.add(text))
      return (slot) => {
        read(slot)
        for (let at = slot * headParts; at < (slot + 1) * headParts; at++) if (wanted.includes(heads[at])) return true
        return false
      }
    },
    categories: (slot) => {
      read(slot)
      return leaves[slot] < 0 ? nowhere : paths[leaves[slot]]
    },
    names: (slot) => {
      let own = names.get(slot)
      if (own === undefined) {
        const { brand, tags } = describe(slot)
        const named = [brand ?? '', ...tags.map((tag) => tag.slice(tag.indexOf(':') + 1))].map(nameOf)
        own = [...new Set(named)].filter((name) => name !== '')
        names.set(slot, own)
      }
      return own
    },
    categoryNumber: (key) => categories.indexOf(key),
    refresh: (slot) => {
      names.delete(slot)
      if (slot < leaves.length) leaves[slot] = -2
    },
  }
}

const nowhere: readonly number[] = []
const partings = /[,|([;:–—]| - | for | with | without | by | in /
const word = /[\p{L}\p{M}\p{N}'’]+/gu

export function titleHeads(title: string): string[] {
  const parts = title
    .toLowerCase()
    .split(partings)
    .filter((part) => part.trim() !== '')
  const last = (part: string) =>
    part
      .match(word)
      ?.filter((each) => !/^\p{N}+$/u.test(each))
      .at(-1)
  return [...new Set(parts.slice(0, headParts).flatMap((part) => last(part)?.replace(/['’]/g, '') ?? []))]
}

function meanLengths(words: DocumentWords): Float64Array {
  const sums = new Float64Array(rankCount)
  const counts = new Float64Array(rankCount)
  const own = new Float64Array(rankCount)
  for (let slot = 0; slot < words.slotCount; slot++) {
    own.fill(0)
    const { count, ranks } = words.read(slot)
    for (let at = 0; at < count; at++) own[ranks[at]]++
    own.forEach((length, rank) => {
      sums[rank] += length
      counts[rank] += Number(length > 0)
    })
  }
  return sums.map((sum, rank) => Math.max(1, sum / Math.max(1, counts[rank])))
}
