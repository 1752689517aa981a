/** Reads baskets as models of the next basket see them: how much of a shopper's buying an item is, newer baskets more. */
import { type BasketList, type Baskets, basketsOfRow } from '../preprocess/baskets.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { decayed } from '../preprocess/weights.ts'
import type { Query } from './model.ts'

/** All of a query's items as one basket, where nothing is known of when they were bought. */
export function basketsOf({ baskets, items }: Query): BasketList {
  if (baskets !== undefined) return baskets
  return { starts: Int32Array.of(0, items.length), items, ageDays: new Float32Array(1) }
}

/** The baskets of a table; where it has none, each row is one basket. */
export function tableBaskets({ baskets, matrix }: Interactions): Baskets {
  if (baskets !== undefined) return baskets
  const filled = Int32Array.from({ length: matrix.rowCount }, (_, row) => row).filter(
    (row) => matrix.pointers[row + 1] > matrix.pointers[row],
  )
  const rows = new Int32Array(matrix.rowCount + 1)
  for (const row of filled) rows[row + 1] = 1
  for (let row = 0; row < matrix.rowCount; row++) rows[row + 1] += rows[row]
  return {
    rows,
    starts: Int32Array.from([0, ...filled.map((row) => matrix.pointers[row + 1])]),
    items: matrix.columns,
    ageDays: new Float32Array(filled.length),
  }
}

/**
 * Item → the faded share of the first `count` baskets that hold it, in [0, 1]:
 *
 * f(i) = Σ_{b∋i} 2^(−age_b / halfLifeDays) / Σ_b 2^(−age_b / halfLifeDays)
 */
export function ownFrequency(
  { starts, items, ageDays }: BasketList,
  halfLifeDays: number,
  count = ageDays.length,
): Map<number, number> {
  const frequency = new Map<number, number>()
  // Only differences of age matter: the newest counts 1, however long ago it was.
  const weightOf = (basket: number) => decayed(1, ageDays[basket] - ageDays[count - 1], halfLifeDays)
  let total = 0
  for (let basket = 0; basket < count; basket++) total += weightOf(basket)
  for (let basket = 0; basket < count; basket++) {
    const share = weightOf(basket) / total
    for (let at = starts[basket]; at < starts[basket + 1]; at++) {
      frequency.set(items[at], (frequency.get(items[at]) ?? 0) + share)
    }
  }
  return frequency
}

/** Calls `visit` with each row's baskets; rows without any are left out. */
export function eachShopper(baskets: Baskets, visit: (own: BasketList, row: number) => void): void {
  for (let row = 0; row + 1 < baskets.rows.length; row++) {
    if (baskets.rows[row + 1] > baskets.rows[row]) visit(basketsOfRow(baskets, row), row)
  }
}
