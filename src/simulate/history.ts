/**
 * The past of the simulated shop: everything its shoppers did, event by event, in order of time.
 *
 * Rows have the flat shape the importer knows as its own. A world remembers (carts, what was bought, bestsellers), so a
 * history carries on where the last one of the same world ended. Memory: a day of events, and returns to come.
 */
import { dayMs } from '../base/clock.ts'
import { createRng, type Rng } from '../base/rng.ts'
import { createDirt, type Planted } from './dirt.ts'
import { shelves } from './goods.ts'
import { visitsOnDay, visitTime } from './rhythm.ts'
import type { Shopper } from './shoppers.ts'
import { type SimulatedEvent, simulatedEvent } from './simulated-event.ts'
import { type Act, nothing, visit } from './visits.ts'
import type { World } from './world.ts'

export interface HistoryOptions {
  readonly fromMs?: number
  readonly untilMs?: number
  /** Told what dirt was planted, as it is; see `dirt.ts`. */
  readonly planted?: Planted
}

export function* simulateHistory(
  world: World,
  options: HistoryOptions = {},
): Generator<SimulatedEvent, void, undefined> {
  const fromMs = options.fromMs ?? world.fromMs
  const untilMs = options.untilMs ?? world.untilMs
  const rng = createRng(`simulated-history/${world.options.seed}/${fromMs}`)
  const dirt = createDirt(world, rng.fork('dirt'), { fromMs, untilMs, planted: options.planted })
  let waiting: SimulatedEvent[] = []
  for (let dayStartMs = fromMs; dayStartMs < untilMs; dayStartMs += dayMs) {
    const honest = eventsOfDay(world, dayStartMs, rng)
    waiting = [...waiting, ...honest, ...dirt.around(dayStartMs, honest)]
    // Stable: what a visit does in the same millisecond stays in order.
    waiting.sort((a, b) => a.time - b.time)
    const endMs = Math.min(dayStartMs + dayMs, untilMs)
    const later = waiting.findIndex((event) => event.time >= endMs)
    const ready = later < 0 ? waiting : waiting.slice(0, later)
    waiting = later < 0 ? [] : waiting.slice(later)
    yield* dirt.spoil(ready)
  }
}

function eventsOfDay(world: World, dayStartMs: number, rng: Rng): SimulatedEvent[] {
  return world.shoppers.flatMap((shopper) => {
    const count = visitsOnDay(shopper, dayStartMs, rng)
    const times = Array.from({ length: count }, () => visitTime(shopper, dayStartMs, rng)).sort((a, b) => a - b)
    let freeMs = 0
    return times.flatMap((timeMs) => {
      // Nobody makes two visits at once: the second waits until the first is an hour over.
      const events = eventsOfVisit(world, shopper, Math.max(timeMs, freeMs), rng)
      freeMs =
        events.reduce((latest, { time, type }) => (type === 'return' ? latest : Math.max(latest, time)), timeMs) +
        dayMs / 24
      return events
    })
  })
}

function eventsOfVisit(world: World, shopper: Shopper, startMs: number, rng: Rng): SimulatedEvent[] {
  const events: SimulatedEvent[] = []
  const steps = visit(world, shopper, startMs, rng)
  let step = steps.next()
  while (!step.done) {
    if (step.value.kind === 'look') {
      step = steps.next(world.storefront.answer(step.value))
      continue
    }
    const act = step.value
    events.push(simulatedEvent(world, shopper, act))
    if (act.type === 'view') world.storefront.count(act.product, 1)
    if (act.type === 'purchase') {
      world.storefront.count(act.product, 5)
      const sentBack = returnOf(world, act, rng)
      if (sentBack !== null) events.push(simulatedEvent(world, shopper, sentBack))
    }
    step = steps.next(nothing)
  }
  return events
}

/** Some purchases go back after days: clothes often, what is used up hardly ever. */
export function returnOf(world: World, purchase: Act, rng: Rng): Act | null {
  const { path, rebuyDays } = shelves[world.products[purchase.product].shelf]
  const rate = path[0] === 'Fashion' ? 0.14 : rebuyDays === null ? 0.05 : 0.01
  if (rng.next() >= rate) return null
  const timeMs = purchase.timeMs + Math.round((3 + rng.next() * 14) * dayMs)
  return { ...purchase, type: 'return', name: 'Returned', timeMs, queryId: undefined }
}
