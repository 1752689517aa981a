/**
 * Which category a search wants, from what shoppers took after it, and what that adds to a product's place:
 * weight · voted, voted = voters/(voters + prior) · share of the votes for the product's category. With few voters the catalogue's own
 * company of categories (search-signals.ts) decides, with none it stands alone.
 */
import type { ProductFacts } from './product-facts.ts'

export interface QueryIntent {
  /** How many shoppers took something. */
  readonly voters: number
  /** Share of the votes by category (`categoryKey`), ancestors too. */
  readonly categories: ReadonlyMap<string, number>
}

/** Chosen on the simulated shop of seed 7; `npx tsx recipes/intent.ts` judges it on others. */
const intentWeight = 0.4
const prior = 5

/** Adds to `scores` what is voted for; returns how much each product's category is, 0 to 1. */
export function addIntent(
  scores: Float64Array,
  slots: Int32Array,
  { voters, categories }: QueryIntent,
  facts: ProductFacts,
): Float64Array {
  // Read first: a category has its number once a product of it was looked at.
  const own = Array.from(slots, (slot) => facts.categories(slot).at(-1) ?? -1)
  const votes = new Map([...categories].map(([key, share]) => [facts.categoryNumber(key), share]))
  const sureness = voters / (voters + prior)
  return Float64Array.from(own, (category, at) => {
    const voted = category < 0 ? 0 : sureness * (votes.get(category) ?? 0)
    scores[at] += intentWeight * voted
    return voted
  })
}
