/**
 * Compares a gradient written by hand with what the loss really does when a number is moved a little.
 *
 * Central differences in float64: (f(w + h) − f(w − h)) / 2h, error O(h²). For tests of layers and losses, here and
 * wherever a model adds its own.
 */
import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { Floats } from '../kernels/vector.ts'
import type { Parameter } from './parameter.ts'
import { clearGradient, gradientOf } from './parameter.ts'

export interface GradientCase {
  readonly name: string
  /** What is moved: parameters and inputs, by name. */
  readonly values: Readonly<Record<string, Floats>>
  /** The scalar loss with `values` as they stand now. */
  loss(): number
  /** The hand-written gradient of each of `values` as they stand now. */
  gradients(): Readonly<Record<string, Floats>>
}

const step = 1e-5
/** Central differences at h = 1e-5 carry about 1e-10 of rounding; 1e-7 leaves room for sums and catches any real slip. */
const tolerance = 1e-7

/** One test for each of the values that move. */
export function gradientSuite(subject: GradientCase): void {
  for (const name of Object.keys(subject.values)) {
    it(`${subject.name}: the gradient of ${name} is that of finite differences`, () => {
      const moved = subject.values[name]
      expect(moved).toBeInstanceOf(Float64Array)
      const written = subject.gradients()[name]
      expect(written.length).toBe(moved.length)
      expect(written.some((slope) => Math.abs(slope) > 1e-3)).toBe(true)
      for (let at = 0; at < moved.length; at++) {
        const measured = slopeAt(moved, at, () => subject.loss())
        const error = Math.abs(measured - written[at]) / (1 + Math.abs(measured))
        expect(error, `${name}[${at}]: measured ${measured}, written ${written[at]}`).toBeLessThan(tolerance)
      }
    })
  }
}

function slopeAt(values: Floats, at: number, loss: () => number): number {
  const kept = values[at]
  values[at] = kept + step
  const above = loss()
  values[at] = kept - step
  const below = loss()
  values[at] = kept
  return (above - below) / (2 * step)
}

/** Reads the gradients that a call of `accumulate` adds to `parameters`, named `parameter 0`, `parameter 1` … */
export function parameterGradients(
  parameters: readonly Parameter[],
  accumulate: () => void,
): Readonly<Record<string, Floats>> {
  parameters.forEach(clearGradient)
  accumulate()
  return Object.fromEntries(parameters.map((parameter, index) => [`parameter ${index}`, gradientOf(parameter)]))
}

export function parameterValues(parameters: readonly Parameter[]): Readonly<Record<string, Floats>> {
  return Object.fromEntries(parameters.map(({ values }, index) => [`parameter ${index}`, values]))
}

/** Normal numbers in float64, for inputs and for the weights of a scalar loss Σ weight · output. */
export function normals(count: number, seed: string): Float64Array {
  const rng = createRng(seed)
  return Float64Array.from({ length: count }, () => rng.normal())
}

export function weightedSum(weights: Floats, outputs: Floats): number {
  let sum = 0
  for (let at = 0; at < outputs.length; at++) sum += weights[at] * outputs[at]
  return sum
}
