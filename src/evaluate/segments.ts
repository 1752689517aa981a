/**
 * For whom a model works: the same test rows, told apart by how much is known of who asks, and by how popular the
 * items are that they went for.
 */
import type { Evaluation } from './evaluate.ts'
import { primaryMetric } from './metrics.ts'
import type { Split } from './split.ts'

/** Plain data. */
export interface Segment {
  readonly name: string
  readonly rows: number
  /** Model → mean of the primary metric in this segment. */
  readonly means: Readonly<Record<string, number>>
}

/** Thirds by known items, then thirds by the popularity of the hidden items; empty where there are no rows. */
export function segmentsOf(
  split: Split,
  evaluations: ReadonlyMap<string, Evaluation>,
  cutoffs: readonly number[],
): Segment[] {
  const [first] = evaluations.values()
  if (first === undefined || first.rows.length === 0) return []
  const metric = primaryMetric(cutoffs)
  return groupsOf(split, first.rows).map(({ name, places }) => ({
    name,
    rows: places.length,
    means: Object.fromEntries([...evaluations].map(([model, { perRow }]) => [model, meanAt(perRow[metric], places)])),
  }))
}

/** Some of the rows that were asked, by their places among them. */
export interface Group {
  readonly name: string
  readonly places: readonly number[]
}

/** Thirds by known items, then thirds by the popularity of the hidden items. */
export function groupsOf(split: Split, rows: Int32Array): Group[] {
  const { pointers } = split.asked.matrix
  const known = Array.from(rows, (row) => pointers[row + 1] - pointers[row])
  return [
    ...thirds(known, (low, high) => `${range(low, high)} known ${high === 1 ? 'item' : 'items'}`),
    ...thirds(
      hiddenPopularity(split, rows),
      (low, high) => `went for items that ${range(Math.round(low), Math.round(high))} others have`,
    ),
  ]
}

/** In how many rows of `train` the hidden items of each row stand, in the mean. */
function hiddenPopularity({ train, truth }: Split, rows: Int32Array): number[] {
  const having = new Int32Array(train.matrix.columnCount)
  for (const item of train.matrix.columns) having[item]++
  return Array.from(rows, (row) => {
    const items = truth.columns.subarray(truth.pointers[row], truth.pointers[row + 1])
    return items.reduce((sum, item) => sum + having[item], 0) / items.length
  })
}

/** Up to three groups of about the same size; equal values stay together. */
function thirds(values: readonly number[], name: (low: number, high: number) => string): Group[] {
  const sorted = [...values].sort((a, b) => a - b)
  const bounds = [1, 2].map((third) => sorted[Math.floor((third * sorted.length) / 3)])
  const groups: number[][] = [[], [], []]
  values.forEach((value, place) => groups[value < bounds[0] ? 0 : value < bounds[1] ? 1 : 2].push(place))
  return groups
    .filter((places) => places.length > 0)
    .map((places) => {
      const own = places.map((place) => values[place]).sort((a, b) => a - b)
      return { places, name: name(own[0], own[own.length - 1]) }
    })
}

function range(low: number, high: number): string {
  return low === high ? String(low) : `${low}–${high}`
}

function meanAt(values: Float64Array, places: readonly number[]): number {
  return places.reduce((sum, place) => sum + values[place], 0) / places.length
}
