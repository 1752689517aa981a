/** Who asks, as the models of the live generation understand it. */
import { signalReader } from '../features/feature-set.ts'
import type { UserId } from '../domain/ids.ts'
import type { Query } from '../models/model.ts'
import { queryFromHistory } from '../models/query.ts'
import type { AskedSignals } from '../preprocess/signals.ts'
import { behaviourFeatures } from '../profiles/behaviour.ts'
import type { Profile } from '../profiles/profile-book.ts'
import type { LiveGeneration } from './live-generation.ts'
import type { Ask, Memory } from './source.ts'

/** What features/ say of this shopper now and of any item the generation knows. */
export function askedSignals({ memory, request, nowMs }: Ask, { items }: LiveGeneration): AskedSignals {
  return signalsOf(memory, items, request.userId, nowMs)
}

export interface Asker {
  readonly memory: Memory
  readonly userId: UserId | null
  /** `undefined` for a stranger. */
  readonly profile: Profile | undefined
  readonly nowMs: number
}

/** The question what fits this shopper, from the whole of their history. */
export function tasteQuery({ memory, userId, profile, nowMs }: Asker, generation: LiveGeneration): Query {
  const query = queryFromHistory(profile?.history ?? [], {
    indexOf: generation.indexOf,
    halfLifeDays: generation.bundle.halfLifeDays,
    nowMs,
    limit: memory.config.recommend.historyLimit,
    features: null,
    signals: signalsOf(memory, generation.items, userId, nowMs),
  })
  let features: Float32Array | null = null
  return {
    ...query,
    // Most models ask for none.
    get features() {
      return (features ??= behaviourFeatures(generation.bundle.behaviourScales, profile, nowMs))
    },
  }
}

function signalsOf({ features }: Memory, items: LiveGeneration['items'], userId: UserId | null, timeMs: number) {
  return { names: features.names, read: signalReader(features, { userId, timeMs }, (index) => items[index]) }
}
