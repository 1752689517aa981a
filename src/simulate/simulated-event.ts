/** One row of the simulated log, in the importer's own flat shape. A field that does not apply is absent. */
import type { Shopper } from './shoppers.ts'
import type { Act } from './visits.ts'
import type { World } from './world.ts'

export interface SimulatedEvent {
  readonly user: string
  readonly item?: string
  readonly type: Act['type']
  /** Unix milliseconds. */
  readonly time: number
  readonly query?: string
  readonly quantity?: number
  /** One piece, in major units. */
  readonly price?: number
  readonly order?: string
  readonly queryId?: string
  /** 1-based. */
  readonly position?: number
  readonly name: string
}

export function simulatedEvent(world: World, shopper: Shopper, act: Act): SimulatedEvent {
  const product = act.product < 0 ? undefined : world.products[act.product]
  const priced = act.quantity !== undefined && product !== undefined
  return {
    user: shopper.id,
    ...(product && { item: product.record.objectID }),
    type: act.type,
    time: act.timeMs,
    ...(act.query !== undefined && { query: act.query }),
    ...(priced && { quantity: act.quantity, price: product.priceMinor / 100 }),
    ...(act.order !== undefined && { order: act.order }),
    ...(act.queryId !== undefined && { queryId: act.queryId }),
    ...(act.position !== undefined && { position: act.position }),
    name: act.name,
  }
}
