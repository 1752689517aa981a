/** What answers led to, as numbers that can be added up, and the rates made of them. */

/** Sums; every one of them starts at 0. */
export interface Counts {
  /** Answers given. */
  answers: number
  /** Items shown in them. */
  shown: number
  clicks: number
  /** Answers of which something was clicked; each once. */
  clickedAnswers: number
  carts: number
  /** Lines bought. */
  purchases: number
  /** Answers of which something was put into the cart, bought or converted; each once. */
  convertedAnswers: number
  /** Price times pieces of what was bought, in minor units. */
  revenueMinor: number
}

export function noCounts(): Counts {
  return {
    answers: 0,
    shown: 0,
    clicks: 0,
    clickedAnswers: 0,
    carts: 0,
    purchases: 0,
    convertedAnswers: 0,
    revenueMinor: 0,
  }
}

export function addCounts(sum: Counts, other: Readonly<Counts>): void {
  for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += other[name]
}

/** A share with its 95 % interval. */
export interface Rate {
  readonly hits: number
  readonly trials: number
  /** `null` where nothing was tried. */
  readonly share: number | null
  readonly low: number
  readonly high: number
}

/**
 * The Wilson interval: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), z = 1.96. It holds for few trials and rates
 * near 0, where the usual one does not. Source: Wilson 1927, JASA 22.
 */
export function rate(hits: number, trials: number): Rate {
  if (trials === 0) return { hits, trials, share: null, low: 0, high: 1 }
  const z = 1.959964
  const share = hits / trials
  const centre = share + (z * z) / (2 * trials)
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))
  const norm = 1 + (z * z) / trials
  return {
    hits,
    trials,
    share,
    low: Math.max(0, (centre - spread) / norm),
    high: Math.min(1, (centre + spread) / norm),
  }
}

/** Click-through: answers clicked / answers given. */
export const clickThrough = (counts: Readonly<Counts>): Rate => rate(counts.clickedAnswers, counts.answers)
/** Conversion: answers that led to a cart, a purchase or a conversion / answers given. */
export const conversion = (counts: Readonly<Counts>): Rate => rate(counts.convertedAnswers, counts.answers)
