/** How a shopper behaves, on the scales the live generation was trained with. */
import { signalReader } from '../features/feature-set.ts'
import type { AskedSignals } from '../preprocess/signals.ts'
import type { RobustScale } from '../preprocess/scales.ts'
import { applyScales } from '../preprocess/scales.ts'
import { behaviourNames, behaviourVector } from '../profiles/behaviour.ts'
import type { Profile } from '../profiles/profile-book.ts'
import type { LiveGeneration } from './live-generation.ts'
import type { Ask } from './source.ts'

/** What features/ say of this shopper now and of any item the generation knows. */
export function askedSignals({ memory, request, nowMs }: Ask, { items }: LiveGeneration): AskedSignals {
  const { features } = memory
  return {
    names: features.names,
    read: signalReader(features, { userId: request.userId, timeMs: nowMs }, (index) => items[index]),
  }
}

/** In the order of `scales`, which the generation fixed; a feature that no longer exists is 0, the centre. */
export function behaviourFeatures(
  scales: readonly RobustScale[],
  profile: Profile | undefined,
  nowMs: number,
): Float32Array | null {
  if (scales.length === 0 || profile === undefined) return null
  const values = behaviourVector(profile, nowMs)
  const column = (name: string) => behaviourNames.indexOf(name)
  return applyScales(
    scales,
    Float32Array.from(scales, ({ name }) => values[column(name)] ?? Number.NaN),
  )
}
