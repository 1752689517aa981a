/**
 * When the numbers of a network move, and how far: plain descent, or Adam with the usual decays .9 and .999.
 *
 * Only what has a gradient moves, and its moments with it: for tables with a row an item this is the "lazy" rule
 * (SparseAdam), which differs from dense Adam in that an item nobody met keeps still. The formulas are in
 * kernels/adam.ts. `ridge` adds ridge · w to the gradient of whatever moves. A step clears the gradient.
 */
import { adamRate, type Moments, type Step, stepRows, stepWhole } from '../kernels/adam.ts'
import type { Space } from '../kernels/space.ts'
import { type Contribution, type GroupedEntries, groupEntries } from '../kernels/sparse-rows-grouped.ts'
import { addScaled } from '../kernels/vector.ts'
import { clearGradient, type Parameter } from './parameter.ts'

export interface Optimiser {
  /** Moves every parameter and forgets its gradient. */
  step(): void
}

export interface StepOptions {
  readonly learningRate: number
  /** L2 penalty ½ · ridge · ‖w‖². */
  readonly ridge: number
}

/** Stochastic gradient descent. */
export function createSgd(parameters: readonly Parameter[], options: StepOptions, space: Space): Optimiser {
  const moments = parameters.map(() => null)
  const step = { rate: options.learningRate, ridge: options.ridge }
  return { step: () => moveAll(parameters, moments, step, space) }
}

/** Two further numbers a value. */
export function createAdam(parameters: readonly Parameter[], options: StepOptions, space: Space): Optimiser {
  const moments = parameters.map(({ values: { length } }) => ({
    first: space.floats(length),
    second: space.floats(length),
  }))
  let steps = 0
  return {
    step: () => {
      const rate = adamRate(options.learningRate, ++steps)
      moveAll(parameters, moments, { rate, ridge: options.ridge }, space)
    },
  }
}

function moveAll(
  parameters: readonly Parameter[],
  moments: readonly (Moments | null)[],
  step: Step,
  space: Space,
): void {
  const sort = createSorter(space)
  parameters.forEach((parameter, at) => {
    const { values, columnCount: width } = parameter
    if ('parts' in parameter) {
      const parts = joined(parameter.parts, space)
      if (parts.length > 0) {
        stepRows({ values, width, moments: moments[at] }, parts, sort(parts, parameter.rowCount), step, space)
      }
    } else if (parameter.hasGradient) stepWhole(values, parameter.gradient, moments[at], step)
  })
  parameters.forEach(clearGradient)
}

/** Two gradients that came by the same entries, as when one condition is judged twice, are one: their left sides added. */
function joined(parts: readonly Contribution[], space: Space): readonly Contribution[] {
  const found: Contribution[] = []
  for (const part of parts) {
    const twin = found.findIndex((other) => haveSameEntries([other], [part]))
    const before = found[twin]?.left
    if (!before || !part.left) found.push(part)
    else {
      const left = space.batchFloats(before.length, true)
      left.set(before)
      addScaled(left, 0, part.left, 0, left.length, 1)
      found[twin] = { ...part, left }
    }
  }
  return found
}

/** The weights of an output layer and its biases have the same entries: they are sorted once. */
function createSorter(space: Space): (parts: readonly Contribution[], rowCount: number) => GroupedEntries {
  let last: { readonly parts: readonly Contribution[]; readonly grouped: GroupedEntries } | null = null
  return (parts, rowCount) => {
    if (last === null || !haveSameEntries(last.parts, parts)) {
      last = { parts, grouped: groupEntries(parts, rowCount, space) }
    }
    return last.grouped
  }
}

function haveSameEntries(some: readonly Contribution[], others: readonly Contribution[]): boolean {
  const same = (a: Contribution, b: Contribution) =>
    a.pattern === b.pattern && a.firstRow === b.firstRow && a.coefficients === b.coefficients
  return some.length === others.length && some.every((part, at) => same(part, others[at]))
}
