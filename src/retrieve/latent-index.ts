/**
 * What products mean: two of them are alike when their words keep the same company, so that "sofa" finds "couch".
 *
 * Latent semantic analysis of the catalogue alone (Deerwester et al. 1990). Row d of X holds ln(1 + Σ_f w_f·tf) · idf
 * over words of two products or more, at unit length; X ≈ U·Σ·Vᵀ by randomised SVD. A bag of words q lies at
 * Σ_t q_t·idf_t·V_t, scaled to unit length; likeness is the cosine. V is learnt in the background, from at most
 * `sampleSize` products; a product that is new or changed is folded in at once, words unknown then count nothing.
 * Memory: `width` + 12 bytes a product and a word. Cost: fold-in words · width; nearest products · width.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { createItemTable, type ItemTable } from '../kernels/item-table.ts'
import { randomisedSvd } from '../kernels/randomised-svd.ts'
import { createTopK } from '../kernels/top-k.ts'
import { dot } from '../kernels/vector.ts'
import { type DocumentWords, inverseFrequency, rankWeight } from './document-words.ts'

export interface LatentOptions {
  readonly width: number
  readonly sampleSize: number
  readonly rng: Rng
  readonly breathe: Breathe
}

/** Where a query and products lie, whoever has said so. */
export interface Meaning {
  readonly width: number
  /** Where a bag of stems lies: unit length, or zeros where nothing in it is known. */
  embed(bag: ReadonlyMap<number, number>): Float32Array
  /** The vectors of products, one after the other. */
  rows(slots: Int32Array): Float32Array
}

export interface LatentIndex extends Meaning {
  /** The products nearest to a vector, nearest first. */
  nearest(vector: Float32Array, count: number, accept?: (slot: number) => boolean): Int32Array
  /** Takes note of a product that is new, changed or gone. */
  refresh(slot: number): void
}

export const defaultLatent = { width: 128, sampleSize: 10_000 }

/** Words of one product are no company. */
const fewestProducts = 2
/** A title's word counts as if it were said so often. */
const emphasis = 3

export async function learnLatentIndex(words: DocumentWords, options: LatentOptions): Promise<LatentIndex> {
  const directions = await learnDirections(words, options)
  const { width } = directions
  const vectors = new Float32Array(words.slotCount * width)
  for (let slot = 0; slot < words.slotCount; slot++) {
    vectors.set(directions.embed(bagOf(words, slot)), slot * width)
    await options.breathe()
  }
  return createLatentIndex(words, directions, createItemTable(vectors, words.slotCount, width, { precision: 'int8' }))
}

interface Directions {
  readonly width: number
  embed(bag: ReadonlyMap<number, number>): Float32Array
}

async function learnDirections(words: DocumentWords, options: LatentOptions): Promise<Directions> {
  const { rng, breathe, sampleSize } = options
  const order = Array.from({ length: words.slotCount }, (_, slot) => slot)
  const sample = order.length > sampleSize ? rng.shuffle(order).slice(0, sampleSize) : order
  /** By the stem's text: numbers may change while this learns. */
  const columnOf = new Map<string, number>()
  const [rows, columns, values]: number[][] = [[], [], []]
  const weights: number[] = []
  const addColumn = (stem: number): number => {
    const column = words.documentFrequency(stem) < fewestProducts ? -1 : weights.length
    if (column >= 0) weights.push(inverseFrequency(words, stem))
    columnOf.set(words.stemText(stem), column)
    return column
  }
  for (let row = 0; row < sample.length; row++) {
    const start = values.length
    let square = 0
    for (const [stem, count] of bagOf(words, sample[row])) {
      const column = columnOf.get(words.stemText(stem)) ?? addColumn(stem)
      if (column < 0) continue
      const value = count * weights[column]
      square += value * value
      rows.push(row)
      columns.push(column)
      values.push(value)
    }
    for (let entry = start; entry < values.length; entry++) values[entry] /= Math.sqrt(square) || 1
    await breathe()
  }
  const matrix = csrFromTriples(sample.length, weights.length, rows, columns, values)
  const { itemFactors, singularValues } = await randomisedSvd(matrix, {
    rank: options.width,
    powerIterations: 2,
    rng,
    breathe,
  })
  const width = singularValues.length
  for (let at = 0; at < itemFactors.length; at++) itemFactors[at] *= weights[Math.floor(at / width)]
  const table = createItemTable(itemFactors, weights.length, width, { precision: 'int8' })
  return { width, embed: (bag) => embed(table, bag, (stem) => columnOf.get(words.stemText(stem)) ?? -1) }
}

function embed(table: ItemTable, bag: ReadonlyMap<number, number>, columnOf: (stem: number) => number): Float32Array {
  const [columns, strengths]: number[][] = [[], []]
  for (const [stem, count] of bag) {
    const column = columnOf(stem)
    if (column < 0) continue
    columns.push(column)
    strengths.push(count)
  }
  const sums = new Float32Array(table.width)
  table.combine(Int32Array.from(columns), Float32Array.from(strengths), sums)
  return toUnitLength(sums)
}

/** In place. */
export function toUnitLength(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, 0, vector, 0, vector.length)) || 1
  for (let at = 0; at < vector.length; at++) vector[at] /= length
  return vector
}

function bagOf(words: DocumentWords, slot: number): Map<number, number> {
  const bag = new Map<number, number>()
  const { count, stems, ranks } = words.read(slot)
  for (let at = 0; at < count; at++) {
    bag.set(stems[at], (bag.get(stems[at]) ?? 0) + emphasis * rankWeight(ranks[at]))
  }
  for (const [stem, count] of bag) bag.set(stem, Math.log1p(count))
  return bag
}

function createLatentIndex(words: DocumentWords, directions: Directions, table: ItemTable): LatentIndex {
  const { width } = directions
  /** What changed since the table was laid out. */
  const changed = new Map<number, Float32Array>()
  const scores = new Float32Array(table.rowCount)

  return {
    width,
    embed: (...asked) => directions.embed(...asked),
    rows: (slots) => {
      const known = slots.map((slot) => (slot < table.rowCount ? slot : 0))
      const rows = table.rowCount === 0 ? new Float32Array(slots.length * width) : table.rows(known)
      slots.forEach((slot, at) => {
        const own = changed.get(slot)
        if (own !== undefined) rows.set(own, at * width)
        else if (slot >= table.rowCount) rows.fill(0, at * width, (at + 1) * width)
      })
      return rows
    },
    nearest: (vector, count, accept = () => true) => {
      table.dots(vector, scores)
      const best = createTopK(count)
      for (let slot = 0; slot < table.rowCount; slot++) {
        if (scores[slot] > 0 && best.admits(slot, scores[slot]) && !changed.has(slot) && accept(slot)) {
          best.offer(slot, scores[slot])
        }
      }
      for (const [slot, own] of changed) {
        const score = dot(own, 0, vector, 0, width)
        if (score > 0 && best.admits(slot, score) && accept(slot)) best.offer(slot, score)
      }
      return best.drain()
    },
    refresh: (slot) => changed.set(slot, directions.embed(bagOf(words, slot))),
  }
}
