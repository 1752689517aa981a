/**
 * Teaches one stage of a search's order from what shoppers took of what they were shown.
 *
 * Each product's votes are its grade times the inverse of how likely its place is looked at, so that Σ votes·(−log p) over
 * what was shown estimates without bias what all shoppers who look at everything would want (inverse propensity:
 * Joachims, Swaminathan, Schnabel, WSDM 2017; listwise loss: Wang et al. 2016). Three learners compete: the discriminator's
 * net by listwise likelihood, the same with an adversary that puts forward the hardest of what was left, and boosted trees.
 * A net starts from the order it is given, at the temperature under which that order is likeliest. Cost: as in
 * haggle-discriminator.ts and boosted-trees.ts.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import { defaultTrees, teachTrees } from './boosted-trees.ts'
import { type DiscriminatorConfig, teachNet } from './haggle-discriminator.ts'
import type { Lesson } from './haggle-lessons.ts'
import { plainNet, stageColumns, type StageName, type StageState } from './search-order.ts'

/** One answer as it was shown, and what was taken of it. */
export interface StageSlate {
  /** items × columns, row-major; the first column is the order it was given. */
  readonly rows: Float32Array
  /** At least one above 0. */
  readonly votes: Float64Array
}

export const learners = ['listwise', 'adversarial', 'trees'] as const
export type Learner = (typeof learners)[number]

const config: DiscriminatorConfig = { hidden: 8, steps: 200, batchSize: 16, learningRate: 0.01, ridge: 0.001 }
const adversarialWeight = 0.3
/** Votes are whole numbers to the loss: the greatest becomes so many. */
const mostVotes = 100

export async function teachStage(
  name: StageName,
  learner: Learner,
  slates: readonly StageSlate[],
  rng: Rng,
  breathe: Breathe,
): Promise<StageState> {
  const columns = stageColumns[name]
  const width = columns.length
  const mean = slates.reduce((sum, { votes }) => sum + total(votes), 0) / slates.length
  if (learner === 'trees') {
    const graded = slates.map(({ rows, votes }) => ({ features: rows, gains: votes, weight: total(votes) / mean }))
    return { columns, nets: [], trees: await teachTrees(graded, width, defaultTrees, rng, breathe) }
  }
  const task = {
    objective: 'choice',
    adversarialWeight: learner === 'adversarial' ? adversarialWeight : 0,
    start: [likeliestStart(slates, width)],
    opinions: 1,
  } as const
  const lessons = slates.map((slate, row) => asLesson(slate, row, mean))
  const net = await teachNet(lessons, config, task, rng, { breathe, onLosses: () => undefined })
  return { columns, nets: [plainNet(net)], trees: [] }
}

function asLesson({ rows, votes }: StageSlate, row: number, mean: number): Lesson {
  const most = votes.reduce((high, own) => Math.max(high, own), 0)
  const chosen = Uint8Array.from(votes, (own) => (own > 0 ? Math.max(1, Math.round((mostVotes * own) / most)) : 0))
  // The loss weighs a slate by its votes^−½ and counts each of them: what is left is the slate's own worth.
  const weight = total(votes) / mean / Math.sqrt(total(chosen))
  const hidden = votes.filter((own) => own > 0).length
  return { row, features: rows, generator: new Float32Array(votes.length), chosen, hidden, weight }
}

const starts = [0.5, 1, 2, 4, 8]

/** The factor under which softmax of the given order makes what was taken likeliest. */
function likeliestStart(slates: readonly StageSlate[], width: number): number {
  const likelihoods = starts.map((start) =>
    slates.reduce((sum, { rows, votes }) => {
      const logits = votes.map((_, at) => start * rows[at * width])
      const high = logits.reduce((most, each) => Math.max(most, each), -Infinity)
      const normaliser = high + Math.log(logits.reduce((all, each) => all + Math.exp(each - high), 0))
      return sum + votes.reduce((own, vote, at) => own + vote * (logits[at] - normaliser), 0)
    }, 0),
  )
  return starts[likelihoods.indexOf(Math.max(...likelihoods))]
}

function total(values: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at]
  return sum
}
