/**
 * What a model may learn from, and what it is then asked: the two sides of an honest examination.
 *
 * A row is asked with its own entries in `asked` and must name its entries in `truth`. Where rows are shoppers `asked`
 * is `train` itself; visits and baskets are asked with rows no model has learnt from.
 */
import type { Rng } from '../base/rng.ts'
import type { Csr } from '../kernels/csr.ts'
import { type Interactions, keepEntries } from '../preprocess/interactions.ts'

export interface Split {
  /** Models are fitted on this and on nothing else. */
  readonly train: Interactions
  /** What is known of each row when it is asked; the rows are those of `truth`. */
  readonly asked: Interactions
  /** rows × items: held out, never in the same row of `masked`. */
  readonly truth: Csr
  /** Rows with something held out, ascending. */
  readonly rows: Int32Array
  /** Items that are never ranked for a row, where those are not the ones of `asked`. */
  readonly masked?: Csr
}

/** Rows of a matrix that hold at least one entry, ascending. */
export function filledRows({ rowCount, pointers }: Csr): Int32Array {
  const filled = new Int32Array(rowCount)
  let count = 0
  for (let row = 0; row < rowCount; row++) if (pointers[row + 1] > pointers[row]) filled[count++] = row
  return filled.slice(0, count)
}

/**
 * Hides entries at random, for logs without times and for validation folds. A row always keeps at least one entry.
 *
 * Each row of n entries loses n·`fraction` of them on average (rounded up or down at random, so that short rows count
 * in proportion), or exactly `perRow`; rows with no more than `perRow` entries stay whole.
 */
export function holdOutRandom(
  interactions: Interactions,
  fraction: number,
  rng: Rng,
  options: { readonly perRow?: number } = {},
): Split {
  const { matrix } = interactions
  const hidden = new Uint8Array(matrix.columns.length)
  for (let row = 0; row < matrix.rowCount; row++) {
    const start = matrix.pointers[row]
    const length = matrix.pointers[row + 1] - start
    const share = options.perRow ?? Math.floor(length * fraction + rng.next())
    const count = options.perRow !== undefined && length <= share ? 0 : Math.min(share, length - 1)
    const order = rng.shuffle(Int32Array.from({ length }, (_, at) => start + at))
    for (let at = 0; at < count; at++) hidden[order[at]] = 1
  }
  return splitWhere(interactions, hidden)
}

/** Splits the entries of every row: `hidden[entry] = 1` goes to the truth. */
export function splitWhere(interactions: Interactions, hidden: Uint8Array): Split {
  const train = keepEntries(interactions, (entry) => hidden[entry] === 0)
  const truth = keepEntries(interactions, (entry) => hidden[entry] === 1).matrix
  return { train, asked: train, truth, rows: filledRows(truth) }
}
