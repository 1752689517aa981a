/**
 * The smallest discriminator: tells two kinds of rows apart by a weighted sum of what is known of them.
 *
 * P(second kind | x) = σ(b + w·z), z the features standardised by the first kind; maximum likelihood with ½·ridge·‖w‖², both
 * kinds counting as much in all, by Newton's method. rounds × rows × width² operations; width is a handful.
 */
import { choleskyFactor, choleskySolve } from '../kernels/cholesky.ts'

export interface Discriminator {
  /** The logit; higher: rather the second kind. */
  logit(features: readonly number[]): number
}

type Rows = readonly (readonly number[])[]

const rounds = 8

/** At least one row of each kind, all of one width. */
export function teachLogistic(first: Rows, second: Rows, ridge: number): Discriminator {
  const scale = standardOf(first)
  const width = scale.length + 1
  const seen = (features: readonly number[]) => [
    1,
    ...features.map((value, at) => (value - scale[at].centre) / scale[at].deviation),
  ]
  const rows = [
    ...first.map((row) => ({ x: seen(row), label: 0, weight: 1 / first.length })),
    ...second.map((row) => ({ x: seen(row), label: 1, weight: 1 / second.length })),
  ]
  const weights = new Float64Array(width)
  for (let round = 0; round < rounds; round++) {
    const slope = Float64Array.from(weights, (weight, at) => (at === 0 ? 0 : ridge * weight))
    const curve = new Float64Array(width * width)
    for (let at = 0; at < width; at++) curve[at * width + at] = at === 0 ? 1e-6 : ridge
    for (const { x, label, weight } of rows) {
      const p = 1 / (1 + Math.exp(-dot(weights, x)))
      for (let at = 0; at < width; at++) {
        slope[at] += weight * (p - label) * x[at]
        for (let other = 0; other <= at; other++) curve[at * width + other] += weight * p * (1 - p) * x[at] * x[other]
      }
    }
    if (choleskyFactor(curve, width)) choleskySolve(curve, width, slope)
    else slope.fill(NaN)
    slope.forEach((step, at) => (weights[at] -= step))
  }
  return { logit: (features) => dot(weights, seen(features)) }
}

function standardOf(rows: Rows): { centre: number; deviation: number }[] {
  return rows[0].map((_, at) => {
    const centre = rows.reduce((sum, row) => sum + row[at], 0) / rows.length
    const variance = rows.reduce((sum, row) => sum + (row[at] - centre) ** 2, 0) / rows.length
    return { centre, deviation: Math.max(1e-6, Math.sqrt(variance)) }
  })
}

function dot(weights: Float64Array, x: readonly number[]): number {
  let sum = 0
  for (let at = 0; at < x.length; at++) sum += weights[at] * x[at]
  return sum
}
