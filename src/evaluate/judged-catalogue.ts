/**
 * A judged set made ready to be ranked: its catalogue indexed as the product indexes one, and each query's candidates
 * with their signals, so that rankers can be compared (and taught) without searching again.
 *
 * Candidates are the best by words, any of which may be missing. Memory: candidates × signals · 8 bytes a query.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { readItem } from '../domain/item.ts'
import { topK } from '../kernels/top-k.ts'
import { readAsked, withSmallWords } from '../retrieve/asked.ts'
import { defaultLatent, learnLatentIndex } from '../retrieve/latent-index.ts'
import { createLexicalIndex } from '../retrieve/lexical-index.ts'
import { lexicalWords, typedWords } from '../retrieve/lexical-words.ts'
import { createProductFacts } from '../retrieve/product-facts.ts'
import { type SignalTable, signalsOf } from '../retrieve/search-signals.ts'
import { ranked } from '../retrieve/textual-order.ts'
import { type JudgedQuery, type JudgedSet, ndcg } from './judged.ts'

export interface JudgedSlate {
  readonly query: JudgedQuery
  readonly slots: Int32Array
  readonly signals: SignalTable
  readonly gains: Float64Array
}

export interface SlateOptions {
  /** Searchable, most telling first. */
  readonly attributes: readonly string[]
  readonly languages: readonly string[]
  /** Otherwise as many as a live shop puts in order. */
  readonly candidates?: number
  readonly rng: Rng
  readonly breathe: Breathe
}

export async function judgedSlates(
  { records, queries }: JudgedSet,
  { attributes, languages, candidates = ranked, rng, breathe }: SlateOptions,
): Promise<JudgedSlate[]> {
  const index = createLexicalIndex({ searchableAttributes: attributes, languages })
  // Put in turn into an empty index, a record's slot is its place.
  for (const record of records) {
    index.put(record.objectID as ItemId, record)
    await breathe()
  }
  const words = lexicalWords(index)
  const facts = createProductFacts(words, (slot) => readItem('judged' as CatalogueId, records[slot]))
  const latent = await learnLatentIndex(words, { ...defaultLatent, rng, breathe })
  const slates: JudgedSlate[] = []
  for (const query of queries) {
    const found = index.search(query.text, { matching: 'any', limit: candidates })
    const slots = Int32Array.from(found.answers, ({ slot }) => slot)
    const asked = readAsked(withSmallWords(found.query.meant ?? query.text, typedWords(found.query, index)), words)
    const gains = Float64Array.from(slots, (slot) => query.gains.get(slot) ?? 0)
    slates.push({ query, slots, signals: signalsOf(asked, slots, { words, facts, latent }), gains })
    await breathe()
  }
  return slates
}

/** NDCG@`cutoff` of each query where its candidates are put in order by `scoresOf`. */
export function judgeSlates(
  slates: readonly JudgedSlate[],
  scoresOf: (slate: JudgedSlate) => ArrayLike<number>,
  cutoff = 10,
): Float64Array {
  return Float64Array.from(slates, (slate) => measureSlate(slate, scoresOf(slate), cutoff))
}

export function measureSlate({ query, slots }: JudgedSlate, scores: ArrayLike<number>, cutoff = 10): number {
  return ndcg(
    topK(scores, cutoff).map((place) => slots[place]),
    query.gains,
    cutoff,
  )
}
