/**
 * What a shopper bought, basket by basket: the one thing a table of pairs forgets, that things are bought again.
 *
 * A basket is a shopper's purchases with less than a visit's silence between them, whether or not they name an order:
 * so that it is the same in the log and while it is being filled, and a shop without order numbers has baskets too.
 * An item stands once in a basket. Of a shopper the latest 50 baskets are kept, and of each the first 200 items.
 */

/** One shopper's baskets, oldest first; none is empty. */
export interface BasketList {
  /** Basket b holds `items[starts[b]]` to `items[starts[b + 1]]`. */
  readonly starts: Int32Array
  readonly items: Int32Array
  /** Age of each basket's latest purchase; where a log has no times, how many baskets came after it. */
  readonly ageDays: Float32Array
}

/** The baskets of many rows, one after the other. */
export interface Baskets extends BasketList {
  /** Row r has the baskets `rows[r]` to `rows[r + 1]`. */
  readonly rows: Int32Array
}

export interface Basket<Item> {
  firstMs: number
  lastMs: number
  readonly items: Item[]
}

const mostBaskets = 50
const mostItems = 200

/** Adds one purchase to a shopper's baskets, oldest first, wherever in time it belongs. O(1) for the latest. */
export function addPurchase<Item>(baskets: Basket<Item>[], item: Item, timeMs: number, gapMs: number): void {
  let at = baskets.length
  while (at > 0 && baskets[at - 1].firstMs - timeMs >= gapMs) at--
  const basket = baskets[at - 1] as Basket<Item> | undefined
  if (basket !== undefined && timeMs - basket.lastMs < gapMs) {
    basket.firstMs = Math.min(basket.firstMs, timeMs)
    basket.lastMs = Math.max(basket.lastMs, timeMs)
    if (basket.items.length < mostItems && !basket.items.includes(item)) basket.items.push(item)
    return
  }
  baskets.splice(at, 0, { firstMs: timeMs, lastMs: timeMs, items: [item] })
  if (baskets.length > mostBaskets) baskets.shift()
}

/** @param lists of each row, items as their indices */
export function stackBaskets(lists: readonly (readonly { items: readonly number[]; ageDays: number }[])[]): Baskets {
  const baskets = lists.flat()
  return {
    rows: cumulated(lists.map((list) => list.length)),
    starts: cumulated(baskets.map(({ items }) => items.length)),
    items: Int32Array.from(baskets.flatMap(({ items }) => items)),
    ageDays: Float32Array.from(baskets, ({ ageDays }) => ageDays),
  }
}

/** The baskets of one row; ages and items are views. */
export function basketsOfRow({ rows, starts, items, ageDays }: Baskets, row: number): BasketList {
  const [first, end] = [rows[row], rows[row + 1]]
  return {
    starts: starts.subarray(first, end + 1).map((start) => start - starts[first]),
    items: items.subarray(starts[first], starts[end]),
    ageDays: ageDays.subarray(first, end),
  }
}

/** Other numbers for the items; a negative one strikes its item out, and a basket that is left empty goes. */
export function renumbered({ starts, items, ageDays }: BasketList, numberOf: (item: number) => number): BasketList {
  const list = Array.from(ageDays, (age, at) => ({
    ageDays: age,
    items: Array.from(items.subarray(starts[at], starts[at + 1]), numberOf).filter((item) => item >= 0),
  }))
  return stackBaskets([list.filter((basket) => basket.items.length > 0)])
}

/** Every row's baskets without what `keeps` says no to. */
export function keepLines(baskets: Baskets, keeps: (row: number, item: number) => boolean): Baskets {
  const rows = Array.from({ length: baskets.rows.length - 1 }, (_, row) => {
    const own = renumbered(basketsOfRow(baskets, row), (item) => (keeps(row, item) ? item : -1))
    return Array.from(own.ageDays, (ageDays, at) => ({
      ageDays,
      items: [...own.items.subarray(own.starts[at], own.starts[at + 1])],
    }))
  })
  return stackBaskets(rows)
}

function cumulated(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1)
  lengths.forEach((length, at) => (starts[at + 1] = starts[at] + length))
  return starts
}
