/** How expected, to the live generation, the first new thing was that a shopper took: what drift is told from. */
import type { GenerationId, UserId } from '../domain/ids.ts'
import { createExpectations, type Expectations } from '../models/expectation.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import type { LiveGeneration } from './live-generation.ts'
import type { Memory } from './source.ts'

export interface Taken {
  /** As `expectation` makes them. */
  readonly marks: readonly number[]
  readonly generation: GenerationId
  /** The marks of what was held out when it was made. */
  readonly usual: readonly (readonly number[])[]
}

export interface Taking {
  /** Of what was done, before anything is learnt from it. */
  notice(behaviour: Behaviour): void
  /** What answers from now on. */
  follow(generation: LiveGeneration | null): void
  forget(userId: UserId): void
}

export function createTaking(memory: Memory, onTaken?: (taken: Taken) => void): Taking {
  let expectations: Expectations | null = null
  return {
    notice: (behaviour) => {
      const { generation, profiles } = memory
      const marking = expectations?.notice(behaviour, profiles.get(behaviour.userId)?.history) ?? null
      if (marking === null || generation === null) return
      onTaken?.({ marks: marking(), generation: generation.id, usual: generation.bundle.expectations ?? [] })
    },
    follow: (generation) => {
      expectations = generation === null ? null : expectationsOf(generation, memory)
    },
    forget: (userId) => expectations?.forget(userId),
  }
}

/** `null` where there is nothing to compare with, or the main surface has no model. */
function expectationsOf(generation: LiveGeneration, { config }: Memory): Expectations | null {
  const { bundle, indexOf } = generation
  const main = generation.model('recommended-for-you')
  if (main === undefined || (bundle.expectations ?? []).length === 0) return null
  const { halfLifeDays, weights } = bundle
  const limit = config.recommend.historyLimit
  return createExpectations({ indexOf, halfLifeDays, limit, score: (query) => main.score(query) }, weights)
}
