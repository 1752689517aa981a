/**
 * What ranking a search needs to know of a product besides its words: what its title is about, and where it belongs.
 *
 * The heads of a title are the last words of its first three parts, parted by commas, dashes, brackets, "for", "with",
 * "without", "by" and "in": "Waterproof hiking boots for men, leather" is about boots, men and leather. Read when first asked for and kept; 100 bytes a
 * product that was ever a candidate.
 */
import { createVocabulary } from '../base/vocabulary.ts'
import { fold } from '../preprocess/text.ts'
import type { DocumentWords } from './document-words.ts'
import { rankCount } from './searchable-fields.ts'

export interface ProductFacts {
  /** Mean length of the text of each rank of attributes, over the products that have one; at least 1. */
  readonly meanLengths: Float64Array
  /** Stems, as texts. */
  heads(slot: number): readonly string[]
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

interface Facts {
  readonly heads: readonly string[]
  readonly categories: readonly number[]
  readonly names: readonly string[]
}

const headParts = 3
/** Words of a brand or colour that is named. */
export const longestName = 3

export function createProductFacts(words: DocumentWords, describe: (slot: number) => Described): ProductFacts {
  const known = new Map<number, Facts>()
  const categories = createVocabulary()
  const read = (slot: number) => {
    const { title, categoryPath, brand, tags } = describe(slot)
    const heads = titleHeads(title).flatMap((head) => {
      const stem = words.stemOf(head)
      return stem === undefined ? [] : [words.stemText(stem)]
    })
    const own = categoryPath.map((_, depth) => categories.add(categoryKey(categoryPath, depth)))
    const named = [brand ?? '', ...tags.map((tag) => tag.slice(tag.indexOf(':') + 1))].map(nameOf)
    const facts = { heads, categories: own, names: [...new Set(named)].filter((name) => name !== '') }
    known.set(slot, facts)
    return facts
  }
  const factsOf = (slot: number) => known.get(slot) ?? read(slot)
  return {
    meanLengths: meanLengths(words),
    heads: (slot) => factsOf(slot).heads,
    categories: (slot) => factsOf(slot).categories,
    names: (slot) => factsOf(slot).names,
    categoryNumber: (key) => categories.indexOf(key),
    refresh: (slot) => known.delete(slot),
  }
}

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
    words.tokens(slot, (_, rank) => own[rank]++)
    own.forEach((length, rank) => {
      sums[rank] += length
      counts[rank] += Number(length > 0)
    })
  }
  return sums.map((sum, rank) => Math.max(1, sum / Math.max(1, counts[rank])))
}
