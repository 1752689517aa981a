/**
 * Asks about the future from the past, the way the live shop will be asked: what follows a moment in the log.
 *
 * Models learn from everything before `cutMs`. After it, by the kind of question:
 *
 * - `next`: a shopper known by then names the items first touched afterwards; strangers are not asked, because no
 *   model knows anything about them;
 * - `rest-of-visit`: the first half of a visit's items (rounded down, at least one) names the other half;
 * - `after-one-item`: the first item of a visit names the others, as on a product page;
 * - `rest-of-basket`: a basket without one of its items, drawn at random, names it;
 * - `next-basket`: a shopper known by then names the whole of the next basket, what was bought before included: nothing
 *   is masked.
 *
 * Nothing that happened at or after a hidden item's first touch is known to the one who is asked.
 */
import type { Rng } from '../base/rng.ts'
import type { Vocabulary } from '../base/vocabulary.ts'
import { type EventType, eventTypes } from '../domain/event.ts'
import type { ItemId } from '../domain/ids.ts'
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import type { BehaviourLog } from '../preprocess/behaviour-log.ts'
import { addPurchase, type Basket } from '../preprocess/baskets.ts'
import { buildInteractions } from '../preprocess/build-interactions.ts'
import type { RowKind } from '../preprocess/interactions.ts'
import { filledRows, type Split } from './split.ts'

export type Question = 'next' | 'rest-of-visit' | 'after-one-item' | 'rest-of-basket' | 'next-basket'

export interface TimeSplitOptions {
  readonly question: Question
  /** What the rows are that models learn from. */
  readonly rows: RowKind
  readonly items: Vocabulary<ItemId>
  readonly cutMs: number
  /** Nothing from here on is looked at. */
  readonly untilMs: number
  readonly weights: Readonly<Record<EventType, number>>
  readonly halfLifeDays: number
  /** Only these events; all where absent. */
  readonly types?: readonly EventType[]
  /** Silence between two baskets of a shopper; only for `next-basket`, and needed there. */
  readonly basketGapMs?: number
  /** Whether tables keep all steps of their rows. */
  readonly keepSteps?: boolean
  /** Draws the hidden item of each basket. */
  readonly rng: Rng
}

export interface TimeSplit extends Split {
  /** Index in the log of the shopper behind each row of `train`, and of `asked`. */
  readonly trainUsers: Int32Array
  readonly askedUsers: Int32Array
}

export function splitByTime(log: BehaviourLog, options: TimeSplitOptions): TimeSplit {
  const { cutMs, untilMs, question } = options
  const before = build(log, options, options.rows, { untilMs: cutMs, asOfMs: cutMs })
  const after = rowsBetween(log, options, cutMs, untilMs)
  if (question === 'next') {
    const rowOfUser = new Map(Array.from(before.rowUsers, (user, row) => [user, row]))
    const pairs = after.map((at) => ({ row: rowOfUser.get(log.userIndex[at]), item: itemOf(log, options, at) }))
    return withTruth(before, before, pairs)
  }
  if (question === 'next-basket') return withNextBaskets(log, options, before, after)
  const groups = question === 'rest-of-basket' ? hideOne(log, options, after) : hideLater(log, options, after)
  const kind = question === 'rest-of-basket' ? 'baskets' : 'sessions'
  const known = selectRows(log, Int32Array.from(groups.flatMap((group) => group.known)).sort())
  const asked = build(known, options, kind, { asOfMs: untilMs })
  const rowOfKey = new Map(Array.from(asked.rowKeys, (key, row) => [key, row]))
  const pairs = groups.flatMap(({ key, hidden }) => hidden.map((item) => ({ row: rowOfKey.get(key), item })))
  return withTruth(before, asked, pairs)
}

type Built = ReturnType<typeof buildInteractions>

function build(
  log: BehaviourLog,
  options: TimeSplitOptions,
  rows: RowKind,
  times: { readonly untilMs?: number; readonly asOfMs: number },
): Built {
  const { items, weights, halfLifeDays, types, basketGapMs, keepSteps } = options
  return buildInteractions(log, { rows, items, weights, halfLifeDays, types, basketGapMs, keepSteps, ...times })
}

/** The truth of each known shopper is their first basket after the cut. */
function withNextBaskets(log: BehaviourLog, options: TimeSplitOptions, before: Built, after: number[]): TimeSplit {
  const { matrix } = before.interactions
  const next = new Map<number, Basket<number>[]>()
  for (const at of after) {
    const baskets = next.get(log.userIndex[at]) ?? []
    next.set(log.userIndex[at], baskets)
    addPurchase(baskets, itemOf(log, options, at), log.timeMs[at], options.basketGapMs ?? 0)
  }
  const pairs = Array.from(before.rowUsers).flatMap((user, row) =>
    (next.get(user)?.[0].items ?? []).map((item) => ({ row, item })),
  )
  const { rowCount, columnCount } = matrix
  const nothing = csrFromTriples(rowCount, columnCount, [], [], [])
  return { ...withTruth(before, before, pairs, nothing), masked: nothing }
}

/** @param masked what cannot be an answer; what the row has, where absent */
function withTruth(
  train: Built,
  asked: Built,
  pairs: readonly { readonly row: number | undefined; readonly item: number }[],
  masked = asked.interactions.matrix,
): TimeSplit {
  const { matrix } = asked.interactions
  const known = pairs.filter((pair): pair is { row: number; item: number } => pair.row !== undefined)
  const fresh = known.filter(({ row, item }) => !holds(masked, row, item))
  const truth = csrFromTriples(
    matrix.rowCount,
    matrix.columnCount,
    fresh.map(({ row }) => row),
    fresh.map(({ item }) => item),
    fresh.map(() => 1),
  )
  return {
    train: train.interactions,
    asked: asked.interactions,
    truth,
    rows: filledRows(truth),
    trainUsers: train.rowUsers,
    askedUsers: asked.rowUsers,
  }
}

function holds({ pointers, columns }: Csr, row: number, column: number): boolean {
  return columns.subarray(pointers[row], pointers[row + 1]).includes(column)
}

/** Rows of the log in [fromMs, untilMs) that speak for an item models know. */
function rowsBetween(log: BehaviourLog, options: TimeSplitOptions, fromMs: number, untilMs: number): number[] {
  const rows: number[] = []
  for (let at = 0; at < log.length; at++) {
    const type = eventTypes[log.type[at]]
    if (log.timeMs[at] < fromMs || log.timeMs[at] >= untilMs || options.weights[type] <= 0) continue
    if (options.types !== undefined && !options.types.includes(type)) continue
    if (itemOf(log, options, at) >= 0) rows.push(at)
  }
  return rows
}

function itemOf(log: BehaviourLog, { items }: TimeSplitOptions, at: number): number {
  return log.itemIndex[at] < 0 ? -1 : items.indexOf(log.items.idOf(log.itemIndex[at]))
}

interface Group {
  /** Number of the visit or order. */
  readonly key: number
  /** Rows of the log that the one who is asked knows. */
  readonly known: readonly number[]
  readonly hidden: readonly number[]
}

/** Visits of two items or more, cut before the first touch of the first hidden one. */
function hideLater(log: BehaviourLog, options: TimeSplitOptions, rows: readonly number[]): Group[] {
  return grouped(log.session, rows).flatMap(({ key, rows: visit }) => {
    const items = [...new Set(visit.map((at) => itemOf(log, options, at)))]
    const shown = options.question === 'after-one-item' ? 1 : Math.max(1, Math.floor(items.length / 2))
    const hidden = items.slice(shown)
    const end = visit.findIndex((at) => itemOf(log, options, at) === hidden[0])
    return hidden.length === 0 ? [] : [{ key, known: visit.slice(0, end), hidden }]
  })
}

/** Baskets of two items or more, each without one of them. */
function hideOne(log: BehaviourLog, options: TimeSplitOptions, rows: readonly number[]): Group[] {
  return grouped(log.order, rows).flatMap(({ key, rows: basket }) => {
    const items = [...new Set(basket.map((at) => itemOf(log, options, at)))]
    if (items.length < 2) return []
    const hidden = options.rng.pick(items)
    return [{ key, known: basket.filter((at) => itemOf(log, options, at) !== hidden), hidden: [hidden] }]
  })
}

function grouped(keys: Int32Array, rows: readonly number[]): { key: number; rows: number[] }[] {
  const groups = new Map<number, number[]>()
  for (const at of rows) {
    if (keys[at] < 0) continue
    const group = groups.get(keys[at])
    if (group === undefined) groups.set(keys[at], [at])
    else group.push(at)
  }
  return [...groups].map(([key, members]) => ({ key, rows: members }))
}

/** The log with only some of its rows, ascending; users, items, visits and orders keep their numbers. */
export function selectRows(log: BehaviourLog, rows: Int32Array): BehaviourLog {
  return {
    ...log,
    length: rows.length,
    userIndex: rows.map((at) => log.userIndex[at]),
    itemIndex: rows.map((at) => log.itemIndex[at]),
    type: Uint8Array.from(rows, (at) => log.type[at]),
    timeMs: Float64Array.from(rows, (at) => log.timeMs[at]),
    quantity: Float32Array.from(rows, (at) => log.quantity[at]),
    priceMinor: Float32Array.from(rows, (at) => log.priceMinor[at]),
    position: rows.map((at) => log.position[at]),
    session: rows.map((at) => log.session[at]),
    order: rows.map((at) => log.order[at]),
    query: Array.from(rows, (at) => log.query[at]),
    queryId: Array.from(rows, (at) => log.queryId[at]),
  }
}
