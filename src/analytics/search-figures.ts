/** What came of a number of searches, as sums that can be added up. */
import type { SearchCount } from '../store/store.ts'
import type { FollowedSearch, SearchAct } from './search-log.ts'

export interface SearchFigures {
  searches: number
  withoutResults: number
  /** Searches without results that asked for filters. */
  filteredWithoutResults: number
  /** Sum of the products that answered. */
  hits: number
  /** Searches that are followed: those with `clickAnalytics`. */
  followed: number
  followedWithResults: number
  clicks: number
  clickedSearches: number
  /** Of clicks whose place is known. */
  placedClicks: number
  placeSum: number
  /** By `places`. */
  byPlace: number[]
  /** Carts, purchases and other conversions. */
  conversions: number
  convertedSearches: number
  carts: number
  cartSearches: number
  purchases: number
  purchaseSearches: number
  revenueMinor: number
}

/** First and last place of each step; −1: to the end. */
export const places: readonly (readonly [from: number, to: number])[] = [
  ...Array.from({ length: 10 }, (_, at) => [at + 1, at + 1] as const),
  [11, 20],
  [21, -1],
]

export function noFigures(): SearchFigures {
  return {
    ...{ searches: 0, withoutResults: 0, filteredWithoutResults: 0, hits: 0, followed: 0, followedWithResults: 0 },
    ...{ clicks: 0, clickedSearches: 0, placedClicks: 0, placeSum: 0, byPlace: places.map(() => 0) },
    ...{ conversions: 0, convertedSearches: 0, carts: 0, cartSearches: 0, purchases: 0, purchaseSearches: 0 },
    revenueMinor: 0,
  }
}

export function addFollowed(sum: SearchFigures, search: FollowedSearch): void {
  addShown(sum, search)
  if (search.acts.length > 0) addActs(sum, search.acts)
}

/** All of it but what was done. */
export function addShown(sum: SearchFigures, search: FollowedSearch): void {
  const empty = search.nbHits === 0
  sum.searches++
  sum.followed++
  sum.hits += search.nbHits
  if (empty) sum.withoutResults++
  else sum.followedWithResults++
  if (empty && search.filters.length > 0) sum.filteredWithoutResults++
}

/** What was done of one search. */
export function addActs(sum: SearchFigures, acts: readonly SearchAct[]): void {
  const did = { clicked: false, converted: false, carted: false, bought: false }
  for (const act of acts) {
    if (act.type === 'click') {
      addClick(sum, act)
      did.clicked = true
      continue
    }
    did.converted = true
    sum.conversions++
    if (act.type === 'addToCart') sum.carts++
    if (act.type === 'purchase') sum.purchases++
    did.carted ||= act.type === 'addToCart'
    did.bought ||= act.type === 'purchase'
    sum.revenueMinor += act.revenueMinor
  }
  sum.clickedSearches += Number(did.clicked)
  sum.convertedSearches += Number(did.converted)
  sum.cartSearches += Number(did.carted)
  sum.purchaseSearches += Number(did.bought)
}

function addClick(sum: SearchFigures, { position }: SearchAct): void {
  sum.clicks++
  if (position === null || position < 1) return
  sum.placedClicks++
  sum.placeSum += position
  sum.byPlace[places.findIndex(([, to]) => to === -1 || position <= to)]++
}

export function addCounted(sum: SearchFigures, count: SearchCount): void {
  sum.searches += count.searches
  sum.withoutResults += count.withoutResults
  if (count.filters.length > 0) sum.filteredWithoutResults += count.withoutResults
  sum.hits += count.hits
}
