/**
 * Puts what a search found in a good order by all that the catalogue says, before anyone has clicked anything.
 *
 * The best `ranked` by words get the textual order (textual-order.ts); the rest keep the order of the words, below
 * them. What products mean is learnt beside the answers (`learn`), from then on kept up product by product, and learnt
 * again once a fifth of the catalogue has changed. Until it is there, the order goes without.
 * Cost of an answer: the words of the ranked products, each once, and 3 · width a product.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import type { Textual } from '../domain/exposure.ts'
import { topK } from '../kernels/top-k.ts'
import { readAsked, withSmallWords } from '../retrieve/asked.ts'
import { defaultLatent, type LatentIndex, learnLatentIndex } from '../retrieve/latent-index.ts'
import { lexicalWords, typedWords } from '../retrieve/lexical-words.ts'
import { textualOf } from '../models/search-order.ts'
import { addNamed } from '../retrieve/named-values.ts'
import { createProductFacts, type ProductFacts } from '../retrieve/product-facts.ts'
import { addIntent } from '../retrieve/query-intent.ts'
import { signalsOf } from '../retrieve/search-signals.ts'
import { meaningWeights, ranked, textualScores } from '../retrieve/textual-order.ts'
import type { Understood } from './search-ask.ts'
import type { SearchIndex } from './search-index.ts'
import type { Rank, Reorder } from './search-rank.ts'

export interface SearchRelevance {
  readonly rank: Rank
  /** Takes note of a product that is new, changed or gone; of none with a negative slot. */
  refresh(slot: number): void
  /** Whether `learn` has something to do. */
  readonly isStale: boolean
  /** Learns what products mean from the catalogue as it is; answers go on meanwhile, between two breaths. */
  learn(rng: Rng, breathe: Breathe): Promise<void>
}

const staleShare = 0.2
/** Products that keep each other company; fewer say nothing. */
const fewest = 50
/** Less than any difference that means something. */
const hair = 1e-9

export function createSearchRelevance(
  index: SearchIndex,
  { intentOf, meaningOf }: Pick<Understood, 'intentOf' | 'meaningOf'>,
  reorder: Reorder = () => null,
): SearchRelevance {
  const words = lexicalWords(index.lexical)
  let facts: ProductFacts | null = null
  let latent: LatentIndex | null = null
  let changes = 0
  /** Changed while meaning was being learnt. */
  let missed: Set<number> | null = null

  const describe = (slot: number) => index.item(slot)
  const rank: Rank = (ask) => {
    if (ask.answers === null || ask.parsed === null) return null
    facts ??= createProductFacts(words, describe)
    const query = ask.parsed.meant ?? ask.query
    const asked = readAsked(withSmallWords(query, typedWords(ask.parsed, index.lexical)), words)
    const byWords = new Float64Array(ask.answers.length)
    for (let at = 0; at < byWords.length; at++) byWords[at] = ask.answers[at].score
    if (asked.wanted.length === 0) return { relevance: byWords, textual: ask.answers.map(() => null) }
    const best = bestOf(byWords)
    const slots = best.map((at) => ask.slots[at])
    const meaning = meaningOf(ask.query, slots) ?? latent
    const signals = signalsOf(asked, slots, { words, facts, latent: meaning })
    const scores = textualScores(signals)
    const plain = scores.slice()
    const intent = intentOf(query)
    if (intent !== null) addNamed(scores, slots, query, addIntent(scores, slots, intent, facts), facts)
    const textual = textualOf(scores, plain, textualScores(signals, meaningWeights))
    const other = reorder(ask, { slots, textual })
    const all = Array.from<unknown, Textual | null>(byWords, () => null)
    for (let place = 0; place < best.length; place++) all[best[place]] = textual[place]
    return { relevance: above(byWords, best, other === null ? scores : inOrderOf(other, scores)), textual: all }
  }

  return {
    rank,
    refresh: (slot) => {
      if (slot < 0) return
      changes++
      facts?.refresh(slot)
      latent?.refresh(slot)
      missed?.add(slot)
    },
    get isStale() {
      return missed === null && index.lexical.size >= fewest && changes > staleShare * index.lexical.size
    },
    learn: async (rng, breathe) => {
      missed = new Set()
      changes = 0
      try {
        const nextFacts = createProductFacts(words, describe)
        const next = await learnLatentIndex(words, { ...defaultLatent, rng, breathe })
        // Titles are read now, so that no search has to.
        for (let slot = 0; slot < index.lexical.slotCount; slot++) {
          if (index.lexical.idOf(slot) !== undefined) nextFacts.categories(slot)
          await breathe()
        }
        for (const slot of missed) {
          next.refresh(slot)
          nextFacts.refresh(slot)
        }
        ;[facts, latent] = [nextFacts, next]
      } finally {
        missed = null
      }
    },
  }
}

/**
 * The same scores, dealt out in another order: what is relevant enough, and how near relevances lie to each other, stays
 * as the shop's settings mean it (`relevancyStrictness`, `customRanking`).
 */
function inOrderOf(order: ArrayLike<number>, scores: Float64Array): Float64Array {
  const places = Array.from(scores, (_, at) => at).sort((a, b) => order[b] - order[a] || scores[b] - scores[a] || a - b)
  const descending = scores.slice().sort().reverse()
  const dealt = new Float64Array(scores.length)
  let last = Infinity
  places.forEach((at, place) => {
    // Equals would fall back to the order of arrival.
    last = Math.min(descending[place], last - hair)
    dealt[at] = last
  })
  return dealt
}

/** The places of the best `ranked`; most answers come in order. */
function bestOf(byWords: Float64Array): Int32Array {
  for (let at = 1; at < byWords.length; at++) if (!(byWords[at] <= byWords[at - 1])) return topK(byWords, ranked)
  return Int32Array.from({ length: Math.min(ranked, byWords.length) }, (_, at) => at)
}

/** The ranked ones above all others, each in their own order; all positive. */
function above(byWords: Float64Array, best: Int32Array, scores: Float64Array): Float64Array {
  const highest = byWords.reduce((most, score) => Math.max(most, score), 0) || 1
  const lowest = scores.reduce((least, score) => Math.min(least, score), 0)
  const all = byWords.map((score) => score / highest)
  best.forEach((at, place) => {
    all[at] = 1 + scores[place] - lowest
  })
  return all
}
