/**
 * How good one ranked list is, given what the shopper really took.
 *
 * With N the cutoff and T the held-out items: P@N = hits / N; R@N = hits / |T|; G@N = DCG / IDCG with gains
 * 1 / log2(rank + 1) and IDCG over min(N, |T|) ranks; M@N = 1 / rank of the first hit within N, else 0;
 * HR@N = 1 where there is a hit. Ranks count from 1.
 */
export const metricKinds = ['P', 'R', 'G', 'M', 'HR'] as const

/** Names of all metrics at all cutoffs: `P@5`, `R@5` … */
export function metricNames(cutoffs: readonly number[]): string[] {
  return cutoffs.flatMap((cutoff) => metricKinds.map((kind) => `${kind}@${cutoff}`))
}

/** The one metric that models are compared on: NDCG at the largest cutoff. */
export function primaryMetric(cutoffs: readonly number[]): string {
  return `G@${Math.max(...cutoffs)}`
}

/**
 * Values in the order of `metricKinds`.
 * @param ranked best first; may be shorter than `cutoff` where a catalogue is small
 */
export function metricsAt(cutoff: number, ranked: ArrayLike<number>, truth: ReadonlySet<number>): number[] {
  let hits = 0
  let gain = 0
  let first = 0
  for (let at = 0; at < Math.min(cutoff, ranked.length); at++) {
    if (!truth.has(ranked[at])) continue
    hits++
    gain += 1 / Math.log2(at + 2)
    if (first === 0) first = 1 / (at + 1)
  }
  return [hits / cutoff, hits / truth.size, gain / idealGain(Math.min(cutoff, truth.size)), first, hits > 0 ? 1 : 0]
}

function idealGain(length: number): number {
  let gain = 0
  for (let at = 0; at < length; at++) gain += 1 / Math.log2(at + 2)
  return gain
}

/** Gini coefficient of non-negative counts: 0 where all are equal, towards 1 where one has everything. */
export function gini(counts: ArrayLike<number>): number {
  const sorted = Float64Array.from(counts).sort()
  let total = 0
  let weighted = 0
  sorted.forEach((count, at) => {
    total += count
    weighted += (at + 1) * count
  })
  return total === 0 ? 0 : (2 * weighted) / (sorted.length * total) - (sorted.length + 1) / sorted.length
}
