/** All signals, in the order in which models see them. Adding one adds a line here. */
import { brandAffinity } from './brand-affinity.ts'
import { categoryAffinity } from './category-affinity.ts'
import { clickRate } from './click-rate.ts'
import { conversionRate } from './conversion-rate.ts'
import { hourHabit } from './hour-habit.ts'
import { inStock } from './in-stock.ts'
import { interestMatch } from './interest-match.ts'
import { itemAge } from './item-age.ts'
import { itemRecency } from './item-recency.ts'
import { popularity } from './popularity.ts'
import { priceAffinity } from './price-affinity.ts'
import { priceBand } from './price-band.ts'
import { repeatInterval } from './repeat-interval.ts'
import { returnRate } from './return-rate.ts'
import { sessionMatch } from './session-match.ts'
import { trend } from './trend.ts'
import { viewFrequency } from './view-frequency.ts'
import { viewToPurchase } from './view-to-purchase.ts'
import { weekdayHabit } from './weekday-habit.ts'
import type { Feature } from './feature.ts'

export const features: readonly Feature[] = [
  interestMatch,
  sessionMatch,
  categoryAffinity,
  brandAffinity,
  priceAffinity,
  priceBand,
  itemAge,
  inStock,
  popularity,
  trend,
  clickRate,
  conversionRate,
  returnRate,
  viewFrequency,
  itemRecency,
  repeatInterval,
  viewToPurchase,
  hourHabit,
  weekdayHabit,
]
