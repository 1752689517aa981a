/**
 * RetailRocket's shop log (views, carts, purchases): what will this shopper buy?
 *
 * Two protocols. Held out: the file's one held-out purchase a shopper, with everything the shopper ever touched masked;
 * the held-out item never occurs in its shopper's log in any form, so that this asks for discovery only. By time: all
 * before a moment is learnt from and known, the next purchase after it counts, and only what was bought before is
 * masked, so that finishing what lies in the cart counts too.
 * A shopper's dealings with an item weigh what the strongest of them does: view 1, cart 3, purchase 5.
 */
import { join } from 'node:path'
import { dayMs } from '../../src/base/clock.ts'
import { createRng } from '../../src/base/rng.ts'
import { readTable, shuffledNumbers } from '../../src/evaluate/split-file.ts'
import { filledRows, type Split } from '../../src/evaluate/split.ts'
import { type Entry, interactionsFrom } from '../../src/preprocess/interactions.ts'

const strengths: Readonly<Record<string, number>> = { view: 1, cart: 3, purchase: 5 }

interface ShopEvent extends Entry {
  readonly bought: boolean
}

interface Log {
  readonly events: readonly ShopEvent[]
  /** Each shopper's held-out purchase. */
  readonly heldOut: readonly Entry[]
  readonly rowCount: number
  readonly itemCount: number
}

/** @param folder holds `events.tsv.gz` and `test_purchases.tsv.gz`, both with a header */
export async function readHeldOutPurchases(folder: string): Promise<Split> {
  const { events, heldOut, ...shape } = await readLog(folder)
  return splitOf(events, heldOut, { ...shape, asOfMs: latest(events) })
}

/** The fold on which settings are chosen: the last purchase of shoppers with two or more, without all its traces. */
export async function readLastPurchases(folder: string): Promise<Split> {
  const { events, heldOut: _, ...shape } = await readLog(folder)
  const purchases = events.filter(({ bought }) => bought).sort((a, b) => a.atMs - b.atMs)
  const several = new Set<number>()
  const targets = new Map<number, Entry>(purchases.map((event) => [event.row, event]))
  // Who bought one thing only would be left without a purchase to learn from.
  for (const { row, item } of purchases) if (targets.get(row)?.item !== item) several.add(row)
  for (const row of targets.keys()) if (!several.has(row)) targets.delete(row)
  const rest = events.filter(({ row, item }) => targets.get(row)?.item !== item)
  return splitOf(rest, [...targets.values()], { ...shape, asOfMs: latest(events) })
}

/**
 * @param afterDays the moment that divides past and future, in days from the first event
 * @param untilDays nothing from here on is looked at
 */
export async function readNextPurchases(folder: string, afterDays: number, untilDays = Infinity): Promise<Split> {
  const { events, heldOut: _, ...shape } = await readLog(folder)
  const start = events.reduce((first, { atMs }) => Math.min(first, atMs), Infinity)
  const cutMs = start + afterDays * dayMs
  const before = events.filter(({ atMs }) => atMs < cutMs)
  const known = new Set(before.map(({ row }) => row))
  const owned = before.filter(({ bought }) => bought)
  const has = new Set(owned.map(({ row, item }) => row * shape.itemCount + item))
  const targets = new Map<number, Entry>()
  for (const event of events.toSorted((a, b) => a.atMs - b.atMs)) {
    const { row, item, atMs, bought } = event
    if (!bought || atMs < cutMs || atMs >= start + untilDays * dayMs || !known.has(row)) continue
    if (!targets.has(row) && !has.has(row * shape.itemCount + item)) targets.set(row, event)
  }
  const split = splitOf(before, [...targets.values()], { ...shape, asOfMs: cutMs })
  return { ...split, masked: interactionsFrom(owned, { ...shape, asOfMs: cutMs }).matrix }
}

function splitOf(
  entries: readonly Entry[],
  targets: readonly Entry[],
  shape: { readonly rowCount: number; readonly itemCount: number; readonly asOfMs: number },
): Split {
  const train = interactionsFrom(entries, shape)
  const truth = interactionsFrom(targets, shape).matrix
  return { train, asked: train, truth, rows: filledRows(truth) }
}

function latest(events: readonly Entry[]): number {
  return events.reduce((last, { atMs }) => Math.max(last, atMs), 0)
}

async function readLog(folder: string): Promise<Log> {
  const [events, purchases] = [
    await readTable(join(folder, 'events.tsv.gz'), ['timestamp', 'user', 'item', 'event']),
    await readTable(join(folder, 'test_purchases.tsv.gz'), ['user', 'item']),
  ]
  const items = shuffledNumbers(
    [...events.map(({ item }) => item), ...purchases.map(({ item }) => item)],
    createRng('retailrocket'),
  )
  const users = new Map([...new Set([...events, ...purchases].map(({ user }) => user))].map((user, row) => [user, row]))
  const place = ({ user, item }: Readonly<Record<string, string>>) => ({
    row: users.get(user) ?? 0,
    item: items.get(item) ?? 0,
  })
  return {
    events: events.map((fields) => ({
      ...place(fields),
      strength: strengths[fields.event],
      atMs: 1000 * Number(fields.timestamp),
      bought: fields.event === 'purchase',
    })),
    heldOut: purchases.map((fields) => ({ ...place(fields), strength: 1, atMs: 0 })),
    rowCount: users.size,
    itemCount: items.size,
  }
}
