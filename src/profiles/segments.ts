/** What kind of shopper someone is, in words a merchandiser uses; the first rule that fits wins. */
import { dayMs } from '../base/clock.ts'
import type { Profile } from './profile.ts'

export const segments = ['stranger', 'dormant', 'loyal', 'new', 'regular', 'casual'] as const
export type Segment = (typeof segments)[number]

export const priceSegments = ['unknown', 'budget', 'middle', 'premium'] as const
export type PriceSegment = (typeof priceSegments)[number]

/**
 * - stranger: nothing is known
 * - dormant: silent for 60 days, or for three of their usual pauses where that is longer
 * - loyal: bought on three occasions or more
 * - new: first seen within a week
 * - regular: came five times or more, or bought
 * - casual: everyone else
 */
export function segmentOf(profile: Profile | undefined, nowMs: number): Segment {
  if (profile === undefined || profile.eventCount === 0) return 'stranger'
  const { firstMs, lastMs, visits, purchaseOccasions } = profile
  const usualPauseMs = visits < 2 ? 0 : (lastMs - firstMs) / (visits - 1)
  if (nowMs - lastMs > Math.max(60 * dayMs, 3 * usualPauseMs)) return 'dormant'
  if (purchaseOccasions >= 3) return 'loyal'
  if (nowMs - firstMs < 7 * dayMs) return 'new'
  return visits >= 5 || purchaseOccasions > 0 ? 'regular' : 'casual'
}

/** By where the prices of what they look at and buy stand within their categories: thirds of all prices. */
export function priceSegmentOf(profile: Profile | undefined): PriceSegment {
  // Two purchases or ten views: less says nothing.
  if (profile === undefined || profile.priceBand.weight < 10) return 'unknown'
  const band = profile.priceBand.mean
  return band < -1 / 6 ? 'budget' : band > 1 / 6 ? 'premium' : 'middle'
}
