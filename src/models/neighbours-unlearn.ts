/**
 * Takes rows out of a table of neighbours again, as exactly as single precision holds, without fitting it anew.
 *
 * W(i, j) = C(i, j) / divisor(i, j), C(i, j) = Σ over the rows of x_i·y_j: without a row, C is less by that row's products,
 * and the divisors are what the rest of the rows says. Where a list that this concerns was cut to its strongest, nobody
 * knows who would come in from below: such a table can only be made anew. Cost: the table once, and the rows' pairs.
 */
import { type Csr, csrFromRows, rowOf, type SparseRow } from '../kernels/csr.ts'

export interface NeighbourTable {
  /** One list an item, cut to its `keep` strongest; who stands in whose list is the same both ways but for that. */
  readonly lists: Csr
  readonly keep: number
  /** What a pair was divided by, and what it is to be divided by. */
  readonly before: (item: number, other: number) => number
  readonly after: (item: number, other: number) => number
}

/** Less than this share of what was there is the rounding of what was taken out: nothing. */
const leastLeft = 1e-5

/** @param rows x; `others` y, of the same entries. `null` where a list was cut. */
export function withoutPairs({ lists, keep, before, after }: NeighbourTable, rows: Csr, others: Csr): Csr | null {
  const itemCount = lists.rowCount
  const lengthOf = (item: number) => lists.pointers[item + 1] - lists.pointers[item]
  const isCut = (item: number) => lengthOf(item) >= keep && lengthOf(item) < itemCount - 1
  const touched = new Set(rows.columns)
  for (const item of touched) {
    if (isCut(item) || rowOf(lists, item).columns.some(isCut)) return null
  }
  const gone = pairsOf(rows, others)
  const left = (item: number): SparseRow => {
    const list = rowOf(lists, item)
    const values = list.values.map((value, at) => {
      const other = list.columns[at]
      if (!touched.has(item) && !touched.has(other)) return value
      const sum = value * before(item, other)
      const less = gone.get(item)?.get(other) ?? 0
      return less > 0 && sum - less <= leastLeft * sum ? 0 : (sum - less) / after(item, other)
    })
    const stays = list.columns.map((_, at) => at).filter((at) => values[at] !== 0)
    return { columns: stays.map((at) => list.columns[at]), values: Float32Array.from(stays, (at) => values[at]) }
  }
  return csrFromRows(
    itemCount,
    Array.from({ length: itemCount }, (_, item) => left(item)),
  )
}

/** Sums over all rows, without those whose own sums these are. */
export function less(sums: Float32Array, own: Float64Array): Float32Array {
  return sums.map((sum, item) => Math.max(0, sum - own[item]))
}

/** Item → other → Σ x_item·y_other. */
function pairsOf(rows: Csr, others: Csr): Map<number, Map<number, number>> {
  const pairs = new Map<number, Map<number, number>>()
  for (let row = 0; row < rows.rowCount; row++) {
    const [own, other] = [rowOf(rows, row), rowOf(others, row)]
    own.columns.forEach((item, at) => {
      const sums = pairs.get(item) ?? new Map<number, number>()
      pairs.set(item, sums)
      other.columns.forEach((second, place) => {
        sums.set(second, (sums.get(second) ?? 0) + own.values[at] * other.values[place])
      })
    })
  }
  return pairs
}
