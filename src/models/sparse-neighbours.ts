/**
 * Recommends what lies next to what a shopper has: the part that all models with a table of neighbours share.
 *
 * score(j) = prior(j) + Σ over the history of strength(i)·W(i, j), W sparse with one row an item.
 * Cost O(items + history × neighbours).
 */
import type { Csr } from '../kernels/csr.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { linearParts } from './explain.ts'
import type { Fitted, MemoryPlan, ModelState, Query, StateArray } from './model.ts'
import { openState } from './state.ts'
import { queryStrengths, type StrengthConfig } from './training-matrix.ts'

export function neighbourArrays(neighbours: Csr, prior: Float32Array): Record<string, StateArray> {
  return { pointers: neighbours.pointers, columns: neighbours.columns, values: neighbours.values, prior }
}

/** At most: `keep` neighbours of each item, once as they are found and once as they are stored; and the table twice. */
export function neighbourPlan({ matrix }: Interactions, keep: number): MemoryPlan {
  const found = 8 * matrix.columnCount * Math.min(keep, matrix.columnCount)
  return { kernels: 16 * matrix.columns.length + Math.min(found, 8 << 20), heap: 2 * found }
}

/** @param strengthsOf how much each item of a query counts, where that is not what `queryStrengths` says */
export function fittedNeighbours(
  state: ModelState,
  name: string,
  version: number,
  strengthsOf?: (query: Query) => Float32Array,
): Fitted {
  const { itemCount } = state
  const strengthsIn = strengthsOf ?? ((query: Query) => queryStrengths(query, state.config as StrengthConfig))
  const opened = openState(state, name, version)
  const prior = opened.floats('prior', itemCount)
  const { pointers, columns, values } = opened.csr(itemCount, itemCount)
  /** Where the items that are asked about stand among them, while they are. */
  const placeOf = new Int32Array(itemCount).fill(-1)
  const weight = (from: number, to: number): number => {
    for (let at = pointers[from]; at < pointers[from + 1]; at++) if (columns[at] === to) return values[at]
    return 0
  }
  return {
    itemCount,
    score: (query, scores) => {
      scores.set(prior)
      const strengths = strengthsIn(query)
      for (let entry = 0; entry < query.items.length; entry++) {
        const strength = strengths[entry]
        const end = pointers[query.items[entry] + 1]
        for (let at = pointers[query.items[entry]]; at < end; at++) scores[columns[at]] += strength * values[at]
      }
    },
    scoreOf: (query, items) => {
      const strengths = strengthsIn(query)
      const scores = Float32Array.from(items, (item) => prior[item])
      for (let place = 0; place < items.length; place++) placeOf[items[place]] = place
      for (let entry = 0; entry < query.items.length; entry++) {
        const end = pointers[query.items[entry] + 1]
        for (let at = pointers[query.items[entry]]; at < end; at++) {
          const place = placeOf[columns[at]]
          if (place >= 0) scores[place] += strengths[entry] * values[at]
        }
      }
      for (let place = 0; place < items.length; place++) placeOf[items[place]] = -1
      return scores
    },
    explain: (query, item) => {
      const strengths = strengthsIn(query)
      const parts = linearParts(query, prior[item], (place) => strengths[place] * weight(query.items[place], item))
      // Strengths of another kind may hang on what else there is.
      return strengthsOf === undefined ? parts : { ...parts, kind: 'attribution' }
    },
    serialise: () => state,
  }
}
