/**
 * Brings counts, prices and durations to one size, unmoved by a few huge values.
 *
 * x ↦ clip((x − median) / (interquartile range / 1.349), ±4); an absent value (NaN) becomes 0, the centre. Learnt once,
 * kept with the generation, applied alike when serving. Cost of a fit: a sort of each column.
 */
export interface RobustScale {
  readonly name: string
  /** Median of the training values. */
  readonly centre: number
  /** Interquartile range / 1.349 (the normal's standard deviation); 1 where it is 0. */
  readonly spread: number
}

const clip = 4

/** One scale for each column of `values`, rowCount × names.length, row-major. NaN counts as absent. */
export function fitScales(names: readonly string[], values: Float32Array): RobustScale[] {
  const rowCount = values.length / Math.max(1, names.length)
  return names.map((name, column) => {
    const present = new Float32Array(rowCount)
    let count = 0
    for (let row = 0; row < rowCount; row++) {
      const value = values[row * names.length + column]
      if (Number.isFinite(value)) present[count++] = value
    }
    const sorted = present.subarray(0, count).sort()
    if (count === 0) return { name, centre: 0, spread: 1 }
    const range = quantile(sorted, 0.75) - quantile(sorted, 0.25)
    return { name, centre: quantile(sorted, 0.5), spread: range > 0 ? range / 1.349 : 1 }
  })
}

/** Scales one row, or any number of rows one after the other; always finite. */
export function applyScales(scales: readonly RobustScale[], values: Float32Array): Float32Array {
  return values.map((value, at) => {
    const { centre, spread } = scales[at % scales.length]
    const scaled = (value - centre) / spread
    return Number.isNaN(scaled) ? 0 : Math.min(clip, Math.max(-clip, scaled))
  })
}

/** Linear between the neighbours; `sorted` ascends and is not empty. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share
  const below = Math.floor(place)
  const above = Math.ceil(place)
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below)
}
