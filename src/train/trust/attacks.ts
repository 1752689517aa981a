/**
 * How somebody may try to push an item: accounts that look like shoppers and all hold the item to be pushed.
 *
 * Each account is as long as a shopper drawn at random and holds the target beside fillers, by kind:
 * - `random`: any items, evenly
 * - `average`: items in proportion to how many have them
 * - `bandwagon`: a third of them bestsellers (the top 2 %), the others evenly
 * - `copied`: what one shopper has, but for a tenth
 * - `blend`: halves of what two shoppers have
 * - `segment`: what shoppers of one item have, in proportion
 * Where the log has times, the accounts act within minutes to weeks of one moment, or, one attack in three, slowly over
 * the whole log. Ricci et al., Recommender Systems Handbook 2015, ch. 28, for the first three, made for facts instead
 * of ratings. They teach the judge of rows (judge-rows.ts) and are what recipes test it with.
 */
import type { Rng } from '../../base/rng.ts'
import { columnSums, type Csr, csrFromRows, rowOf, transpose } from '../../kernels/csr.ts'
import type { Interactions } from '../../preprocess/interactions.ts'

export const attackKinds = ['random', 'average', 'bandwagon', 'copied', 'blend', 'segment'] as const
export type AttackKind = (typeof attackKinds)[number]

/** What is attacked: who met what, and when. */
export type Table = Pick<Interactions, 'matrix' | 'ageDays'>

export interface Attack {
  readonly kind: AttackKind
  /** The item to be pushed. */
  readonly target: number
  readonly accounts: number
}

/** A shorter account says nothing. */
const fewestFillers = 4
const bestsellers = 0.02
const copiedShare = 0.9
const longestBurstDays = 30
const slowShare = 1 / 3

/** The same table with the accounts of all attacks as further rows, in their order. */
export function withAttacks(table: Table, attacks: readonly Attack[], rng: Rng): Table {
  const { matrix, ageDays } = table
  const forger = createForger(matrix)
  const rows = Array.from({ length: matrix.rowCount }, (_, row) => rowOf(matrix, row))
  const ages = ageDays === null ? null : [...ageDays]
  const typical = matrix.values.reduce((sum, value) => sum + value, 0) / Math.max(1, matrix.values.length)
  const oldest = ageDays?.reduce((most, age) => Math.max(most, age), 0) ?? 0
  for (const { kind, target, accounts } of attacks) {
    const momentDays = rng.next() * oldest
    const burstDays = rng.next() < slowShare ? oldest : Math.min(oldest, longestBurstDays * rng.next() ** 4)
    for (let account = 0; account < accounts; account++) {
      const items = new Set(forger(kind, rng)).add(target)
      const columns = Int32Array.from(items).sort()
      rows.push({ columns, values: new Float32Array(columns.length).fill(typical) })
      const spanDays = burstDays * rng.next()
      const startDays = Math.max(0, momentDays - (burstDays - spanDays) * rng.next())
      for (const _ of columns) ages?.push(Math.max(0, startDays - spanDays * rng.next()))
    }
  }
  return {
    matrix: csrFromRows(matrix.columnCount, rows),
    ageDays: ages === null ? null : Float32Array.from(ages),
  }
}

/** Draws the fillers of one account. */
function createForger(matrix: Csr): (kind: AttackKind, rng: Rng) => Iterable<number> {
  const { columnCount, columns } = matrix
  const holders = transpose(matrix)
  const counts = columnSums(matrix, 0)
  const byCount = Int32Array.from(counts.keys()).sort((one, other) => counts[other] - counts[one])
  const best = byCount.subarray(0, Math.max(5, Math.ceil(bestsellers * columnCount)))
  const filled = Int32Array.from({ length: matrix.rowCount }, (_, row) => row).filter(
    (row) => matrix.pointers[row + 1] > matrix.pointers[row],
  )
  const shopper = (rng: Rng) => rowOf(matrix, pickFrom(filled, rng)).columns
  const anyone = (rng: Rng) => rng.int(columnCount)
  /** An item in proportion to how many have it. */
  const popular = (rng: Rng) => pickFrom(columns, rng)
  const draw = (count: number, item: () => number): Set<number> => {
    const drawn = new Set<number>()
    for (let attempt = 0; attempt < 4 * count && drawn.size < count; attempt++) drawn.add(item())
    return drawn
  }
  return (kind, rng) => {
    const length = Math.max(fewestFillers, shopper(rng).length)
    switch (kind) {
      case 'random':
        return draw(length, () => anyone(rng))
      case 'average':
        return draw(length, () => popular(rng))
      case 'bandwagon':
        return draw(length, () => (rng.next() < 1 / 3 ? pickFrom(best, rng) : anyone(rng)))
      case 'copied':
        return shopper(rng).filter(() => rng.next() < copiedShare)
      case 'blend':
        return [...shopper(rng), ...shopper(rng)].filter(() => rng.next() < 0.5)
      case 'segment': {
        const around = rowOf(holders, popular(rng)).columns
        return draw(length, () => pickFrom(rowOf(matrix, pickFrom(around, rng)).columns, rng))
      }
    }
  }
}

function pickFrom(items: Int32Array, rng: Rng): number {
  return items[rng.int(items.length)]
}
