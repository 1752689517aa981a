/**
 * Turns the cleaned log into the table that models learn from: how strongly each row holds to each item.
 *
 * A row is a shopper, a visit or a basket. Value = decayed(summed weights of the pair's events, age of the latest,
 * half-life), exactly as `models/query.ts` makes it from a shopper's history; entries that returns brought to 0 or below
 * are left out. Cost: O(events); memory: 16 bytes an entry.
 */
import { dayMs } from '../base/clock.ts'
import { addPurchase, type Basket, stackBaskets } from './baskets.ts'
import type { BehaviourLog } from './behaviour-log.ts'
import { eventTypes } from '../domain/event.ts'
import type { Interactions, Steps } from './interactions.ts'
import { logRows, type LogRowsOptions } from './log-rows.ts'
import { addToPair, createPair, decayed, type EventWeights, type PairStrength } from './weights.ts'

export interface BuildOptions extends LogRowsOptions {
  /** Ages are counted from here; only events before it are taken, unless `untilMs` says otherwise. */
  readonly asOfMs: number
  readonly weights: EventWeights
  readonly halfLifeDays: number
  /** At most this many of a row's latest entries; no bound where absent. */
  readonly maximumRowLength?: number
  /** Keeps each row's baskets too: purchases with less than this silence between them. */
  readonly basketGapMs?: number
  /** Keeps each row's steps too: every event that left its entry above 0, of entries that are kept. */
  readonly keepSteps?: boolean
  /** Rows without entries stay, so that row r is the shopper, visit or basket numbered r. */
  readonly keepEmptyRows?: boolean
}

export interface BuiltInteractions {
  readonly interactions: Interactions
  /** Index in `log.users` of the shopper of each row; -1 for an empty row of visits or baskets. */
  readonly rowUsers: Int32Array
  /** Which shopper (`log.users`), visit (`log.session`) or basket (`log.order`) each row is. */
  readonly rowKeys: Int32Array
}

export function buildInteractions(log: BehaviourLog, options: BuildOptions): BuiltInteractions {
  const { asOfMs, halfLifeDays, maximumRowLength = Number.POSITIVE_INFINITY } = options
  const { starts, rows, count, itemOf } = logRows(log, { ...options, untilMs: options.untilMs ?? asOfMs })
  const pointers = [0]
  const columns = new Int32Array(rows.length)
  const values = new Float32Array(rows.length)
  const ageDays = new Float32Array(rows.length)
  const firstAgeDays = new Float32Array(rows.length)
  const rowUsers: number[] = []
  const baskets: { items: number[]; ageDays: number }[][] = []
  const rowKeys: number[] = []
  const steps: StepLists = { ends: [0], columns: [], ageDays: [], values: [] }
  let filled = 0
  for (let key = 0; key < count; key++) {
    const own = rows.subarray(starts[key], starts[key + 1])
    const entries = latest(sumPairs(log, own, itemOf, options.weights), maximumRowLength)
      .map(([item, { weight, firstMs, lastMs }]) => {
        const age = Math.max(0, asOfMs - lastMs) / dayMs
        const firstAge = Math.max(0, asOfMs - firstMs) / dayMs
        return { item, age, firstAge, value: Math.fround(decayed(weight, age, halfLifeDays)) }
      })
      // Single precision holds what is very old for nothing.
      .filter(({ value }) => value > 0)
      .sort((one, other) => one.item - other.item)
    if (entries.length === 0 && !options.keepEmptyRows) continue
    for (const { item, value, age, firstAge } of entries) {
      columns[filled] = item
      values[filled] = value
      firstAgeDays[filled] = firstAge
      ageDays[filled++] = age
    }
    pointers.push(filled)
    rowKeys.push(key)
    const kept = new Set(entries.map(({ item }) => item))
    if (options.basketGapMs !== undefined) {
      baskets.push(basketsIn(log, own, itemOf, kept, { asOfMs, gapMs: options.basketGapMs }))
    }
    if (options.keepSteps === true) addSteps(steps, log, own, itemOf, kept, options)
    rowUsers.push(own.length > 0 ? log.userIndex[own[0]] : options.rows === 'users' ? key : -1)
  }
  const matrix = {
    rowCount: rowKeys.length,
    columnCount: options.items.size,
    pointers: Int32Array.from(pointers),
    columns: columns.slice(0, filled),
    values: values.slice(0, filled),
  }
  const interactions: Interactions = {
    matrix,
    ageDays: ageDays.slice(0, filled),
    firstAgeDays: firstAgeDays.slice(0, filled),
    rowFeatures: null,
    featureNames: [],
    content: null,
    asOfMs,
    ...(options.basketGapMs === undefined ? {} : { baskets: stackBaskets(baskets) }),
    ...(options.keepSteps === true ? { steps: stacked(steps) } : {}),
  }
  return { interactions, rowUsers: Int32Array.from(rowUsers), rowKeys: Int32Array.from(rowKeys) }
}

function latest(pairs: Map<number, PairStrength>, limit: number): [number, PairStrength][] {
  return [...pairs].filter(([, { weight }]) => weight > 0).slice(-limit)
}

/** Item → what was done with it, in the order of the latest event. */
function sumPairs(
  log: BehaviourLog,
  rows: Int32Array,
  itemOf: Int32Array,
  weights: EventWeights,
): Map<number, PairStrength> {
  const pairs = new Map<number, PairStrength>()
  for (const row of rows) {
    const item = itemOf[log.itemIndex[row]]
    const pair = pairs.get(item) ?? createPair(log.timeMs[row])
    addToPair(pair, eventTypes[log.type[row]], log.timeMs[row], log.quantity[row], weights)
    pairs.delete(item)
    pairs.set(item, pair)
  }
  return pairs
}

/** All rows, one after the other; row r ends at `ends[r + 1]`. */
interface StepLists {
  readonly ends: number[]
  readonly columns: number[]
  readonly ageDays: number[]
  readonly values: number[]
}

/** One row more: to the items in `kept`, with what their entries were worth after each event. */
function addSteps(
  { ends, columns, ageDays, values }: StepLists,
  log: BehaviourLog,
  rows: Int32Array,
  itemOf: Int32Array,
  kept: ReadonlySet<number>,
  { asOfMs, halfLifeDays, weights }: BuildOptions,
): void {
  const pairs = new Map<number, PairStrength>()
  for (const row of rows) {
    const item = itemOf[log.itemIndex[row]]
    if (!kept.has(item)) continue
    const pair = pairs.get(item) ?? createPair(log.timeMs[row])
    pairs.set(item, pair)
    addToPair(pair, eventTypes[log.type[row]], log.timeMs[row], log.quantity[row], weights)
    const age = Math.max(0, asOfMs - pair.lastMs) / dayMs
    const value = Math.fround(decayed(pair.weight, age, halfLifeDays))
    if (value <= 0) continue
    columns.push(item)
    ageDays.push(age)
    values.push(value)
  }
  ends.push(columns.length)
}

function stacked({ ends, columns, ageDays, values }: StepLists): Steps {
  return {
    pointers: Int32Array.from(ends),
    columns: Int32Array.from(columns),
    ageDays: Float32Array.from(ageDays),
    values: Float32Array.from(values),
  }
}

/** Of the items in `kept`: what was sent back whole was not kept. */
function basketsIn(
  log: BehaviourLog,
  rows: Int32Array,
  itemOf: Int32Array,
  kept: ReadonlySet<number>,
  { asOfMs, gapMs }: { readonly asOfMs: number; readonly gapMs: number },
): { items: number[]; ageDays: number }[] {
  const baskets: Basket<number>[] = []
  for (const row of rows) {
    if (eventTypes[log.type[row]] !== 'purchase') continue
    addPurchase(baskets, itemOf[log.itemIndex[row]], log.timeMs[row], gapMs)
  }
  return baskets
    .map(({ items, lastMs }) => ({
      items: items.filter((item) => kept.has(item)),
      ageDays: Math.max(0, asOfMs - lastMs) / dayMs,
    }))
    .filter(({ items }) => items.length > 0)
}
