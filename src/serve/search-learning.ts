/**
 * What a shop learns beside its answers so that it searches better: what its products mean, what its shoppers search,
 * and where an endpoint is named, what that says of products. A shop that cannot learn any of it is searched by words.
 */
import type { Log } from '../base/log.ts'
import { createRng } from '../base/rng.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { learnBeside, type Learner } from './learn-beside.ts'
import type { SearchRelevance } from './search-relevance.ts'

export interface SearchLearningOptions {
  readonly catalogue: CatalogueId
  readonly relevance: SearchRelevance
  readonly understanding: Learner
  /** `null` where no endpoint is named. */
  readonly embeddings: Learner | null
  readonly log: Log
  /** Ends it. */
  readonly signal: AbortSignal
}

const retryMs = 30_000

/** Returns what is to be called after every change. */
export function learnOfSearches(options: SearchLearningOptions): () => void {
  const { catalogue, relevance, understanding, embeddings, log, signal } = options
  const failing = (what: string) => (error: unknown) => log.warn({ err: error, catalogue }, what)
  const meaning: Learner = {
    get isStale() {
      return relevance.isStale
    },
    learn: (breathe) => relevance.learn(createRng(catalogue), breathe),
  }
  const wakers = [
    learnBeside(meaning, { signal, onFailure: failing('what products mean was not learnt') }),
    learnBeside(understanding, { signal, onFailure: failing('nothing was learnt of searches') }),
  ]
  if (embeddings !== null) {
    wakers.push(learnBeside(embeddings, { signal, onFailure: failing('products were not embedded'), retryMs }))
  }
  return () => {
    for (const wake of wakers) wake()
  }
}
