/**
 * What became of an event: whether something is learnt from it, and to which answer it goes back, or why to none.
 *
 * The same rules (preprocess/event-rules.ts) and the same attribution as everywhere; asked for the few events one looks at.
 * Cost: one look-up an event that names an answer, and one reading of the half hour before the oldest of them.
 */
import type { ShopEvent } from '../domain/event.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { type Attribution, attribute, sightMs } from '../events/attribution.ts'
import { applyEventRules, type CleanContext } from '../preprocess/event-rules.ts'
import type { Store } from '../store/store.ts'
import { namedExposures } from './named-exposures.ts'

export interface EventFate<Event extends ShopEvent> {
  readonly event: Event
  /** The rule that drops it; `null` where it is learnt from. */
  readonly dropped: { readonly rule: string; readonly why: string } | null
  /** Rules that mended or noted something about it. */
  readonly touched: readonly string[]
  readonly answer: Attribution | null
  readonly unjoined: Unjoined | null
}

/** Why it goes back to no answer. */
export type Unjoined = 'about-no-item' | 'unknown-answer' | 'nothing-shown'

/** Of the half hour before: more would make a debugger slow. */
const mostExposures = 20_000

export async function eventFates<Event extends ShopEvent>(
  events: readonly Event[],
  store: Pick<Store, 'exposures'>,
  catalogue: CatalogueId,
  context: CleanContext,
): Promise<EventFate<Event>[]> {
  if (events.length === 0) return []
  const times = events.map(({ timeMs }) => timeMs)
  const shoppers = new Set(events.map(({ userId }) => userId))
  const exposures: Exposure[] = []
  const [fromMs, untilMs] = [Math.min(...times) - sightMs, Math.max(...times) + 1]
  for await (const batch of store.exposures.scan(catalogue, fromMs, untilMs)) {
    exposures.push(...batch.filter(({ userId }) => userId !== null && shoppers.has(userId)))
    if (exposures.length > mostExposures) break
  }
  const answers = attribute(events, [...exposures, ...(await namedExposures(events, exposures, store))])
  return events.map((event, at) => ({
    event,
    ...judged(event, context),
    answer: answers[at],
    unjoined: answers[at] === null ? reasonOf(event) : null,
  }))
}

function judged(event: ShopEvent, context: CleanContext): Pick<EventFate<ShopEvent>, 'dropped' | 'touched'> {
  const rules: { name: string; why: string }[] = []
  const kept = applyEventRules(event, context, (rule) => void rules.push(rule))
  const last = rules.at(-1)
  const dropped = kept === null && last !== undefined ? { rule: last.name, why: last.why } : null
  return { dropped, touched: rules.filter((rule) => rule.name !== dropped?.rule).map(({ name }) => name) }
}

function reasonOf({ itemId, queryId }: ShopEvent): Unjoined {
  if (itemId === null) return 'about-no-item'
  return queryId === null ? 'nothing-shown' : 'unknown-answer'
}
