/**
 * What ranking asks of a catalogue's words: which stand in a product, where, and how many products have them.
 *
 * Stems are numbered densely, and may be numbered anew when a product changes: what is kept longer than that is kept by
 * its text. Slots are the dense numbers of products. `rank` is an attribute's
 * place among the searchable ones, 0 the most telling (titles).
 */
import type { ReadWords } from './word-store.ts'

export interface DocumentWords {
  /** Products. */
  readonly size: number
  /** Slots are below this; some may be free. */
  readonly slotCount: number
  stemOf(word: string): number | undefined
  stemText(stem: number): string
  /** Products with the stem. */
  documentFrequency(stem: number): number
  /** Every word of a product in order; nothing for a free slot. Valid until the next call. */
  read(slot: number): ReadWords
}

/** How telling a word of the attribute with this rank is. */
export function rankWeight(rank: number): number {
  return 1 / (1 + 1.5 * rank)
}

/** ln(1 + (N − n + ½)/(n + ½)). */
export function inverseFrequency(words: DocumentWords, stem: number | undefined): number {
  const found = stem === undefined ? 0 : words.documentFrequency(stem)
  return Math.log(1 + (words.size - found + 0.5) / (found + 0.5))
}
