/** All signals together: told of each event once, asked for a row of numbers about a shopper and an item. */
import type { Item } from '../domain/item.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import type { SignalReader } from '../preprocess/signals.ts'
import type { Feature, FeatureContext, FeatureRequest } from './feature.ts'
import { features } from './index.ts'
import { createShopCounters } from './shop-counters.ts'

export interface FeatureSet {
  readonly names: readonly string[]
  /** To be told after the profiles were. */
  remember(behaviour: Behaviour): void
  /** One value for each name; finite. Written to `into` from `at` on where one is given, which costs no array each. */
  values(request: FeatureRequest, item: Item, into?: Float32Array, at?: number): Float32Array
  /** One of them, by its place in `names`. */
  value(index: number, request: FeatureRequest, item: Item): number
}

/** The names of all, in their order. */
export const featureNames: readonly string[] = features.map(({ name }) => name)

/** @param itemAt the item of a model's index; 0 for all signals where there is none */
export function signalReader(
  set: FeatureSet,
  request: FeatureRequest,
  itemAt: (index: number) => Item | null | undefined,
): SignalReader {
  const width = set.names.length
  return (items, into) =>
    items.forEach((index, at) => {
      const item = itemAt(index)
      if (item == null) into.fill(0, at * width, (at + 1) * width)
      else set.values(request, item, into, at * width)
    })
}

export function createFeatureSet(
  { item, profiles }: Omit<FeatureContext, 'counters'>,
  chosen: readonly Feature[] = features,
): FeatureSet {
  const counters = createShopCounters(item, profiles)
  const memories = chosen.map((feature) => feature.start({ item, profiles, counters }))
  return {
    names: chosen.map(({ name }) => name),
    remember: (behaviour) => {
      counters.remember(behaviour)
      for (const memory of memories) memory.remember?.(behaviour)
    },
    value: (index, request, subject) => memories[index].value(request, subject),
    values: (request, subject, into = new Float32Array(memories.length), at = 0) => {
      for (let index = 0; index < memories.length; index++) into[at + index] = memories[index].value(request, subject)
      return into
    },
  }
}
