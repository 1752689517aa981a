/**
 * What models learn from: one sparse table, a row for each shopper (or basket, or session) and a column for each item.
 *
 * Models see indices only. The rows' meaning is the surface's choice: shoppers for "recommended for you", baskets for
 * "bought together", sessions for "what next in this visit".
 */
import type { Csr } from '../kernels/csr.ts'

/** What the rows of a table of interactions are. */
export type RowKind = 'users' | 'sessions' | 'baskets'

export interface Interactions {
  /** rows × items; a value is the strength of the interaction, > 0. */
  readonly matrix: Csr
  /** Age of each entry's latest event in days before `asOfMs`, aligned with `matrix.values`; `null` where the log has no times. */
  readonly ageDays: Float32Array | null
  /** rowCount × featureCount, row-major, robustly scaled behaviour features of each row's shopper; `null` when none were computed. */
  readonly rowFeatures: Float32Array | null
  /** Names of the columns of `rowFeatures`; empty with it. */
  readonly featureNames: readonly string[]
  /** Unix milliseconds: everything in here happened before. */
  readonly asOfMs: number
}

/** Interactions without times or features, as the published splits have them. */
export function bareInteractions(matrix: Csr): Interactions {
  return { matrix, ageDays: null, rowFeatures: null, featureNames: [], asOfMs: 0 }
}
