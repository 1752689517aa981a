/**
 * The shop as it was before Haggle: bestsellers first, everywhere.
 *
 * It ranks by popularity within the category, so that whatever shoppers did in the past answers what they were shown:
 * the log is biased by exposure as real ones are. It also answers the live shop's own category and search pages.
 */
import { dayMs } from '../base/clock.ts'
import type { Rng } from '../base/rng.ts'
import type { SimulatedProduct } from './catalogue.ts'
import { shelves } from './goods.ts'

/** What a shopper searched for, and what they typed. */
export interface SearchTerms {
  readonly text: string
  readonly shelf: number
  /** -1 where not named. */
  readonly brand: number
  readonly colour: number
  readonly style: number
  /** False for a typing error: the old search finds nothing then. */
  readonly spelt: boolean
}

export type LookSurface = 'home' | 'category' | 'search' | 'related' | 'cart'

/** One page of results a shopper looks at. */
export interface Look {
  readonly kind: 'look'
  readonly surface: LookSurface
  readonly timeMs: number
  readonly limit: number
  /** Results skipped: 0 for the first page. */
  readonly offset: number
  /** The shelf of a category page; on the home page the shelf last visited; otherwise -1. */
  readonly shelf: number
  /** The product looked at or in the cart; otherwise -1. */
  readonly product: number
  readonly gender: number
  readonly terms: SearchTerms | null
}

export interface Listing {
  readonly queryId: string | null
  /** Whether the page tells the shop about clicks on it; views of products are always told. */
  readonly tracked: boolean
  /** Product indices, best first. */
  readonly products: readonly number[]
}

export interface Storefront {
  answer(look: Look): Listing
  /** Counts a view (1) or a purchase (5) towards the bestsellers. */
  count(product: number, weight: number): void
  /** The bestsellers of a shelf, or of the whole shop for -1. */
  bestsellers(shelf: number, timeMs: number, limit: number): number[]
}

export function createStorefront(
  rng: Rng,
  products: readonly SimulatedProduct[],
  available: (product: number, timeMs: number) => boolean,
): Storefront {
  const popularity = Float64Array.from(products, (product) => 6 * Math.exp(0.8 * product.quality))
  const byShelf = shelves.map((_, shelf) =>
    products.filter((product) => product.shelf === shelf).map(({ index }) => index),
  )
  const all = products.map(({ index }) => index)
  let rankedDay = Number.NEGATIVE_INFINITY

  const rank = (timeMs: number): void => {
    const day = Math.floor(timeMs / dayMs)
    // A visit past midnight is over before the next shopper's evening: days count forwards only.
    if (day <= rankedDay) return
    rankedDay = day
    const score = popularity.map((value, index) => value + novelty(products[index], timeMs))
    for (const list of [...byShelf, all]) list.sort((a, b) => score[b] - score[a] || a - b)
    for (let index = 0; index < popularity.length; index++) popularity[index] *= 0.97
  }
  const take = (list: readonly number[], look: Pick<Look, 'timeMs' | 'limit' | 'offset'>, accept: Accept): number[] => {
    const found: number[] = []
    let skip = look.offset
    for (const index of list) {
      if (found.length === look.limit) break
      if (available(index, look.timeMs) && accept(products[index]) && skip-- <= 0) found.push(index)
    }
    return found
  }
  const list = (look: Look): number[] => {
    const wears = ({ gender }: SimulatedProduct) => gender === 0 || gender === look.gender
    if (look.surface === 'search' && look.terms !== null)
      return take(byShelf[look.terms.shelf], look, meets(look.terms))
    if (look.surface === 'home') {
      const near = look.shelf < 0 ? [] : take(byShelf[look.shelf], { ...look, limit: look.limit >> 1 }, wears)
      const rest = take(all, look, (product) => wears(product) && !near.includes(product.index))
      return [...near, ...rest].slice(0, look.limit)
    }
    const shelf = look.product < 0 ? look.shelf : products[look.product].shelf
    return take(byShelf[shelf], look, (product) => wears(product) && product.index !== look.product)
  }
  return {
    answer: (look) => {
      rank(look.timeMs)
      const tracked = look.surface === 'search'
      return { queryId: tracked ? queryId(rng) : null, tracked, products: list(look) }
    },
    count: (product, weight) => {
      popularity[product] += weight
    },
    bestsellers: (shelf, timeMs, limit) => {
      rank(timeMs)
      return take(shelf < 0 ? all : byShelf[shelf], { timeMs, limit, offset: 0 }, () => true)
    },
  }
}

type Accept = (product: SimulatedProduct) => boolean

function meets(terms: SearchTerms): Accept {
  return ({ brand, colour, style }) =>
    terms.spelt &&
    (terms.brand < 0 || terms.brand === brand) &&
    (terms.colour < 0 || terms.colour === colour) &&
    (terms.style < 0 || terms.style === style)
}

/** What has just come out stands well for two weeks. */
function novelty({ createdAtMs }: SimulatedProduct, timeMs: number): number {
  const ageDays = (timeMs - createdAtMs) / dayMs
  return ageDays >= 0 && ageDays < 14 ? 25 * (1 - ageDays / 14) : 0
}

function queryId(rng: Rng): string {
  return Array.from({ length: 4 }, () =>
    rng
      .int(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('')
}
