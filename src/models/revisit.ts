/**
 * What a shopper had in hand lately, and how firmly: what lies in the cart before what was glanced at weeks ago.
 *
 * score(i) = strength(i)^strengthExponent · (1 + age in days)^(−ageExponent) · (1 + items touched later)^(−placeExponent)
 * for what stands in the history; everything else comes behind in the order of popularity. It foresees nothing new; as a
 * base of the haggle it puts forward what may be met again, and the discriminator learns how often that comes true.
 * Fit O(interactions), score O(items). Source: recency and strength of Anderson et al., "The dynamics of repeat
 * consumption", WWW 2014; power laws of forgetting, Anderson and Schooler, Psychological Science 1991.
 */
import type { Fitted, Model, ModelState, Query } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, trainingMatrix } from './training-matrix.ts'

export interface RevisitConfig {
  readonly strengthExponent: number
  readonly ageExponent: number
  readonly placeExponent: number
}

const name = 'revisit'
const version = 1

export const revisit: Model<RevisitConfig> = {
  name,
  defaults: { strengthExponent: 1, ageExponent: 0.3, placeExponent: 0.5 },
  space: {
    strengthExponent: { from: 0, to: 3, scale: 'linear' },
    ageExponent: { from: 0, to: 1, scale: 'linear' },
    placeExponent: { from: 0, to: 2, scale: 'linear' },
  },
  fit: async (data, config, run) => {
    await run.breathe()
    const matrix = trainingMatrix(name, data, { binarise: true, halfLifeDays: 30 })
    return fitted({
      model: name,
      version,
      config,
      itemCount: matrix.columnCount,
      arrays: { prior: popularityPrior(matrix) },
    })
  },
  load: fitted,
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const config = state.config as RevisitConfig
  const prior = openState(state, name, version).floats('prior', itemCount)
  return {
    itemCount,
    score: (query, scores) => {
      scores.set(prior)
      query.items.forEach((item, at) => (scores[item] += strengthOf(query, at, config)))
    },
    serialise: () => state,
  }
}

function strengthOf({ items, weights, ageDays }: Query, at: number, config: RevisitConfig): number {
  return (
    weights[at] ** config.strengthExponent *
    (1 + Math.max(0, ageDays?.[at] ?? 0)) ** -config.ageExponent *
    (items.length - at) ** -config.placeExponent
  )
}
