/**
 * Tells an operator that shoppers have changed: what they do is no longer what the live generation expects.
 *
 * Every first new thing a shopper takes in a while is marked by how expected it was (models/expectation.ts), and compared
 * with the same marks of the held-out past that were stored when the generation was made. x = share of those that were
 * less surprising, ½ on average as long as nothing changes; and x' likewise by what a small logistic discriminator says,
 * which is taught to tell fresh marks from one half of the stored, placed among the other half, and only ever asked
 * about what it has not seen (so that the mean of x' is its area under the curve). Null hypothesis: a mean of at most
 * ½ + `allowance` for both: a generation ages a little every day, and the stored marks are a sample. Evidence is gathered by betting
 * (evaluate/anytime-test.ts), half of the capital on either, so that p holds however often it is looked at. O(stored) an
 * event; a lesson every `lessonEvery` events.
 */
import { createAnytimeTest } from '../evaluate/anytime-test.ts'
import { type Discriminator, teachLogistic } from '../evaluate/logistic.ts'

export interface DriftState {
  /** 1 at the beginning; ever below α with a chance of at most α where nothing has changed. */
  readonly pValue: number
  /** Mean x; ½: as expected. */
  readonly surprise: number
  /** Mean x': area under the curve of the discriminator on what it had not seen; ½ before its first lesson. */
  readonly discrimination: number
  readonly observations: number
}

/** Before anything was observed. */
export const noDrift: DriftState = { pValue: 1, surprise: 0.5, discrimination: 0.5, observations: 0 }

export interface DriftDetector {
  /** @param marks of one thing taken, as `expectation` makes them */
  observe(marks: readonly number[]): void
  readonly state: DriftState
  /** All it has gathered, plain data, to go on from after a restart. */
  readonly kept: DriftEvidence
}

export interface DriftEvidence {
  readonly observations: number
  readonly judged: number
  readonly peak: number
  readonly capital: readonly number[]
  readonly sums: readonly number[]
  readonly tests: readonly (readonly number[])[]
  readonly fresh: readonly (readonly number[])[]
}

/** With fewer stored marks than this, what is usual is not known well enough: there is no detector. */
export const fewestStored = 100
const allowance = 0.04
const lessonEvery = 40
const ridge = 0.02
/** Fresh marks the discriminator is taught with: the latest. */
const mostTaught = 1000

type Marks = readonly number[]

const noEvidence: DriftEvidence = {
  ...{ observations: 0, judged: 0, peak: 1, capital: [1, 1], sums: [0, 0], tests: [[], []], fresh: [] },
}

/** `null` where there are too few. @param kept of one that looked at the same stored marks */
export function createDriftDetector(stored: readonly Marks[], kept = noEvidence): DriftDetector | null {
  if (stored.length < fewestStored) return null
  const surprises = Float64Array.from(stored, ([surprise]) => surprise).sort()
  const [taught, asked] = [0, 1].map((half) => stored.filter((_, at) => at % 2 === half))
  const tests = kept.tests.map((each) => createAnytimeTest(0.5 + allowance, each))
  const fresh = [...kept.fresh]
  let discriminator: { readonly of: Discriminator; readonly usual: Float64Array } | null = null
  const [capital, sums] = [[...kept.capital], [...kept.sums]]
  let { observations, judged, peak } = kept
  const learn = (): void => {
    const of = teachLogistic(taught, fresh, ridge)
    discriminator = { of, usual: Float64Array.from(asked, (each) => of.logit(each)).sort() }
  }
  if (observations >= lessonEvery) learn()
  return {
    observe: (marks) => {
      observations++
      const x = placeAmong(surprises, marks[0])
      sums[0] += x
      capital[0] = tests[0].observe(x)
      if (discriminator !== null) {
        const other = placeAmong(discriminator.usual, discriminator.of.logit(marks))
        judged++
        sums[1] += other
        capital[1] = tests[1].observe(other)
      }
      peak = Math.max(peak, (capital[0] + capital[1]) / 2)
      fresh.push(marks)
      if (fresh.length > mostTaught) fresh.shift()
      if (observations % lessonEvery === 0) learn()
    },
    get kept() {
      return { observations, judged, peak, capital, sums, tests: tests.map((each) => each.kept), fresh }
    },
    get state() {
      return {
        pValue: 1 / peak,
        surprise: observations === 0 ? 0.5 : sums[0] / observations,
        discrimination: judged === 0 ? 0.5 : sums[1] / judged,
        observations,
      }
    },
  }
}

/** Share of `sorted` below the value, equals counting half. */
function placeAmong(sorted: Float64Array, value: number): number {
  return (bound(sorted, (each) => each < value) + bound(sorted, (each) => each <= value)) / (2 * sorted.length)
}

/** How many at the front are `before`. */
function bound(sorted: Float64Array, before: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (before(sorted[middle])) low = middle + 1
    else high = middle
  }
  return low
}
