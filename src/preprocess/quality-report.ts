/**
 * How good the data is: what each rule touched and why, and the figures a person asks for before trusting a model.
 *
 * Gini: 0 where all are alike, 1 where one has all. Power law: the exponent of the upper quarter of the counts by
 * maximum likelihood (Clauset, Shalizi & Newman 2009, eq. 3.7), α = 1 + n / Σ ln(x / (x_min − ½)).
 */
import { type EventType, eventTypeIndex, eventTypes, type ShopEvent } from '../domain/event.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { dayMs, minuteMs } from '../base/clock.ts'
import type { BehaviourLog } from './behaviour-log.ts'
import type { RuleEffect } from './event-rules.ts'
import { quantile } from './scales.ts'

export type RuleReport = {
  readonly name: string
  readonly why: string
  readonly effect: RuleEffect
  readonly rows: number
  /** At most five; shoppers under pseudonyms. */
  readonly examples: readonly string[]
}

/** How unevenly events fall on shoppers or products. */
export type Spread = {
  readonly median: number
  readonly largest: number
  readonly gini: number
  /** Share of all events that the busiest tenth has. */
  readonly topTenth: number
  /** Exponent of the tail; `null` where it is too short to tell. */
  readonly powerLaw: number | null
}

/** Plain JSON. Counts are of the cleaned log except `rowsRead` and `missing`. */
export type QualityReport = {
  readonly rowsRead: number
  readonly rowsKept: number
  readonly rules: readonly RuleReport[]
  readonly byType: { readonly [type in EventType]: number }
  readonly users: number
  readonly items: number
  /** Products with events of which the catalogue knows nothing. */
  readonly itemsWithoutRecord: number
  /** Different pairs of shopper and product / all possible ones. */
  readonly density: number
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** Share of the raw rows that ought to have the column and lack it; `null` where none ought to. */
  readonly missing: { readonly [column: string]: number | null }
  readonly eventsPerUser: Spread
  readonly eventsPerItem: Spread
  readonly sessions: { readonly count: number; readonly medianEvents: number; readonly medianMinutes: number }
  readonly orders: { readonly count: number; readonly medianLines: number; readonly valueMinor: number }
}

/** Which raw rows ought to have which column. */
const columns: Readonly<Record<string, { ought(event: ShopEvent): boolean; lacks(event: ShopEvent): boolean }>> = {
  price: { ought: ({ type }) => type === 'purchase', lacks: ({ priceMinor }) => priceMinor === null },
  order: { ought: ({ type }) => type === 'purchase', lacks: ({ orderId }) => orderId === null },
  query: { ought: ({ type }) => type === 'search', lacks: ({ query }) => !query },
  queryId: {
    ought: ({ type }) => type === 'click' || type === 'conversion' || type === 'addToCart' || type === 'purchase',
    lacks: ({ queryId }) => queryId === null,
  },
  position: { ought: ({ type }) => type === 'click', lacks: ({ position }) => position === null },
}

export function createMissing() {
  const counts = Object.entries(columns).map(([name, column]) => ({ name, column, ought: 0, lacks: 0 }))
  return {
    see: (event: ShopEvent): void => {
      for (const count of counts) {
        if (!count.column.ought(event)) continue
        count.ought++
        if (count.column.lacks(event)) count.lacks++
      }
    },
    shares: (): QualityReport['missing'] =>
      Object.fromEntries(counts.map(({ name, ought, lacks }) => [name, ought === 0 ? null : lacks / ought])),
  }
}

export interface QualityFacts {
  readonly rowsRead: number
  readonly rules: readonly RuleReport[]
  readonly missing: QualityReport['missing']
  readonly item: (itemId: ItemId) => Item | undefined
}

export function measureQuality(log: BehaviourLog, { rowsRead, rules, missing, item }: QualityFacts): QualityReport {
  const types = count(log.type, eventTypes.length)
  const byType = Object.fromEntries(eventTypes.map((type) => [type, types[eventTypeIndex(type)]]))
  return {
    rowsRead,
    rowsKept: log.length,
    rules,
    byType: byType as QualityReport['byType'],
    users: log.users.size,
    items: log.items.size,
    itemsWithoutRecord: log.items.ids().filter((id) => item(id) === undefined).length,
    density: pairCount(log) / Math.max(1, log.users.size * log.items.size),
    firstMs: log.length > 0 ? log.timeMs[0] : null,
    lastMs: log.length > 0 ? log.timeMs[log.length - 1] : null,
    missing,
    eventsPerUser: spread(count(log.userIndex, log.users.size)),
    eventsPerItem: spread(count(log.itemIndex, log.items.size)),
    sessions: measureSessions(log),
    orders: measureOrders(log),
  }
}

function count(keys: Int32Array | Uint8Array, keyCount: number): Float64Array {
  const counts = new Float64Array(keyCount)
  for (const key of keys) if (key >= 0) counts[key]++
  return counts
}

function pairCount({ length, userIndex, itemIndex, items }: BehaviourLog): number {
  const pairs = new Set<number>()
  for (let row = 0; row < length; row++) {
    if (itemIndex[row] >= 0) pairs.add(userIndex[row] * items.size + itemIndex[row])
  }
  return pairs.size
}

function spread(counts: Float64Array): Spread {
  const sorted = counts.sort()
  const total = sorted.reduce((sum, value) => sum + value, 0)
  if (total === 0) return { median: 0, largest: 0, gini: 0, topTenth: 0, powerLaw: null }
  const n = sorted.length
  const ranked = sorted.reduce((sum, value, at) => sum + (at + 1) * value, 0)
  const top = sorted.subarray(n - Math.ceil(n / 10)).reduce((sum, value) => sum + value, 0)
  return {
    median: quantile(sorted, 0.5),
    largest: sorted[n - 1],
    gini: (2 * ranked) / (n * total) - (n + 1) / n,
    topTenth: top / total,
    powerLaw: tailExponent(sorted),
  }
}

function tailExponent(sorted: Float64Array): number | null {
  // The approximation for counts holds from about 6 up.
  const least = Math.max(6, quantile(sorted, 0.75))
  const tail = sorted.filter((value) => value >= least)
  const logs = tail.reduce((sum, value) => sum + Math.log(value / (least - 0.5)), 0)
  return tail.length < 50 ? null : 1 + tail.length / logs
}

function measureSessions({ session, timeMs, length }: BehaviourLog): QualityReport['sessions'] {
  const sessions = session.reduce((most, value) => Math.max(most, value + 1), 0)
  const first = new Float64Array(sessions).fill(Number.NaN)
  const minutes = new Float64Array(sessions)
  for (let row = 0; row < length; row++) {
    const at = session[row]
    if (Number.isNaN(first[at])) first[at] = timeMs[row]
    minutes[at] = (timeMs[row] - first[at]) / minuteMs
  }
  return { count: sessions, medianEvents: median(count(session, sessions)), medianMinutes: median(minutes) }
}

function measureOrders({ order, quantity, priceMinor, length }: BehaviourLog): QualityReport['orders'] {
  const orders = order.reduce((most, value) => Math.max(most, value + 1), 0)
  let valueMinor = 0
  for (let row = 0; row < length; row++) {
    if (order[row] >= 0 && !Number.isNaN(priceMinor[row])) valueMinor += quantity[row] * priceMinor[row]
  }
  return { count: orders, medianLines: median(count(order, orders)), valueMinor }
}

function median(values: Float64Array): number {
  return values.length === 0 ? 0 : quantile(values.sort(), 0.5)
}

/** The report as a person reads it in a terminal. */
export function describeQuality(report: QualityReport): string {
  const { firstMs, lastMs, sessions, orders } = report
  const days = firstMs === null || lastMs === null ? 0 : (lastMs - firstMs) / dayMs
  const percent = (share: number | null) => (share === null ? '–' : `${(share * 100).toFixed(1)} %`)
  const spreadLine = (name: string, { median, largest, gini, topTenth, powerLaw }: Spread) => [
    name,
    `median ${median}, largest ${largest}, busiest tenth ${percent(topTenth)}, Gini ${gini.toFixed(2)}, power law ${powerLaw?.toFixed(2) ?? '–'}`,
  ]
  const facts = [
    ['rows', `${report.rowsKept} kept of ${report.rowsRead} read`],
    ['time', firstMs === null ? 'none' : `${day(firstMs)} to ${day(lastMs ?? firstMs)}, ${days.toFixed(0)} days`],
    [
      'types',
      eventTypes
        .filter((type) => report.byType[type] > 0)
        .map((type) => `${type} ${report.byType[type]}`)
        .join(', '),
    ],
    ['shoppers', String(report.users)],
    ['products', `${report.items}, of which ${report.itemsWithoutRecord} are not in the catalogue`],
    ['density', `${(report.density * 100).toPrecision(3)} % of all pairs of shopper and product`],
    [
      'visits',
      `${sessions.count}, median ${sessions.medianEvents} events and ${sessions.medianMinutes.toFixed(1)} minutes`,
    ],
    ['orders', `${orders.count}, median ${orders.medianLines} lines, ${(orders.valueMinor / 100).toFixed(2)} in all`],
    spreadLine('per shopper', report.eventsPerUser),
    spreadLine('per product', report.eventsPerItem),
    [
      'missing',
      Object.entries(report.missing)
        .map(([column, share]) => `${column} ${percent(share)}`)
        .join(', '),
    ],
  ]
  const rules = report.rules.map(({ name, effect, rows, why }) => [name, rows === 0 ? '–' : `${rows} ${effect}`, why])
  const examples = report.rules.flatMap(({ name, examples: [first] }) => (first === undefined ? [] : [[name, first]]))
  return [table(facts), 'Rules', table(rules), ...(examples.length > 0 ? ['Examples', table(examples)] : [])].join(
    '\n\n',
  )
}

function day(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

/** Columns padded to the widest cell, but for the last. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows
    .map(
      (row) =>
        `  ${row.map((cell, column) => (column < row.length - 1 ? cell.padEnd(widths[column]) : cell)).join('  ')}`,
    )
    .join('\n')
}
