/** The shop's door: the stock lite client for answers, the stock insights client for what shoppers do. */
import { liteClient } from 'algoliasearch/lite'
import { createInsightsClient } from 'search-insights'
import type { Settings } from './settings.ts'
import type { Shopper } from './shopper.ts'

/** What a product is said to be, in some language. */
export interface Words {
  readonly title?: string
  readonly description?: string
  readonly categories?: readonly string[]
  readonly color?: string
  readonly material?: string
  readonly style?: string
  readonly gender?: string
  readonly season?: string
}

export interface Product extends Words {
  readonly objectID: string
  readonly title: string
  readonly zh?: Words
  readonly brand?: string
  readonly price?: number
  readonly rating?: number
  readonly inStock?: boolean
  readonly image?: string
}

/** A product where it stands: in which answer, at which place (from 1). */
export interface Placed {
  readonly product: Product
  readonly queryID: string
  readonly position: number
}

/** An event as it went over the wire. */
export interface SentEvent {
  readonly eventType: string
  readonly eventSubtype?: string
  readonly eventName: string
  readonly objectIDs?: readonly string[]
  /** `brand:Acme`, URL-encoded: of a click on a filter. */
  readonly filters?: readonly string[]
  readonly [other: string]: unknown
}

export interface RowRequest {
  readonly model: string
  readonly limit: number
  readonly objectID?: string
}

export type Shop = ReturnType<typeof openShop>

export function openShop(settings: Settings, shopper: Shopper) {
  const { host, protocol, apiKey, index } = settings
  // Where a busy machine answers late, late is better than not at all.
  const timeouts = { connect: 5_000, read: 10_000, write: 10_000 }
  const client = liteClient('larkfield', apiKey, { hosts: [{ url: host, accept: 'readWrite', protocol }], timeouts })
  const listeners: ((event: SentEvent) => void)[] = []

  /** The insights client's own request, but for one thing: the page hears when the shop has taken an event in. */
  const send = async (url: string, data: Record<string, unknown>): Promise<boolean> => {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(data), keepalive: true })
    if (!answer.ok) return false
    // What was answered before the event is out of date.
    await client.clearCache()
    for (const event of data.events as SentEvent[]) {
      // InstantSearch says that it started, too.
      if (event.eventType !== 'instantsearch') for (const listen of listeners) listen(event)
    }
    return true
  }
  const insights = createInsightsClient(send)
  insights('init', { appId: 'larkfield', apiKey, host: `${protocol}://${host}`, userToken: shopper.token })

  return {
    settings,
    shopper,
    client,
    insights,
    onEvent: (listen: (event: SentEvent) => void) => void listeners.push(listen),
    /** Several rows in one request, in the order of `rows`. */
    recommend: async (rows: readonly RowRequest[]): Promise<Placed[][]> => {
      const queryParameters = { userToken: shopper.token, attributesToRetrieve: ['*', '-image'] }
      const requests = rows.map(({ model, limit, objectID }) => ({
        ...{ indexName: index, model, threshold: 0, maxRecommendations: limit, queryParameters },
        ...(objectID === undefined ? {} : { objectID }),
      }))
      // The client's types know its own models; others pass through.
      const { results } = await client.getRecommendations({ requests } as never)
      return results.map(({ hits, queryID }) =>
        hits.map((hit, at) => ({ product: hit as unknown as Product, queryID: queryID ?? '', position: at + 1 })),
      )
    },
    clicked: ({ product, queryID, position }: Placed) =>
      void insights('clickedObjectIDsAfterSearch', {
        ...{ index, eventName: 'Product clicked', queryID },
        ...{ objectIDs: [product.objectID], positions: [position] },
      }),
    viewed: ({ product }: Placed) =>
      void insights('viewedObjectIDs', { index, eventName: 'Product viewed', objectIDs: [product.objectID] }),
    addedToCart: ({ product, queryID }: Placed) =>
      void insights('addedToCartObjectIDsAfterSearch', {
        ...{ index, eventName: 'Added to cart', queryID, objectIDs: [product.objectID], currency: settings.currency },
        objectData: [{ price: product.price ?? 0, quantity: 1 }],
        value: product.price ?? 0,
      }),
    purchased: (lines: readonly (Placed & { readonly quantity: number })[]) =>
      void insights('purchasedObjectIDsAfterSearch', {
        ...{ index, eventName: 'Purchased', currency: settings.currency },
        objectIDs: lines.map(({ product }) => product.objectID),
        objectData: lines.map(({ product, queryID, quantity }) => ({ queryID, price: product.price ?? 0, quantity })),
        value: lines.reduce((sum, { product, quantity }) => sum + (product.price ?? 0) * quantity, 0),
      }),
  }
}

/** Until a shop that did not answer is asked again. */
export const againMs = 2_000

export function pictureOf({ pictures }: Settings, { objectID, image }: Product): string {
  return pictures === null ? (image ?? '') : `${pictures}${encodeURIComponent(objectID)}`
}
