/** A mean and a spread that follow weighted values one by one (West 1979), in three numbers. */
import type { Average } from './profile.ts'

export interface RunningAverage extends Average {
  add(value: number, weight: number): void
}

export function createAverage(): RunningAverage {
  return new Running()
}

/** A class, so that a shopper's averages are three numbers and not three closures. */
class Running implements RunningAverage {
  weight = 0
  mean = 0
  private squares = 0

  get spread(): number {
    return this.weight === 0 ? 0 : Math.sqrt(Math.max(0, this.squares / this.weight))
  }

  add(value: number, weight: number): void {
    const gap = value - this.mean
    this.weight += weight
    this.mean += (gap * weight) / this.weight
    this.squares += weight * gap * (value - this.mean)
  }
}
