/**
 * What a shopper had in hand lately, and how firmly: what lies in the cart before what was glanced at weeks ago.
 *
 * score(i) = exp(Σ_k w_k·m_k(i)), as a share of their sum, for what stands in the history; everything else comes behind in
 * the order of popularity. The marks m are logarithms: strength, 1 + age in days, 1 + items touched later, shoppers who
 * have it, 1 + minutes before the latest touch; and 1 where something was taken since. Where the log keeps every step, w
 * is learnt by a conditional logit from each visit in which something known was taken (strength `takenAtLeast`, reached
 * for the first time): what of all that stood there, and was not yet taken, was it? Maximum likelihood with
 * ½·ridge·‖w − w₀‖², a visit that took n weighing 1/√n, by Newton's method; w₀ are the three exponents of the
 * configuration and 0, so that without steps the score is strength^a·(1 + days)^(−b)·(1 + items touched later)^(−c).
 * It foresees nothing new; as a base of the haggle it puts forward what may be met again. Fit O(steps) and, a round,
 * O(visits × their histories); score O(items + history). Sources: McFadden, "Conditional logit analysis", 1974; recency
 * and strength of Anderson et al., "The dynamics of repeat consumption", WWW 2014; power laws of forgetting, Anderson and
 * Schooler, Psychological Science 1991.
 */
import { choleskyFactor, choleskySolve } from '../kernels/cholesky.ts'
import type { Interactions, Steps } from '../preprocess/interactions.ts'
import type { Fitted, FitRun, Model, ModelState, Query } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, trainingMatrix } from './training-matrix.ts'
import { stepQuery, visitsOf } from './visit-questions.ts'

export interface RevisitConfig {
  readonly strengthExponent: number
  readonly ageExponent: number
  readonly placeExponent: number
  /** What has this strength is taken: a purchase. */
  readonly takenAtLeast: number
  /** A silence this long ends a visit. */
  readonly pauseMinutes: number
  /** How strongly what is learnt is held to the exponents. */
  readonly ridge: number
}

const name = 'revisit'
const version = 2

export const revisit: Model<RevisitConfig> = {
  name,
  defaults: {
    strengthExponent: 1,
    ageExponent: 0.3,
    placeExponent: 0.5,
    takenAtLeast: 5,
    pauseMinutes: 30,
    ridge: 10,
  },
  space: {
    strengthExponent: { from: 0, to: 3, scale: 'linear' },
    ageExponent: { from: 0, to: 1, scale: 'linear' },
    placeExponent: { from: 0, to: 2, scale: 'linear' },
  },
  fit: async (data, config, run) => {
    await run.breathe()
    const matrix = trainingMatrix(name, data, { binarise: true, halfLifeDays: 30 })
    const holders = new Float32Array(matrix.columnCount)
    for (const item of matrix.columns) holders[item]++
    const start = [config.strengthExponent, -config.ageExponent, -config.placeExponent, 0, 0, 0]
    const choices = data.steps === undefined ? [] : await choicesOf(data, data.steps, config, run)
    return fitted({
      model: name,
      version,
      config,
      itemCount: matrix.columnCount,
      arrays: { prior: popularityPrior(matrix), holders, weights: await fitLogit(choices, start, config, run) },
    })
  },
  load: fitted,
}

const markCount = 6
const minutesADay = 24 * 60

/** entries of the history × marks, row-major. */
function marksOf(query: Query, holders: (item: number) => number, takenAtLeast: number): Float64Array {
  const { items, weights, ageDays } = query
  const marks = new Float64Array(items.length * markCount)
  const latest = ageDays?.at(-1) ?? 0
  let taken = 0
  for (let at = items.length - 1; at >= 0; at--) {
    const age = ageDays?.[at] ?? 0
    marks.set(
      [
        Math.log(weights[at]),
        Math.log1p(Math.max(0, age)),
        Math.log(items.length - at),
        Math.log(Math.max(1, holders(items[at]))),
        taken,
        Math.log1p(minutesADay * Math.max(0, age - latest)),
      ],
      at * markCount,
    )
    if (weights[at] >= takenAtLeast) taken = 1
  }
  return marks
}

/** A visit: what could have been taken of what was known, and what was. */
interface Choice {
  readonly marks: readonly Float64Array[]
  readonly chosen: readonly number[]
  readonly weight: number
}

async function choicesOf(
  { rowWeights, matrix }: Interactions,
  steps: Steps,
  config: RevisitConfig,
  { breathe }: FitRun,
): Promise<Choice[]> {
  const { takenAtLeast, pauseMinutes } = config
  const holdersBefore = holdersOverTime(steps, matrix.columnCount)
  const choices: Choice[] = []
  for (let row = 0; row < matrix.rowCount; row++) {
    await breathe()
    for (const ask of visitsOf(steps, row, { hideAtLeast: takenAtLeast, pauseMinutes })) {
      const query = stepQuery(steps, ask)
      const open = [...query.items.keys()].filter((at) => query.weights[at] < takenAtLeast)
      const chosen = open.flatMap((at, place) => (ask.hidden.has(query.items[at]) ? [place] : []))
      if (chosen.length === 0 || chosen.length === open.length) continue
      const marks = marksOf(query, (item) => holdersBefore(item, ask.ageDays), takenAtLeast)
      choices.push({
        marks: open.map((at) => marks.subarray(at * markCount, (at + 1) * markCount)),
        chosen,
        weight: (rowWeights?.[row] ?? 1) / Math.sqrt(chosen.length),
      })
    }
  }
  return choices
}

/** How many rows had met an item before a moment so many days ago. */
function holdersOverTime({ pointers, columns, ageDays }: Steps, itemCount: number) {
  const ages: number[][] = Array.from({ length: itemCount }, () => [])
  for (let row = 0; row + 1 < pointers.length; row++) {
    const met = new Set<number>()
    for (let step = pointers[row]; step < pointers[row + 1]; step++) {
      if (!met.has(columns[step])) ages[columns[step]].push(ageDays[step])
      met.add(columns[step])
    }
  }
  for (const own of ages) own.sort((one, other) => other - one)
  return (item: number, before: number): number => {
    const own = ages[item]
    let [low, high] = [0, own.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (own[middle] > before) low = middle + 1
      else high = middle
    }
    return low
  }
}

const rounds = 20

/** The weights; `start` where there is nothing to learn from. */
async function fitLogit(
  choices: readonly Choice[],
  start: readonly number[],
  { ridge }: RevisitConfig,
  { breathe }: FitRun,
): Promise<Float32Array> {
  let weights = Float64Array.from(start)
  for (let round = 0, last = Infinity; round < rounds && choices.length > 0; round++) {
    await breathe()
    const { loss, slope, curve } = derivatives(choices, weights, start, ridge)
    if (!(loss < last - 1e-9) || !choleskyFactor(curve, markCount)) break
    last = loss
    choleskySolve(curve, markCount, slope)
    let step = 1
    const moved = () => weights.map((weight, at) => weight - step * slope[at])
    while (step > 1e-3 && derivatives(choices, moved(), start, ridge).loss > loss) step /= 2
    weights = moved()
  }
  return Float32Array.from(weights)
}

/** Of the penalised negative log likelihood; `curve` is its Hessian, of which the lower triangle is filled. */
function derivatives(choices: readonly Choice[], weights: Float64Array, start: readonly number[], ridge: number) {
  const slope = weights.map((weight, at) => ridge * (weight - start[at]))
  const curve = new Float64Array(markCount * markCount)
  for (let at = 0; at < markCount; at++) curve[at * markCount + at] = ridge
  let loss = weights.reduce((sum, weight, at) => sum + (ridge / 2) * (weight - start[at]) ** 2, 0)
  for (const { marks, chosen, weight } of choices) {
    const logits = marks.map((own) => weighted(own, weights))
    const highest = Math.max(...logits)
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0)
    const mean = new Float64Array(markCount)
    const mass = weight * chosen.length
    for (const [at, own] of marks.entries()) {
      const share = Math.exp(logits[at] - highest) / total
      for (let mark = 0; mark < markCount; mark++) {
        mean[mark] += share * own[mark]
        for (let other = 0; other <= mark; other++) {
          curve[mark * markCount + other] += mass * share * own[mark] * own[other]
        }
      }
    }
    for (let mark = 0; mark < markCount; mark++) {
      slope[mark] += mass * mean[mark]
      for (let other = 0; other <= mark; other++) curve[mark * markCount + other] -= mass * mean[mark] * mean[other]
    }
    for (const at of chosen) {
      loss -= weight * (logits[at] - highest - Math.log(total))
      for (let mark = 0; mark < markCount; mark++) slope[mark] -= weight * marks[at][mark]
    }
  }
  return { loss, slope, curve }
}

function weighted(marks: Float64Array, weights: ArrayLike<number>): number {
  return marks.reduce((sum, mark, at) => sum + mark * weights[at], 0)
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const { takenAtLeast } = state.config as RevisitConfig
  const opened = openState(state, name, version)
  const prior = opened.floats('prior', itemCount)
  const holders = opened.floats('holders', itemCount)
  const weights = opened.floats('weights', markCount)
  return {
    itemCount,
    score: (query, scores) => {
      scores.set(prior)
      const marks = marksOf(query, (item) => holders[item], takenAtLeast)
      const logits = Float64Array.from(query.items, (_, at) =>
        weighted(marks.subarray(at * markCount, (at + 1) * markCount), weights),
      )
      const highest = logits.reduce((high, logit) => Math.max(high, logit), Number.NEGATIVE_INFINITY)
      const shares = logits.map((logit) => Math.exp(logit - highest))
      const total = shares.reduce((sum, share) => sum + share, 0)
      query.items.forEach((item, at) => (scores[item] += shares[at] / total))
    },
    serialise: () => state,
  }
}
