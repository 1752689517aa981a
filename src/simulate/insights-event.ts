/** What a shopper did, as a stock insights client sends it, with our additions: searches, returns, order numbers. */
import type { Shopper } from './shoppers.ts'
import type { Act } from './visits.ts'
import type { World } from './world.ts'

export interface InsightsEvent {
  readonly eventType: 'view' | 'click' | 'conversion' | 'search'
  readonly eventSubtype?: 'addToCart' | 'purchase' | 'return'
  readonly eventName: string
  readonly index: string
  readonly userToken: string
  readonly timestamp: number
  readonly query?: string
  readonly queryID?: string
  readonly objectIDs?: readonly string[]
  readonly positions?: readonly number[]
  readonly objectData?: readonly { readonly price: number; readonly quantity: number; readonly queryID?: string }[]
  readonly value?: number
  readonly currency?: string
  readonly orderID?: string
}

export interface Envelope {
  /** The catalogue the events are about. */
  readonly index: string
  readonly currency: string
}

/** Of the wire. */
const maximumObjects = 20

/** In the order of `acts`; what was bought in one order is one event. */
export function insightsEvents(
  world: World,
  shopper: Shopper,
  acts: readonly Act[],
  { index, currency }: Envelope,
): InsightsEvent[] {
  const groups: Act[][] = []
  for (const act of acts) {
    const open = groups.at(-1)
    const room = open !== undefined && open.length < maximumObjects
    if (room && act.type === 'purchase' && open[0].order === act.order) open.push(act)
    else groups.push([act])
  }
  return groups.map((group) => {
    const [{ type, name, timeMs, query, queryId, position }] = group
    const about = { eventName: name, index, userToken: shopper.id, timestamp: timeMs }
    if (type === 'search') return { eventType: type, ...about, query }
    const objectIDs = group.map(({ product }) => world.products[product].record.objectID)
    const named = { ...about, objectIDs, ...(queryId !== undefined && { queryID: queryId }) }
    if (type === 'view') return { eventType: type, ...named }
    if (type === 'click') return { eventType: type, ...named, ...(position !== undefined && { positions: [position] }) }
    return { eventType: 'conversion', eventSubtype: type, ...named, ...money(world, group, currency) }
  })
}

function money(world: World, lines: readonly Act[], currency: string) {
  const objectData = lines.map(({ product, quantity = 1, queryId }) => ({
    price: world.products[product].priceMinor / 100,
    quantity,
    ...(queryId !== undefined && { queryID: queryId }),
  }))
  const valueMinor = lines.reduce(
    (sum, { product, quantity = 1 }) => sum + world.products[product].priceMinor * quantity,
    0,
  )
  const [{ order }] = lines
  return { objectData, value: valueMinor / 100, currency, ...(order !== undefined && { orderID: order }) }
}
