/**
 * Folds to tune on where only one table is given: parts of it are hidden, again and again anew.
 *
 * - `at random`: a share of each row's entries, for tables without times;
 * - `latest`: the latest entry of some of the rows, for tables whose entries have an order. Each fold takes other rows
 *   where there are enough of them for folds of `fewest`, so that models learn from nearly everything.
 */
import { createRng, type Rng } from '../base/rng.ts'
import { holdOutRandom, type Split, splitWhere } from '../evaluate/split.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import type { TuningFolds } from './tuning-bench.ts'
import type { FoldCounts } from './tuning-rungs.ts'

/** Share of entries hidden at random. */
const share = 0.2
/** Rows asked in a fold of latest entries, where there are so many. */
const fewest = 2000

export type HideKind = 'at random' | 'latest'

export function foldsOf(data: Interactions, kind: HideKind, counts: FoldCounts, seed: string): TuningFolds {
  const rng = (label: string) => createRng(seed).fork(label)
  const order = kind === 'latest' ? rng('rows').shuffle(longRows(data)) : new Int32Array(0)
  const width = Math.min(
    order.length,
    Math.max(fewest, Math.ceil(order.length / (counts.choosing + counts.confirming))),
  )
  const latest = (index: number, chance: Rng) => {
    const rows = Int32Array.from({ length: width }, (_, at) => order[(index * width + at) % order.length])
    return hideLatest(data, rows, chance)
  }
  return {
    ...counts,
    at: (index) => {
      const chance = rng(`hide ${index}`)
      return { split: kind === 'latest' ? latest(index, chance) : holdOutRandom(data, share, chance) }
    },
  }
}

/** One fold that is given, its rows dealt out: each part asks others of them, after learning from the same table. */
export function partsOf(split: Split, counts: FoldCounts, seed: string): TuningFolds {
  const rows = createRng(seed).fork('parts').shuffle(split.rows.slice())
  const parts = counts.choosing + counts.confirming
  return {
    ...counts,
    at: (index) => ({ split: { ...split, rows: rows.filter((_, at) => at % parts === index).sort() } }),
  }
}

/** Rows from which something can be hidden. */
function longRows({ matrix: { rowCount, pointers } }: Interactions): Int32Array {
  return Int32Array.from({ length: rowCount }, (_, row) => row).filter((row) => pointers[row + 1] - pointers[row] > 1)
}

/** Among entries of the same age chance decides. */
function hideLatest(data: Interactions, rows: Int32Array, rng: Rng): Split {
  const { matrix, ageDays } = data
  const hidden = new Uint8Array(matrix.columns.length)
  for (const row of rows) {
    const start = matrix.pointers[row]
    const length = matrix.pointers[row + 1] - start
    const entries = rng.shuffle(Int32Array.from({ length }, (_, at) => start + at))
    const latest = entries.reduce((best, entry) => (age(ageDays, entry) < age(ageDays, best) ? entry : best))
    hidden[latest] = 1
  }
  return splitWhere(data, hidden)
}

function age(ageDays: Float32Array | null, entry: number): number {
  return ageDays === null ? 0 : ageDays[entry]
}
