/**
 * How a budget of fits is spent: many settings on one fold, the better half of them on more, and so on.
 *
 * Successive halving (Jamieson & Talwalkar, AISTATS 2016): on rung r, ⌈n/2^r⌉ settings have been asked 2^r of the
 * choosing folds (all of them on the last); n is the largest number that the budget carries. What wins is then asked
 * the confirming folds beside the standard, which had no part in the choice.
 */

export interface Rung {
  /** How many settings are on it, the standard among them. */
  readonly count: number
  /** Folds they are asked here: [from, to). */
  readonly from: number
  readonly to: number
}

export interface RungPlan {
  readonly rungs: readonly Rung[]
  /** Fits of all rungs and of the confirmation. */
  readonly fits: number
}

export interface FoldCounts {
  readonly choosing: number
  readonly confirming: number
}

/** The standard and one other, everywhere. */
export function fewestFits({ choosing, confirming }: FoldCounts): number {
  return 2 * (choosing + confirming)
}

/** @param fits at least `fewestFits` */
export function planRungs(fits: number, folds: FoldCounts, mostSettings: number): RungPlan {
  let plan = planFor(2, folds)
  for (let count = 3; count <= mostSettings; count++) {
    const larger = planFor(count, folds)
    if (larger.fits > fits) break
    plan = larger
  }
  return plan
}

function planFor(settings: number, { choosing, confirming }: FoldCounts): RungPlan {
  const rungs: Rung[] = []
  for (let from = 0, to = 1; from < choosing; from = to, to = Math.min(choosing, 2 * to)) {
    rungs.push({ count: Math.max(2, Math.ceil(settings / 2 ** rungs.length)), from, to })
  }
  const choice = rungs.reduce((sum, { count, from, to }) => sum + count * (to - from), 0)
  return { rungs, fits: choice + 2 * confirming }
}
