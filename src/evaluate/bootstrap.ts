/**
 * How sure a mean is: the interval it would move in if other shoppers like these had been asked.
 *
 * Percentile bootstrap (Efron & Tibshirani 1993, ch. 13): rows are drawn with replacement, the mean taken, many times.
 * Compared models are paired: the same row's difference is drawn, which cancels what makes rows easy or hard.
 * Cost: O(rounds × rows).
 */
import type { Rng } from '../base/rng.ts'
import { quantile } from '../preprocess/scales.ts'

export interface Interval {
  readonly mean: number
  /** 2.5th percentile. */
  readonly low: number
  /** 97.5th percentile. */
  readonly high: number
}

export interface BootstrapOptions {
  readonly rounds: number
  readonly rng: Rng
}

/** 95 % interval of the mean of `values`; all zero where there are none. */
export function meanInterval(values: ArrayLike<number>, { rounds, rng }: BootstrapOptions): Interval {
  const count = values.length
  if (count === 0) return { mean: 0, low: 0, high: 0 }
  const means = new Float64Array(rounds)
  for (let round = 0; round < rounds; round++) {
    let sum = 0
    for (let draw = 0; draw < count; draw++) sum += values[rng.int(count)]
    means[round] = sum / count
  }
  means.sort()
  let total = 0
  for (let at = 0; at < count; at++) total += values[at]
  return { mean: total / count, low: quantile(means, 0.025), high: quantile(means, 0.975) }
}

/** 95 % interval of mean(a − b), row by row; `a` and `b` are aligned. */
export function pairedDifference(a: Float64Array, b: Float64Array, options: BootstrapOptions): Interval {
  return meanInterval(
    a.map((value, row) => value - b[row]),
    options,
  )
}

/** A difference with its sign, as people read it. */
export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
}

/** A difference and what it may as well be. */
export function spelt({ mean, low, high }: Interval): string {
  return `${signed(mean)} (${signed(low)} … ${signed(high)})`
}
