/**
 * Made-up interactions that look like a shop's: few items and few shoppers account for most of them.
 *
 * Item r (from 0) is met in proportion to 1 / (r + 10)^0.9, shuffled over the indices; the number of a shopper's items is
 * log-normal with deviation 0.8. Seeded: the same sizes give the same matrix everywhere.
 */
import { createRng } from '../src/base/rng.ts'
import type { Csr } from '../src/kernels/csr.ts'

export interface Size {
  readonly users: number
  readonly items: number
  readonly interactions: number
}

export function powerLaw({ users, items, interactions }: Size): Csr {
  const rng = createRng('power law')
  const lengths = rowLengths(users, items, interactions, () => Math.exp(0.8 * rng.normal()))
  const cumulative = new Float64Array(items)
  for (let rank = 0; rank < items; rank++) cumulative[rank] = (cumulative[rank - 1] ?? 0) + (rank + 10) ** -0.9
  const itemOf = rng.shuffle(Int32Array.from({ length: items }, (_, item) => item))
  const pointers = new Int32Array(users + 1)
  lengths.forEach((length, user) => (pointers[user + 1] = pointers[user] + length))
  const columns = new Int32Array(pointers[users])
  for (let user = 0; user < users; user++) {
    const drawn = new Set<number>()
    while (drawn.size < lengths[user]) drawn.add(itemOf[rankAt(cumulative, rng.next() * cumulative[items - 1])])
    columns.set(Int32Array.from(drawn).sort(), pointers[user])
  }
  return { rowCount: users, columnCount: items, pointers, columns, values: new Float32Array(columns.length).fill(1) }
}

/** About `interactions` in all, at least 3 and at most a third of the catalogue each. */
function rowLengths(users: number, items: number, interactions: number, draw: () => number): Int32Array {
  const activity = Float64Array.from({ length: users }, draw)
  const sum = activity.reduce((total, value) => total + value, 0)
  return Int32Array.from(activity, (value) =>
    Math.max(3, Math.min(Math.floor(items / 3), Math.round((value / sum) * interactions))),
  )
}

function rankAt(cumulative: Float64Array, value: number): number {
  let low = 0
  let high = cumulative.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulative[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}
