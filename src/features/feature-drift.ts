/**
 * Tells an operator which signals are not what they used to be: of the products that shoppers act on, the mean of each
 * signal over the last day or so beside that over the last month.
 *
 * Both means fade (half-lives of 1 and 28 days, by the time of the events), the longer with its variance; drift is their
 * difference in standard deviations of the longer. Every `every`th event is looked at, before the signals are told of
 * it, also while the log is replayed, so that a restart changes nothing. O(signals) an event looked at, 4 numbers each.
 */
import { dayMs } from '../base/clock.ts'
import type { Item } from '../domain/item.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import type { FeatureSet } from './feature-set.ts'

export interface FeatureDrift {
  /** To be told before `features` is. */
  notice(behaviour: Behaviour, item: Item): void
  /** By name of the signal; nothing before enough was seen. */
  readonly figures: Readonly<Record<string, number>>
}

const every = 4
const recentMs = dayMs
const usualMs = 28 * dayMs
/** Events looked at, faded, before the two means say anything. */
const fewestRecent = 20
const fewestUsual = 200
/** Of a signal that never moved; more is no more than "not at all as it was". */
const hair = 1e-6
const most = 100

export function createFeatureDrift(features: FeatureSet): FeatureDrift {
  const width = features.names.length
  const values = new Float32Array(width)
  const recent = new Float64Array(width)
  const usual = new Float64Array(width)
  const variance = new Float64Array(width)
  let [recentWeight, usualWeight, asOfMs, events] = [0, 0, Number.NEGATIVE_INFINITY, 0]
  return {
    notice: ({ userId, timeMs }, item) => {
      if (events++ % every !== 0) return
      features.values({ userId, timeMs }, item, values)
      const ageMs = Math.max(0, timeMs - asOfMs)
      asOfMs = Math.max(asOfMs, timeMs)
      recentWeight = recentWeight * 2 ** (-ageMs / recentMs) + 1
      usualWeight = usualWeight * 2 ** (-ageMs / usualMs) + 1
      for (let at = 0; at < width; at++) {
        recent[at] += (values[at] - recent[at]) / recentWeight
        const apart = values[at] - usual[at]
        usual[at] += apart / usualWeight
        variance[at] = (1 - 1 / usualWeight) * (variance[at] + (apart * apart) / usualWeight)
      }
    },
    get figures() {
      if (recentWeight < fewestRecent || usualWeight < fewestUsual) return {}
      const drift = (at: number) => {
        const z = (recent[at] - usual[at]) / Math.sqrt(variance[at] + hair)
        return Math.max(-most, Math.min(most, z))
      }
      return Object.fromEntries(features.names.map((name, at) => [name, drift(at)]))
    },
  }
}
