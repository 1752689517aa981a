/**
 * Dear or cheap for what it is: where a price stands among the prices of its category.
 *
 * A band is the logistic approximation of Φ(z) − ½, z the standardised log price among the category's products that
 * shoppers have met so far: −½ cheapest, 0 ordinary, ½ dearest. A category of fewer than five products borrows from the
 * level above. Memory: one set of products, three numbers a category.
 */
import type { Item } from '../domain/item.ts'
import type { ItemId } from '../domain/ids.ts'

export interface PriceBands {
  /** Counts the product's price once. */
  readonly remember: (item: Item) => void
  /** `null` where price or neighbours are unknown. */
  readonly band: (item: Item) => number | null
}

const fewest = 5

interface Moments {
  count: number
  mean: number
  squares: number
}

export function createPriceBands(): PriceBands {
  const categories = new Map<string, Moments>()
  const met = new Set<ItemId>()
  return {
    remember: (item) => {
      if (item.priceMinor === null || met.has(item.id)) return
      met.add(item.id)
      const value = Math.log1p(item.priceMinor)
      for (const key of levels(item)) {
        const moments = categories.get(key) ?? { count: 0, mean: 0, squares: 0 }
        const gap = value - moments.mean
        moments.count++
        moments.mean += gap / moments.count
        moments.squares += gap * (value - moments.mean)
        categories.set(key, moments)
      }
    },
    band: (item) => {
      if (item.priceMinor === null) return null
      for (const key of levels(item)) {
        const moments = categories.get(key)
        if (moments === undefined || moments.count < fewest) continue
        // A category where all cost the same still tells a dearer product apart.
        const spread = Math.max(0.05, Math.sqrt(moments.squares / (moments.count - 1)))
        const z = (Math.log1p(item.priceMinor) - moments.mean) / spread
        return 1 / (1 + Math.exp(-1.702 * z)) - 0.5
      }
      return null
    },
  }
}

const keys = new WeakMap<readonly string[], readonly string[]>()

/** The category, the ones above it, and the whole shop. */
function levels(item: Item): readonly string[] {
  const path = item.categoryPath
  const known = keys.get(path)
  if (known !== undefined) return known
  const own = Array.from({ length: path.length + 1 }, (_, up) => path.slice(0, path.length - up).join(' > '))
  keys.set(path, own)
  return own
}
