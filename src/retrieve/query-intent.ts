/**
 * Which category a search wants, from what shoppers took after it and from the catalogue, and what that adds.
 *
 * wanted(p) = (voters · share of the votes for p's category + prior · its share of the 30 best by words)/(voters + prior):
 * with few voters the catalogue's own company decides, with none it stands alone. A product gets weight times the part
 * of it that is voted for; the other part is in the textual order already.
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

/**
 * Adds to `scores` what is voted for; returns how much the category of each product is wanted, 0 to 1.
 *
 * @param company share of the 30 best in the product's category: the signal `category`
 */
export function addIntent(
  scores: Float64Array,
  slots: Int32Array,
  company: Float64Array,
  intent: QueryIntent | null,
  facts: ProductFacts,
): Float64Array {
  if (intent === null || intent.voters === 0) return company
  const { voters, categories } = intent
  // Read first: a category has its number once a product of it was looked at.
  const own = Array.from(slots, (slot) => facts.categories(slot).at(-1) ?? -1)
  const votes = new Map([...categories].map(([key, share]) => [facts.categoryNumber(key), share]))
  return company.map((share, at) => {
    const voted = own[at] < 0 ? 0 : ((votes.get(own[at]) ?? 0) * voters) / (voters + prior)
    scores[at] += intentWeight * voted
    return voted + (share * prior) / (voters + prior)
  })
}
