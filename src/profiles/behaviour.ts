/**
 * How someone shops, as numbers that models are conditioned on: how often, how lately, when, how decided, how dear.
 *
 * Values are raw: counts and durations as log(1 + x), absent ones NaN; `preprocess/scales.ts` brings them to one size
 * and puts absent ones at the centre. Everything is as of `nowMs`: a profile knows nothing later. Cost: O(tags + history).
 */
import { dayMs, minuteMs } from '../base/clock.ts'
import { applyScales, quantile, type RobustScale } from '../preprocess/scales.ts'
import { circularMean } from './habits.ts'
import type { Profile } from './profile.ts'

type Signal = (profile: Profile, nowMs: number) => number

const log = (value: number) => Math.log1p(Math.max(0, value))
const daysSince = (timeMs: number, nowMs: number) => Math.max(0, nowMs - timeMs) / dayMs
const medianOf = (values: readonly number[]) =>
  values.length === 0
    ? Number.NaN
    : quantile(
        values.slice().sort((one, other) => one - other),
        0.5,
      )
/** A rate that starts at 1 in 10 and moves with what is seen. */
const rate = (hits: number, trials: number) => (hits + 1) / (Math.max(hits, trials) + 10)
const looks = (profile: Profile) => profile.count('view') + profile.count('click')
const bought = (profile: Profile) => profile.count('purchase') + profile.count('conversion')

const signals: Readonly<Record<string, Signal>> = {
  events: ({ eventCount }) => log(eventCount),
  searches: (profile) => log(profile.count('search')),
  views: (profile) => log(profile.count('view')),
  clicks: (profile) => log(profile.count('click')),
  carts: (profile) => log(profile.count('addToCart')),
  purchases: (profile) => log(bought(profile)),
  returns: (profile) => log(profile.count('return')),
  recencyDays: ({ lastMs }, nowMs) => log(daysSince(lastMs, nowMs)),
  tenureDays: ({ firstMs }, nowMs) => log(daysSince(firstMs, nowMs)),
  activeDays: ({ activeDays }) => log(activeDays),
  visits: ({ visits }) => log(visits),
  daysBetweenVisits: ({ firstMs, lastMs, visits }) =>
    visits < 2 ? Number.NaN : log((lastMs - firstMs) / dayMs / (visits - 1)),
  eventsPerVisit: ({ eventCount, visits }) => log(eventCount / visits),
  minutesPerVisit: ({ visitsMs, visits }) => log(visitsMs / visits / minuteMs),
  cartRate: (profile) => rate(profile.count('addToCart'), looks(profile)),
  cartToPurchaseRate: (profile) => rate(bought(profile), profile.count('addToCart')),
  purchaseRate: (profile) => rate(bought(profile), looks(profile)),
  returnRate: (profile) => rate(profile.count('return'), profile.count('purchase')),
  searchShare: (profile) => profile.count('search') / profile.eventCount,
  daysToPurchase: ({ daysToPurchase }) => log(medianOf(daysToPurchase)),
  daysBetweenPurchases: ({ daysBetweenPurchases }) => log(medianOf(daysBetweenPurchases)),
  daysSincePurchase: ({ lastPurchaseMs }, nowMs) =>
    lastPurchaseMs === null ? Number.NaN : log(daysSince(lastPurchaseMs, nowMs)),
  hourSin: ({ hours }) => circularMean(hours)[0],
  hourCos: ({ hours }) => circularMean(hours)[1],
  weekdaySin: ({ weekdays }) => circularMean(weekdays)[0],
  weekdayCos: ({ weekdays }) => circularMean(weekdays)[1],
  price: ({ logPrice }) => (logPrice.weight === 0 ? Number.NaN : logPrice.mean),
  priceSpread: ({ logPrice }) => (logPrice.weight === 0 ? Number.NaN : logPrice.spread),
  priceBand: ({ priceBand }) => (priceBand.weight === 0 ? Number.NaN : priceBand.mean),
  categoryDiversity: (profile) => profile.diversity('category'),
  brandDiversity: (profile) => profile.diversity('brand'),
  products: ({ historyLength }) => log(historyLength),
  looksPerProduct: (profile) =>
    profile.historyLength === 0 ? Number.NaN : log(looks(profile) / profile.historyLength),
}

/** Fixed order; a generation keeps the names it was trained with. */
export const behaviourNames: readonly string[] = Object.keys(signals)

/** One value for each name; all NaN for a stranger. */
export function behaviourVector(profile: Profile | undefined, nowMs: number): Float32Array {
  const all = Object.values(signals)
  return Float32Array.from(all, (signal) => (profile === undefined ? Number.NaN : signal(profile, nowMs)))
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
