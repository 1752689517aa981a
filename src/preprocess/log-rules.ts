/** What can only be said of the log as a whole: the usual price of a product, and which products are too rare to learn. */
import type { Config } from '../base/config.ts'
import type { DraftLog } from './draft-log.ts'
import type { RuleEffect } from './event-rules.ts'
import { groupRows } from './row-order.ts'
import { quantile } from './scales.ts'

export interface LogRule {
  readonly name: string
  readonly why: string
  readonly effect: RuleEffect
  /** `rows` are those left so far, by time; otherwise as a shopper's rule. */
  find(rows: Int32Array, draft: DraftLog, config: Config['preprocess'], touch: (row: number) => void): void
}

export const logRules: readonly LogRule[] = [
  {
    name: 'price-from-log',
    why: 'Neither event nor catalogue knows the price: the product’s median in the log is taken.',
    effect: 'changed',
    find: (rows, { itemIndex, priceMinor, items }, _config, touch) => {
      const { starts, rows: grouped } = groupRows(itemIndex, items.size, rows)
      for (let item = 0; item < items.size; item++) {
        const own = grouped.subarray(starts[item], starts[item + 1])
        const known = Float64Array.from(own, (row) => priceMinor[row]).filter((price) => !Number.isNaN(price))
        if (known.length === 0 || known.length === own.length) continue
        const median = quantile(known.sort(), 0.5)
        for (const row of own) {
          if (!Number.isNaN(priceMinor[row])) continue
          priceMinor[row] = median
          touch(row)
        }
      }
    },
  },
  {
    name: 'rare-product',
    why: 'Fewer events than the configured minimum: left to content similarity.',
    effect: 'dropped',
    find: (rows, { itemIndex, items }, { minimumEventsPerItem }, touch) => {
      if (minimumEventsPerItem <= 1) return
      const counts = new Int32Array(items.size)
      for (const row of rows) if (itemIndex[row] >= 0) counts[itemIndex[row]]++
      for (const row of rows) if (itemIndex[row] >= 0 && counts[itemIndex[row]] < minimumEventsPerItem) touch(row)
    },
  },
]
