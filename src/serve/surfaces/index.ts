/** Every surface there is and how it finds its items. Add one: name it in `answer.ts`, plan it, list it here. */
import type { Surface } from '../answer.ts'
import type { Plan } from '../source.ts'
import { forYou } from './for-you.ts'
import { buyAgain, recentlyViewed } from './history.ts'
import { nextBasket } from './next-basket.ts'
import { boughtTogether, lookingSimilar, relatedProducts } from './related.ts'
import { session } from './session.ts'
import { trendingFacets, trendingItems } from './trending.ts'

export const plans: Readonly<Record<Surface, Plan>> = {
  'recommended-for-you': forYou,
  'related-products': relatedProducts,
  'bought-together': boughtTogether,
  'looking-similar': lookingSimilar,
  'trending-items': trendingItems,
  'trending-facets': trendingFacets,
  'recently-viewed': recentlyViewed,
  'buy-again': buyAgain,
  session,
  'next-basket': nextBasket,
}
