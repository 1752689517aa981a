/**
 * What could have been asked of the shoppers of a log before each of their visits: from what was known, what came?
 *
 * A visit ends with a silence of `pauseMinutes`. Each question has its own clock. Cost: one pass over the steps.
 */
import { dayMs, minuteMs } from '../base/clock.ts'
import { latestSteps, type Steps } from '../preprocess/interactions.ts'
import type { Query } from './model.ts'

export interface VisitOptions {
  /** The strength that what comes must reach: 0 for whatever is touched. */
  readonly hideAtLeast: number
  readonly pauseMinutes: number
}

/** Asked of a row of which the steps before `end` are known. */
export interface Ask {
  readonly row: number
  readonly end: number
  /** The age of the moment of asking. */
  readonly ageDays: number
  readonly hidden: ReadonlySet<number>
}

/** One for each visit but the first in which something reached that strength for the first time; oldest first. */
export function visitsOf(steps: Steps, row: number, { hideAtLeast, pauseMinutes }: VisitOptions): Ask[] {
  const { pointers, columns, ageDays, values } = steps
  const pauseDays = (pauseMinutes * minuteMs) / dayMs
  const reached = new Set<number>()
  const asks: Ask[] = []
  let visit = pointers[row]
  for (let step = pointers[row]; step < pointers[row + 1]; step++) {
    if (step > visit && ageDays[step - 1] - ageDays[step] >= pauseDays) visit = step
    const item = columns[step]
    if (values[step] < hideAtLeast || (hideAtLeast > 0 && reached.has(item))) continue
    reached.add(item)
    if (visit === pointers[row]) continue
    const known = asks.at(-1)
    const hidden = known?.end === visit ? asks.pop()?.hidden : undefined
    asks.push({ row, end: visit, ageDays: ageDays[visit], hidden: new Set([...(hidden ?? []), item]) })
  }
  return asks
}

/** What the row would have asked with then. */
export function stepQuery(steps: Steps, { row, end, ageDays }: Ask): Query {
  const latest = [...latestSteps(steps, row, end)]
  return {
    items: Int32Array.from(latest, ([item]) => item),
    weights: Float32Array.from(latest, ([, step]) => steps.values[step]),
    ageDays: Float32Array.from(latest, ([, step]) => steps.ageDays[step] - ageDays),
    features: null,
  }
}
