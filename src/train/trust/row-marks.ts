/**
 * What a row of a table gives away about whether a shopper wrote it: marks that know nothing of any attack.
 *
 * Shoppers who have an item in common have more in common; accounts hired to push one share that item and, however their
 * fillers are chosen, little that is rare beside it. So for each entry: m(u, i) = mean cosine of row u with the other
 * holders of i, item i itself left out, an item of n holders counting log²(rows / n); c_i = its mean over the holders.
 * `oddness` places c_i among items of like popularity. Where ages are known, likewise the time in which the middle half
 * of the holders took an item. A row's marks are its length, its oddest item with its popularity, and how well it goes
 * with the other holders of that; what an attack looks like otherwise, which the next one will not, is left out.
 * Cost: Σ over rows of their length², at most `mostRead` of the rarest items a row; 4 bytes an entry.
 */
import type { Breathe } from '../../base/breathe.ts'
import { columnSums, type Csr, transpose } from '../../kernels/csr.ts'
import type { Table } from './attacks.ts'
import { oddness } from './oddness.ts'

export const rowMarkNames = [
  'length',
  'oddest company',
  'its popularity',
  'fits the oddest',
  'hastiest',
  'popularity of that',
] as const

const mostRead = 200
/** Below this many holders an item says nothing of them. */
const fewestHolders = 3

export interface RowMarks {
  /** rows × rowMarkNames.length, row-major; NaN where a mark is not known. */
  readonly marks: Float32Array
  /** How odd the company of each item is: the lower, the odder. */
  readonly odd: Float64Array
}

export async function rowMarks(table: Table, breathe: Breathe): Promise<RowMarks> {
  const { matrix, ageDays } = table
  const width = rowMarkNames.length
  const marks = new Float32Array(matrix.rowCount * width).fill(Number.NaN)
  const counts = columnSums(matrix, 0)
  const fits = await fitsOf(matrix, counts, breathe)
  const company = companyOf(matrix, fits, counts)
  // Many holders are more evidence than few.
  const odd = oddness(company, counts).map((value, item) => value * Math.sqrt(Math.log1p(counts[item])))
  const hasty = ageDays === null ? null : oddness(hasteOf(matrix, ageDays), counts)
  for (let row = 0; row < matrix.rowCount; row++) {
    const [start, end] = [matrix.pointers[row], matrix.pointers[row + 1]]
    if (start === end) continue
    const items = matrix.columns.subarray(start, end)
    const oddest = leastOf(items, odd)
    const hastiest = hasty === null ? null : items[leastOf(items, hasty)]
    marks.set(
      [
        Math.log(items.length),
        odd[items[oddest]],
        Math.log(counts[items[oddest]]),
        fits[start + oddest] - company[items[oddest]],
        hasty === null || hastiest === null ? Number.NaN : hasty[hastiest],
        hastiest === null ? Number.NaN : Math.log(counts[hastiest]),
      ],
      row * width,
    )
    await breathe()
  }
  return { marks, odd }
}

/** m(u, i) of every entry; 0 where there is no other holder. */
async function fitsOf(matrix: Csr, counts: Float64Array, breathe: Breathe): Promise<Float32Array> {
  const { rowCount, columnCount, pointers, columns } = matrix
  const rarity = counts.map((count) => (count > 0 ? Math.log(rowCount / count) ** 2 : 0))
  const read = rarestOf(matrix, rarity)
  const squares = Float64Array.from({ length: rowCount }, (_, row) =>
    read(row).reduce((sum, item) => sum + rarity[item] ** 2, 0),
  )
  const places = transpose(matrix)
  const fits = new Float32Array(columns.length)
  const sums = new Float64Array(columnCount)
  for (let item = 0; item < columnCount; item++) {
    const holders = places.columns.subarray(places.pointers[item], places.pointers[item + 1])
    if (holders.length < 2) continue
    const touched: number[] = []
    const share = (row: number) => 1 / Math.sqrt(Math.max(1e-9, squares[row] - rarity[item] ** 2))
    for (const row of holders) {
      const own = share(row)
      for (const other of read(row)) {
        if (other === item) continue
        if (sums[other] === 0) touched.push(other)
        sums[other] += own * rarity[other]
      }
    }
    for (const row of holders) {
      let together = 0
      for (const other of read(row)) if (other !== item) together += rarity[other] * sums[other]
      const entry = entryOf(columns, pointers[row], pointers[row + 1], item)
      fits[entry] = (together * share(row) - 1) / (holders.length - 1)
    }
    for (const other of touched) sums[other] = 0
    await breathe()
  }
  return fits
}

/** The items of a row that say most; all of them where they are few. */
function rarestOf({ pointers, columns }: Csr, rarity: Float64Array): (row: number) => Int32Array {
  const cut = new Map<number, Int32Array>()
  for (let row = 0; row + 1 < pointers.length; row++) {
    if (pointers[row + 1] - pointers[row] <= mostRead) continue
    const items = columns.slice(pointers[row], pointers[row + 1])
    cut.set(row, items.sort((one, other) => rarity[other] - rarity[one]).slice(0, mostRead))
  }
  return (row) => cut.get(row) ?? columns.subarray(pointers[row], pointers[row + 1])
}

function entryOf(columns: Int32Array, start: number, end: number, item: number): number {
  let [low, high] = [start, end]
  while (low < high) {
    const middle = (low + high) >> 1
    if (columns[middle] < item) low = middle + 1
    else high = middle
  }
  return low
}

function companyOf({ columns, columnCount }: Csr, fits: Float32Array, counts: Float64Array): Float64Array {
  const sums = new Float64Array(columnCount)
  columns.forEach((item, entry) => (sums[item] += fits[entry]))
  return sums.map((sum, item) => (counts[item] < fewestHolders ? Number.NaN : sum / counts[item]))
}

/** For each item the log of the days in which the middle half of its holders took it. */
function hasteOf(matrix: Csr, ageDays: Float32Array): Float64Array {
  const { pointers, values } = transpose({ ...matrix, values: ageDays })
  return Float64Array.from({ length: matrix.columnCount }, (_, item) => {
    const ages = values.slice(pointers[item], pointers[item + 1]).sort()
    if (ages.length < fewestHolders) return Number.NaN
    const place = (share: number) => ages[Math.floor(share * (ages.length - 1))]
    return Math.log(0.01 + place(0.75) - place(0.25))
  })
}

/** Place of the lowest value. */
function leastOf(items: Int32Array, values: Float64Array): number {
  return items.reduce((least, item, at) => (values[item] < values[items[least]] ? at : least), 0)
}
