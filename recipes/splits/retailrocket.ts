/**
 * RetailRocket's shop log (views, carts, purchases): what will this shopper buy?
 *
 * Two protocols. Held out: the file's one held-out purchase a shopper, with everything the shopper ever touched masked;
 * the held-out item never occurs in its shopper's log in any form, so that this asks for discovery only. By time: all
 * before a moment is learnt from, the next purchase after it counts, and only what was bought before is masked, so that
 * finishing what lies in the cart counts too.
 * A shopper's dealings with an item weigh what the strongest of them does: view 1, cart 3, purchase 5.
 */
import { join } from 'node:path'
import { dayMs, minuteMs } from '../../src/base/clock.ts'
import { createRng } from '../../src/base/rng.ts'
import { readTable, shuffledNumbers } from '../../src/evaluate/split-file.ts'
import { filledRows, type Split } from '../../src/evaluate/split.ts'
import { type Entry, interactionsFrom, withSteps } from '../../src/preprocess/interactions.ts'

const strengths: Readonly<Record<string, number>> = { view: 1, cart: 3, purchase: 5 }

/** A silence this long ends a visit. */
const visitGapMs = 30 * minuteMs

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

export interface NextPurchaseOptions {
  /** The moment before which all is learnt from, in days from the first event. */
  readonly afterDays: number
  /** Nothing from here on is looked at; no bound where absent. */
  readonly untilDays?: number
  /** What is known when a shopper is asked: what they did before that moment, or before the visit in which they buy. */
  readonly known: 'at-cut' | 'at-visit'
}

/**
 * The next purchase of each shopper of whom something is known by then. Asked in the midst of the visit, the question
 * would be which thing in the cart comes first: the cart alone finds it among ten in 93 of 100 cases.
 */
export async function readNextPurchases(folder: string, options: NextPurchaseOptions): Promise<Split> {
  const { events, heldOut: _, ...size } = await readLog(folder)
  const ordered = events.toSorted((a, b) => a.atMs - b.atMs)
  const [cutMs, endMs] = [options.afterDays, options.untilDays ?? Infinity].map(
    (days) => ordered[0].atMs + days * dayMs,
  )
  const questions = questionsOf(ordered, cutMs, endMs, options.known)
  const shape = { ...size, asOfMs: cutMs }
  // Each question has its own clock.
  const known = ordered.flatMap((event) => {
    const { askedMs = 0 } = questions.get(event.row) ?? {}
    return event.atMs < askedMs ? [{ ...event, atMs: event.atMs + cutMs - askedMs }] : []
  })
  const targets = [...questions.values()].map(({ target }) => target)
  const learnt = ordered.filter(({ atMs }) => atMs < cutMs)
  const split = splitOf(learnt, targets, shape)
  return {
    ...split,
    train: withSteps(split.train, learnt),
    asked: interactionsFrom(known, shape),
    masked: interactionsFrom(
      known.filter(({ bought }) => bought),
      shape,
    ).matrix,
  }
}

interface Question {
  readonly target: Entry
  readonly askedMs: number
}

/** Each shopper's first purchase in [cutMs, endMs) of something not bought before, where they are known when asked. */
function questionsOf(ordered: readonly ShopEvent[], cutMs: number, endMs: number, known: NextPurchaseOptions['known']) {
  const questions = new Map<number, Question>()
  const shoppers = new Map<number, { readonly firstMs: number; visitMs: number; lastMs: number; owned: Set<number> }>()
  for (const event of ordered) {
    const { row, item, atMs, bought } = event
    const shopper = shoppers.get(row) ?? { firstMs: atMs, visitMs: atMs, lastMs: atMs, owned: new Set() }
    shoppers.set(row, shopper)
    if (atMs - shopper.lastMs >= visitGapMs) shopper.visitMs = atMs
    shopper.lastMs = atMs
    if (!bought || shopper.owned.has(item)) continue
    shopper.owned.add(item)
    const askedMs = known === 'at-cut' ? cutMs : shopper.visitMs
    if (atMs >= cutMs && atMs < endMs && shopper.firstMs < askedMs && !questions.has(row)) {
      questions.set(row, { target: event, askedMs })
    }
  }
  return questions
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
