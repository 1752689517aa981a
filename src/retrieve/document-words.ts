/**
 * What ranking asks of a catalogue's words: which stand in a product, where, and how many products have them.
 *
 * Stems are numbered densely, and may be numbered anew when a product changes: what is kept longer than that is kept by
 * its text. Slots are the dense numbers of products. `rank` is an attribute's
 * place among the searchable ones, 0 the most telling (titles).
 */
import type { ItemRecord, Json } from '../domain/item.ts'

export interface DocumentWords {
  /** Products. */
  readonly size: number
  /** Slots are below this; some may be free. */
  readonly slotCount: number
  stemOf(word: string): number | undefined
  stemText(stem: number): string
  /** Products with the stem. */
  documentFrequency(stem: number): number
  /** Every word of a product in order; nothing for a free slot. */
  tokens(slot: number, visit: (stem: number, rank: number, position: number) => void): void
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

/**
 * A catalogue that does not change, read once; slots are the records' places. 12 bytes a word.
 *
 * @param attributes most telling first
 * @param analyse the stems of a text, in order
 */
export function readDocumentWords(
  records: readonly ItemRecord[],
  attributes: readonly string[],
  analyse: (text: string) => readonly string[],
): DocumentWords {
  const stems = new Map<string, number>()
  const frequencies: number[] = []
  const documents = records.map((record) => {
    const met = new Set<number>()
    return attributes.map((attribute) =>
      Int32Array.from(analyse(textOf(record[attribute])), (word) => {
        const stem = stems.get(word) ?? stems.size
        stems.set(word, stem)
        if (!met.has(stem)) frequencies[stem] = (frequencies[stem] ?? 0) + 1
        met.add(stem)
        return stem
      }),
    )
  })
  const texts = [...stems.keys()]
  return {
    size: records.length,
    slotCount: records.length,
    stemOf: (word) => stems.get(analyse(word)[0] ?? ''),
    stemText: (stem) => texts[stem],
    documentFrequency: (stem) => frequencies[stem],
    tokens: (slot, visit) =>
      documents[slot].forEach((text, rank) => text.forEach((stem, position) => visit(stem, rank, position))),
  }
}

function textOf(value: Json | undefined): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? (value as readonly Json[]).map(textOf).join(' ') : String(value as string | number)
}
