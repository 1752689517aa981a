/**
 * A judged set made ready to be ranked: its catalogue read as the product reads one, and each query's candidates with
 * their signals, so that rankers can be compared (and taught) without searching again.
 *
 * Candidates are the best by a first look at the words (Σ idf · weight of the best attribute that has the word) and the
 * nearest by meaning. Memory: candidates × signals · 8 bytes a query.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import { type ItemRecord, readItem } from '../domain/item.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { createTopK } from '../kernels/top-k.ts'
import { type Asked, readAsked } from '../retrieve/asked.ts'
import { type DocumentWords, rankWeight, readDocumentWords } from '../retrieve/document-words.ts'
import { defaultLatent, learnLatentIndex } from '../retrieve/latent-index.ts'
import { createProductFacts } from '../retrieve/product-facts.ts'
import { type SignalSources, type SignalTable, signalsOf } from '../retrieve/search-signals.ts'
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
  /** The words of a text, in order. */
  readonly cut: (text: string) => readonly string[]
  readonly stem: (word: string) => string
  readonly byWords?: number
  readonly byMeaning?: number
  readonly rng: Rng
  readonly breathe: Breathe
}

export async function judgedSlates(
  { records, queries }: JudgedSet,
  { attributes, cut, stem, byWords = 250, byMeaning = 80, rng, breathe }: SlateOptions,
): Promise<JudgedSlate[]> {
  const words = readDocumentWords(records, attributes, (text) => cut(text).map(stem))
  const facts = createProductFacts(words, describedBy(records))
  const latent = await learnLatentIndex(words, { ...defaultLatent, rng, breathe })
  const sources: SignalSources = { words, facts, latent }
  const firstLook = createFirstLook(words)
  const slates: JudgedSlate[] = []
  for (const query of queries) {
    const asked = readAsked(
      cut(query.text).map((text) => ({ text, alternatives: [] })),
      words,
    )
    const bag = new Map(asked.wanted.flatMap(({ stems }) => [...stems]))
    const near = latent.nearest(latent.embed(bag), byMeaning)
    const slots = Int32Array.from(new Set([...firstLook(asked, byWords), ...near])).sort()
    const gains = Float64Array.from(slots, (slot) => query.gains.get(slot) ?? 0)
    slates.push({ query, slots, signals: signalsOf(asked, slots, sources), gains })
    await breathe()
  }
  return slates
}

/** NDCG@`cutoff` of each query where its candidates are put in order by `scoresOf`. */
export function judgeSlates(
  slates: readonly JudgedSlate[],
  scoresOf: (slate: JudgedSlate, at: number) => ArrayLike<number>,
  cutoff = 10,
): Float64Array {
  return Float64Array.from(slates, (slate, at) => {
    const scores = scoresOf(slate, at)
    const best = createTopK(Math.min(cutoff, slate.slots.length))
    for (let place = 0; place < slate.slots.length; place++) best.offer(place, scores[place])
    return ndcg(
      best.drain().map((place) => slate.slots[place]),
      slate.query.gains,
      cutoff,
    )
  })
}

function describedBy(records: readonly ItemRecord[]) {
  return (slot: number) => readItem('judged' as CatalogueId, records[slot])
}

function createFirstLook(words: DocumentWords): (asked: Asked, limit: number) => Int32Array {
  const postings = new Map<number, Map<number, number>>()
  for (let slot = 0; slot < words.slotCount; slot++) {
    words.tokens(slot, (stem, rank) => {
      const posting = postings.get(stem) ?? new Map<number, number>()
      postings.set(stem, posting.set(slot, Math.max(posting.get(slot) ?? 0, rankWeight(rank))))
    })
  }
  return ({ wanted }, limit) => {
    const scores = new Float64Array(words.slotCount)
    for (const { stems, idf } of wanted) {
      for (const [stem, sureness] of stems) {
        for (const [slot, weight] of postings.get(stem) ?? []) scores[slot] += idf * sureness * (1 + weight)
      }
    }
    const best = createTopK(limit)
    for (let slot = 0; slot < scores.length; slot++) if (scores[slot] > 0) best.offer(slot, scores[slot])
    return best.drain()
  }
}
