/** How far each shopper of a log is believed, as it looked at each of several moments: what trainings weigh them by. */
import type { Breathe } from '../../base/breathe.ts'
import type { Config } from '../../base/config.ts'
import { createRng, type Rng } from '../../base/rng.ts'
import type { Vocabulary } from '../../base/vocabulary.ts'
import type { ItemId } from '../../domain/ids.ts'
import type { BehaviourLog } from '../../preprocess/behaviour-log.ts'
import { buildInteractions } from '../../preprocess/build-interactions.ts'
import { rowsOf } from '../../kernels/csr.ts'
import type { Table } from './attacks.ts'
import { teachRowJudge } from './judge-rows.ts'

/** What a generation says of it. */
export interface TrustReport {
  readonly shoppers: number
  /** Believed by less than half. */
  readonly doubted: number
  readonly meanBelief: number
}

/** Fewer shoppers with something in the log are not judged. */
const fewestShoppers = 200
/** The judge learns from a sample where there are more, and judges all. */
const mostLearntFrom = 4000

/** Weights by `log.users` as of `momentMs`; `null` where there are too few shoppers to judge. */
export async function trustShoppers(
  log: BehaviourLog,
  items: Vocabulary<ItemId>,
  { preprocess, training }: Config,
  momentMs: number,
  breathe: Breathe,
): Promise<Float32Array | null> {
  const { weights, halfLifeDays } = preprocess
  const built = buildInteractions(log, { rows: 'users', items, asOfMs: momentMs, weights, halfLifeDays })
  const { interactions, rowUsers } = built
  if (interactions.matrix.rowCount < fewestShoppers) return null
  const rng = createRng(training.seed).fork('trust')
  const judge = await teachRowJudge(sampled(interactions, rng.fork('sample')), { rng, breathe })
  const beliefs = await judge.beliefs(interactions)
  const all = new Float32Array(log.users.size).fill(1)
  rowUsers.forEach((user, row) => (all[user] = beliefs[row]))
  return all
}

export function trustReport(weights: Float32Array | null): TrustReport | null {
  if (weights === null) return null
  const doubted = weights.reduce((count, weight) => count + (weight < 0.5 ? 1 : 0), 0)
  const meanBelief = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
  return { shoppers: weights.length, doubted, meanBelief }
}

function sampled(table: Table, rng: Rng): Table {
  const { matrix, ageDays } = table
  if (matrix.rowCount <= mostLearntFrom) return table
  const rows = rng.shuffle(Int32Array.from({ length: matrix.rowCount }, (_, row) => row)).subarray(0, mostLearntFrom)
  const ages = ageDays && rowsOf({ ...matrix, values: ageDays }, rows).values
  return { matrix: rowsOf(matrix, rows), ageDays: ages }
}
