/**
 * Lets a model that learns in rounds find out how many rounds serve best, on entries it has not learnt from.
 *
 * A random share of each row's entries is held out (a row keeps at least one); the measure is NDCG@20 over the whole
 * catalogue, the row's other entries not ranked, averaged over at most 2,000 evenly spaced rows. It looks at nothing but
 * the data it is given, so a test split stays unseen.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import { topK } from '../kernels/top-k.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import type { Fitted } from './model.ts'
import { rowQuery } from './row-query.ts'

export interface ValidationFold {
  /** What is left to learn from. Without ages. */
  readonly rest: Interactions
  /** Mean NDCG@20 on what is held out; 0 where nothing could be. */
  accuracy(fitted: Fitted, breathe: Breathe): Promise<number>
}

const cutoff = 20
const maximumRows = 2000

export function createValidationFold(data: Interactions, fraction: number, rng: Rng): ValidationFold {
  const { rest, held } = holdOut(data.matrix, fraction, rng)
  const rows = Int32Array.from({ length: held.rowCount }, (_, row) => row).filter(
    (row) => held.pointers[row + 1] > held.pointers[row],
  )
  const step = Math.ceil(rows.length / maximumRows)
  const asked = rows.filter((_, at) => at % step === 0)
  const left = { ...data, matrix: rest, ageDays: null }
  return {
    rest: left,
    accuracy: async (fitted, breathe) => {
      const scores = new Float32Array(fitted.itemCount)
      let sum = 0
      for (const row of asked) {
        const query = rowQuery(left, row)
        fitted.score(query, scores)
        sum += ndcg(scores, query.items, held.columns.subarray(held.pointers[row], held.pointers[row + 1]))
        await breathe()
      }
      return asked.length === 0 ? 0 : sum / asked.length
    },
  }
}

/** Each row loses `fraction` of its entries on average, rounded up or down at random. */
function holdOut(matrix: Csr, fraction: number, rng: Rng): { rest: Csr; held: Csr } {
  const parts = [0, 1].map(() => ({ rows: [] as number[], columns: [] as number[] }))
  for (let row = 0; row < matrix.rowCount; row++) {
    const columns = rng.shuffle(matrix.columns.slice(matrix.pointers[row], matrix.pointers[row + 1]))
    const count = Math.min(columns.length - 1, Math.floor(columns.length * fraction + rng.next()))
    columns.forEach((column, at) => {
      const part = parts[at < count ? 1 : 0]
      part.rows.push(row)
      part.columns.push(column)
    })
  }
  const [rest, held] = parts.map(({ rows, columns }) =>
    csrFromTriples(matrix.rowCount, matrix.columnCount, rows, columns, new Float32Array(rows.length).fill(1)),
  )
  return { rest, held }
}

/** Overwrites the scores of `seen`. */
function ndcg(scores: Float32Array, seen: Int32Array, truth: Int32Array): number {
  // NaN is never picked.
  for (const item of seen) scores[item] = NaN
  const wanted = new Set(truth)
  let gain = 0
  topK(scores, cutoff).forEach((item, at) => {
    if (wanted.has(item)) gain += 1 / Math.log2(at + 2)
  })
  let ideal = 0
  for (let at = 0; at < Math.min(cutoff, wanted.size); at++) ideal += 1 / Math.log2(at + 2)
  return gain / ideal
}
