/**
 * Makes a log fit to learn from: every rule says what it touched and why, and nothing is dropped silently.
 *
 * Two passes: events stream by once and meet the rules of single events; then, as columns, they are put in order of
 * time and meet the rules of each shopper and of the whole log. Cost: O(n log n); about 130 bytes an event at its peak,
 * 50 of which stay. The live path applies the same rules to one event at a time.
 */
import { type Breathe, createBreathe } from '../base/breathe.ts'
import { minuteMs } from '../base/clock.ts'
import { pseudonym } from '../base/log.ts'
import { type Progress, silentProgress } from '../base/progress.ts'
import { eventTypes, type ShopEvent } from '../domain/event.ts'
import type { Behaviour, BehaviourLog } from './behaviour-log.ts'
import { createDraftLog, type DraftLog, finishLog } from './draft-log.ts'
import { applyEventRules, type CleanContext, eventRules } from './event-rules.ts'
import { logRules } from './log-rules.ts'
import { createMissing, measureQuality, type QualityReport, type RuleReport } from './quality-report.ts'
import { groupRows, timeOrder } from './row-order.ts'
import { shopperRules } from './shopper-rules.ts'

export interface CleanLogContext extends CleanContext {
  readonly progress?: Progress
  readonly breathe?: Breathe
  /** For the progress bar; unknown where absent. */
  readonly expectedEvents?: number
}

export async function cleanLog(
  events: AsyncIterable<readonly ShopEvent[]>,
  context: CleanLogContext,
): Promise<{ log: BehaviourLog; report: QualityReport }> {
  const { config, progress = silentProgress, breathe = createBreathe() } = context
  const tallies = createTallies()
  const missing = createMissing()
  const draft = createDraftLog()
  let read = 0
  for await (const batch of events) {
    for (const event of batch) {
      missing.see(event)
      const mended = applyEventRules(event, context, (rule, found) => tallies.touch(rule.name, () => tellEvent(found)))
      if (mended !== null) draft.push(mended)
    }
    read += batch.length
    progress.report('read and clean the log', read, Math.max(read, context.expectedEvents ?? 0))
    await breathe()
  }
  const order = timeOrder(draft.timeMs.subarray(0, draft.length))
  await judgeShoppers(draft, order, context, tallies, breathe)
  for (const rule of logRules) {
    rule.find(left(order, draft), draft, config, tallies.judge(rule, draft))
    await breathe()
  }
  const log = finishLog(draft, order, config.sessionGapMinutes * minuteMs)
  return {
    log,
    report: measureQuality(log, {
      rowsRead: read,
      rules: tallies.report(),
      missing: missing.shares(),
      item: context.item,
    }),
  }
}

/** The rules of single events, for an event just accepted; `null` where it is to be ignored. */
export function cleanEvent(event: ShopEvent, context: CleanContext): Behaviour | null {
  const mended = applyEventRules(event, context)
  if (mended === null) return null
  const { userId, type, timeMs, quantity, priceMinor, position, query, queryId, refused } = mended
  const itemId = type === 'search' ? null : mended.itemId
  const said = refused === undefined ? {} : { refused }
  return { userId, type, itemId, timeMs, quantity, priceMinor, position, query, queryId, ...said }
}

async function judgeShoppers(
  draft: DraftLog,
  order: Int32Array,
  { config, progress = silentProgress }: CleanLogContext,
  tallies: Tallies,
  breathe: Breathe,
): Promise<void> {
  const { starts, rows } = groupRows(draft.userIndex, draft.users.size, order)
  const judges = shopperRules.map((rule) => tallies.judge(rule, draft))
  for (let user = 0; user < draft.users.size; user++) {
    let own = rows.subarray(starts[user], starts[user + 1])
    shopperRules.forEach((rule, at) => {
      rule.find(own, draft, config, judges[at])
      if (rule.effect === 'dropped' && own.some((row) => draft.dropped[row] === 1)) own = left(own, draft)
    })
    if (user % 256 === 0) {
      progress.report('look for robots and floods', user, draft.users.size)
      await breathe()
    }
  }
  progress.report('look for robots and floods', draft.users.size, draft.users.size)
}

function left(rows: Int32Array, draft: DraftLog): Int32Array {
  return rows.filter((row) => draft.dropped[row] === 0)
}

type Tallies = ReturnType<typeof createTallies>

function createTallies() {
  const rules = [...eventRules, ...shopperRules, ...logRules]
  const tallies = new Map(
    rules.map(({ name, why, effect }) => [name, { name, why, effect, rows: 0, examples: [] as string[] }]),
  )
  const touch = (name: string, example: () => string): void => {
    const tally = tallies.get(name)
    if (tally === undefined) return
    tally.rows++
    if (tally.examples.length < 5) tally.examples.push(example())
  }
  return {
    touch,
    /** What a rule on columns calls for each row it names. */
    judge:
      ({ name, effect }: Pick<RuleReport, 'name' | 'effect'>, draft: DraftLog) =>
      (row: number): void => {
        touch(name, () => tellRow(draft, row))
        if (effect === 'dropped') draft.dropped[row] = 1
      },
    report: (): RuleReport[] => [...tallies.values()],
  }
}

function tellEvent({ userId, type, itemId, timeMs, quantity, query }: ShopEvent): string {
  return tell(userId, type, itemId, timeMs, quantity, query)
}

function tellRow(draft: DraftLog, row: number): string {
  const item = draft.itemIndex[row]
  return tell(
    draft.users.idOf(draft.userIndex[row]),
    eventTypes[draft.type[row]],
    item < 0 ? null : draft.items.idOf(item),
    draft.timeMs[row],
    draft.quantity[row],
    draft.query[row],
  )
}

/** An example a person can look up, with the shopper's name replaced by one that holds within this process only. */
function tell(
  userId: string,
  type: string,
  itemId: string | null,
  timeMs: number,
  quantity: number,
  query: string | null,
) {
  const time = Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : String(timeMs)
  const what = itemId === null ? `"${(query ?? '').slice(0, 40)}"` : itemId
  return `shopper ${pseudonym(userId)}, ${type} of ${what}${quantity === 1 ? '' : ` × ${quantity}`}, ${time}`
}
