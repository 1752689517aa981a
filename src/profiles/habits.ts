/** When things usually happen: hours of the day and days of the week, as counts. All times are UTC. */
import { dayMs, hourMs } from '../base/clock.ts'

export const hoursOfDay = 24
export const daysOfWeek = 7

/** 0 to 23. */
export function hourOf(timeMs: number): number {
  return Math.floor((((timeMs % dayMs) + dayMs) % dayMs) / hourMs)
}

/** 0 is Sunday, as `Date` has it; 1 January 1970 was a Thursday. */
export function weekdayOf(timeMs: number): number {
  return (((Math.floor(timeMs / dayMs) + 4) % daysOfWeek) + daysOfWeek) % daysOfWeek
}

/**
 * Mean direction of counts on a circle: `[sin, cos]`, of length 1 where all fall into one bin and 0 where evenly spread;
 * NaN where there are none.
 */
export function circularMean(counts: readonly number[]): [sin: number, cos: number] {
  let [sin, cos, total] = [0, 0, 0]
  counts.forEach((count, bin) => {
    const angle = (2 * Math.PI * bin) / counts.length
    sin += count * Math.sin(angle)
    cos += count * Math.cos(angle)
    total += count
  })
  return [sin / total, cos / total]
}

/**
 * How much likelier `bin` is than by chance, as a logarithm: 0 where nothing is known, log(bins) at most. Neighbouring
 * bins lend half their counts; `prior` even counts keep a few events from saying much.
 */
export function habitLift(counts: readonly number[], bin: number, prior = 10): number {
  const bins = counts.length
  if (bins === 0) return 0
  const total = counts.reduce((sum, count) => sum + count, 0)
  const near = counts[(bin + bins - 1) % bins] + 2 * counts[bin] + counts[(bin + 1) % bins]
  return Math.log(((near / 4 + prior / bins) / (total + prior)) * bins)
}
