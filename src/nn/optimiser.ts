/**
 * How far to go in the direction the gradient gives: plain descent, or Adam (Kingma and Ba 2015).
 *
 * Only rows with a gradient move, and their moments with them: for tables with a row an item this is the "lazy" rule
 * (SparseAdam), which differs from dense Adam in that an item nobody met keeps still. O(touched rows × columns).
 * `ridge` adds ridge · w to the gradient of whatever moves. A step clears the gradient.
 */
import type { Floats } from '../kernels/vector.ts'
import type { Parameter } from './parameter.ts'
import { clearGradient, zerosLike } from './parameter.ts'

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
export function createSgd(parameters: readonly Parameter[], { learningRate, ridge }: StepOptions): Optimiser {
  return {
    step: () => {
      for (const parameter of parameters) {
        const { values, gradient } = parameter
        forTouched(parameter, (at) => {
          values[at] -= learningRate * (gradient[at] + ridge * values[at])
        })
        clearGradient(parameter)
      }
    },
  }
}

const firstDecay = 0.9
const secondDecay = 0.999
const epsilon = 1e-8

/** Adam with the usual decays .9 and .999. Two further numbers a value. */
export function createAdam(parameters: readonly Parameter[], options: StepOptions): Optimiser {
  const moments = parameters.map(({ values }) => ({
    first: zerosLike(values, values.length),
    second: zerosLike(values, values.length),
  }))
  let steps = 0
  return {
    step: () => {
      steps++
      // The bias corrections of both moments, folded into the step.
      const rate = (options.learningRate * Math.sqrt(1 - secondDecay ** steps)) / (1 - firstDecay ** steps)
      parameters.forEach((parameter, index) => {
        adamStep(parameter, moments[index].first, moments[index].second, rate, options.ridge)
        clearGradient(parameter)
      })
    },
  }
}

function adamStep(parameter: Parameter, first: Floats, second: Floats, rate: number, ridge: number): void {
  const { values, gradient, columnCount, touchedRows } = parameter
  for (let index = 0; index < parameter.touchedCount; index++) {
    const from = touchedRows[index] * columnCount
    for (let at = from; at < from + columnCount; at++) {
      const slope = gradient[at] + ridge * values[at]
      const mean = firstDecay * first[at] + (1 - firstDecay) * slope
      const square = secondDecay * second[at] + (1 - secondDecay) * slope * slope
      first[at] = mean
      second[at] = square
      values[at] -= (rate * mean) / (Math.sqrt(square) + epsilon)
    }
  }
}

function forTouched({ columnCount, touchedRows, touchedCount }: Parameter, visit: (at: number) => void): void {
  for (let index = 0; index < touchedCount; index++) {
    const from = touchedRows[index] * columnCount
    for (let at = from; at < from + columnCount; at++) visit(at)
  }
}
