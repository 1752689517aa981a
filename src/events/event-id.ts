/**
 * Names an event by what it says, so that the same event sent or imported twice is one event.
 *
 * The first 128 bits of a SHA-256 over the fields in a fixed order. Two shops would have to accept 10^16 events before
 * a false match became likely.
 */
import { createHash } from 'node:crypto'
import type { ShopEvent } from '../domain/event.ts'
import type { EventId } from '../domain/ids.ts'

export type EventContent = Omit<ShopEvent, 'id'>

export function eventId(event: EventContent): EventId {
  const fields = [
    event.catalogue,
    event.type,
    event.userId,
    event.timeMs,
    event.itemId,
    event.query,
    event.queryId,
    event.orderId,
    event.quantity,
    event.priceMinor,
    event.rating,
    event.position,
    event.name,
  ]
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32) as EventId
}

export function identify(event: EventContent): ShopEvent {
  return { id: eventId(event), ...event }
}
