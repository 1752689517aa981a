/**
 * Shows everyone what most others liked lately.
 *
 * score(i) = Σ over the shoppers who met i of a weight that falls with the age of that meeting, so that what is liked now
 * counts more than what once was. The yardstick every other model must beat.
 * Fit and score O(interactions) and O(items).
 */
import { columnSums } from '../kernels/csr.ts'
import { linearParts } from './explain.ts'
import type { Fitted, Model, ModelState } from './model.ts'
import { openState } from './state.ts'
import { type StrengthConfig, trainingMatrix } from './training-matrix.ts'

const name = 'popularity'
const version = 1

export const popularity: Model<StrengthConfig> = {
  name,
  defaults: { binarise: true, halfLifeDays: 30 },
  space: { halfLifeDays: { from: 2, to: 365, scale: 'log' } },
  fit: async (data, config, run) => {
    await run.breathe()
    const sums = Float32Array.from(columnSums(trainingMatrix(name, data, config)))
    return fitted({ model: name, version, config, itemCount: sums.length, arrays: { sums } })
  },
  load: fitted,
  unlearn: async (state, rows) => {
    const less = columnSums(trainingMatrix(name, rows, state.config as StrengthConfig))
    const sums = openState(state, name, version).floats('sums', state.itemCount)
    return { ...state, arrays: { sums: sums.map((sum, item) => Math.max(0, sum - less[item])) } }
  },
}

function fitted(state: ModelState): Fitted {
  const sums = openState(state, name, version).floats('sums', state.itemCount)
  return {
    itemCount: state.itemCount,
    score: (_query, scores) => scores.set(sums),
    scoreOf: (_query, items) => Float32Array.from(items, (item) => sums[item]),
    explain: (query, item) => linearParts(query, sums[item], () => 0),
    serialise: () => state,
  }
}
