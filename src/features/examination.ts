/**
 * How likely a shopper looks at each place of an answer, told from the log: a click says as much about the place as about
 * the product.
 *
 * Position-based model (Craswell, Zoeter, Taylor, Ramsey 2008): P(taken | query q, product d, place k) = θ_k·α_qd. Only
 * pairs (q, d) that stood in more than one place tell θ from α (intervention harvesting: Agarwal, Zaitsev, Wang, Li,
 * Najork, Joachims, WSDM 2019). Over those, with N times shown and C taken, in turns until they settle:
 *   α_qd = (C_qd + 2·ᾱ)/(Σ_k N_qdk·θ_k + 2),  θ_k = (C_k + m·θ_{k−1})/(Σ_qd N_qdk·α_qd + m),  θ_1 = 1
 * the ascent of the Poisson likelihood, which for rates of clicks is nearly theirs and settles far sooner than
 * expectation maximisation. A place with little evidence (m = 10 expected clicks) takes after the one above it, and a
 * log that moved nothing about corrects nothing. Cost: rounds · (pairs × places seen); memory: 24 bytes each.
 */
export interface Sighting {
  /** Names query and product. */
  readonly pair: string
  /** 1-based. */
  readonly position: number
  readonly taken: boolean
}

/** Places further down count as the last. */
export const deepestPlace = 40
const rounds = 100
const placePrior = 10
const pairPrior = 2

/** θ of each place, the first is 1. */
export type Examination = readonly number[]

export const everyPlaceSeen: Examination = Array.from({ length: deepestPlace }, () => 1)

export function examinationAt(examination: Examination, position: number): number {
  return examination[Math.min(position, examination.length) - 1]
}

/** What a click is worth where places are looked at unequally: 1/θ, at most `most`, so that no single one decides. */
export function inversePropensity(examination: Examination, position: number, most = 10): number {
  return Math.min(most, 1 / examinationAt(examination, position))
}

export function estimateExamination(sightings: Iterable<Sighting>): Examination {
  const cells = gather(sightings)
  if (cells.pairCount === 0) return everyPlaceSeen
  const theta = new Float64Array(deepestPlace).fill(1)
  const taken = cells.taken.reduce((sum, count) => sum + count, 0)
  const usual = Math.max(1e-6, taken / cells.seen.reduce((sum, count) => sum + count, 0))
  const alpha = new Float64Array(cells.pairCount).fill(usual)
  for (let round = 0; round < rounds; round++) improve(theta, alpha, cells, usual)
  return Array.from(theta)
}

/** Sightings of one pair in one place. */
interface Cells {
  readonly pairCount: number
  readonly pair: Int32Array
  readonly place: Int32Array
  readonly seen: Float64Array
  readonly taken: Float64Array
}

function gather(sightings: Iterable<Sighting>): Cells {
  const pairs = new Map<string, Map<number, { seen: number; taken: number }>>()
  for (const { pair, position, taken } of sightings) {
    const place = Math.min(position, deepestPlace) - 1
    const places = pairs.get(pair) ?? new Map<number, { seen: number; taken: number }>()
    pairs.set(pair, places)
    const cell = places.get(place) ?? { seen: 0, taken: 0 }
    places.set(place, cell)
    cell.seen++
    cell.taken += Number(taken)
  }
  const moved = [...pairs.values()].filter((places) => places.size > 1)
  const flat = moved.flatMap((places, pair) => [...places].map(([place, cell]) => ({ pair, place, ...cell })))
  return {
    pairCount: moved.length,
    pair: Int32Array.from(flat, ({ pair }) => pair),
    place: Int32Array.from(flat, ({ place }) => place),
    seen: Float64Array.from(flat, ({ seen }) => seen),
    taken: Float64Array.from(flat, ({ taken }) => taken),
  }
}

function improve(theta: Float64Array, alpha: Float64Array, cells: Cells, usual: number): void {
  const [asked, wanted] = [new Float64Array(alpha.length).fill(pairPrior), new Float64Array(alpha.length)]
  for (let cell = 0; cell < cells.pair.length; cell++) {
    asked[cells.pair[cell]] += cells.seen[cell] * theta[cells.place[cell]]
    wanted[cells.pair[cell]] += cells.taken[cell]
  }
  for (let pair = 0; pair < alpha.length; pair++) alpha[pair] = (wanted[pair] + pairPrior * usual) / asked[pair]
  const [expected, taken] = [new Float64Array(theta.length), new Float64Array(theta.length)]
  for (let cell = 0; cell < cells.pair.length; cell++) {
    expected[cells.place[cell]] += cells.seen[cell] * alpha[cells.pair[cell]]
    taken[cells.place[cell]] += cells.taken[cell]
  }
  // Only products of the two are seen: the first place sets the scale.
  const scale = expected[0] > 0 ? taken[0] / expected[0] : 1
  for (let place = 1; place < theta.length; place++) {
    const raw = (taken[place] / Math.max(scale, 1e-6) + placePrior * theta[place - 1]) / (expected[place] + placePrior)
    theta[place] = Math.min(1, raw)
  }
}
