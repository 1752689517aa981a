/**
 * Tells whether the mean of a stream has risen, and may be looked at as often as one likes.
 *
 * Null hypothesis: each x in [0, 1] has, given all before, a mean of at most m. Whoever bets the share λ < 1/m on more
 * has the capital Π (1 + λ·(x − m)), which is then expected not to grow, and passes 1/α with a chance of at most α, ever
 * (Ville 1939; Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS B 2024). The
 * capital kept is the mean over several λ, so that small and large changes are both found; 1 / its peak so far is a p-value
 * that holds whenever it is looked at.
 */
export interface AnytimeTest {
  /** Takes x in [0, 1] into account and returns the capital; 1 at the beginning. */
  observe(x: number): number
  /** All it knows, to go on from. */
  readonly kept: readonly number[]
}

const stakes = [0.05, 0.1, 0.2, 0.4, 0.8]

/** @param kept of an earlier one */
export function createAnytimeTest(mean: number, kept: readonly number[] = []): AnytimeTest {
  // In logs, so that a long stream neither overflows nor dies out.
  const logs = stakes.map((_, at) => kept[at] ?? 0)
  return {
    observe: (x) => {
      stakes.forEach((stake, at) => (logs[at] += Math.log1p(stake * (x - mean))))
      return logs.reduce((sum, each) => sum + Math.exp(Math.min(700, each)), 0) / logs.length
    },
    kept: logs,
  }
}
