import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { describeJudgement, type Evidence, judge, passes } from './gate.ts'

const options = () => ({ rounds: 200, rng: createRng('gate') })
const noise = createRng('rows')
const popularity = Float64Array.from({ length: 60 }, () => 0.2 + 0.05 * noise.normal())
const shifted = (by: number, spread = 0.02) => popularity.map((value) => value + by + spread * noise.normal())
const evidence = (changes: Partial<Evidence>): Evidence => ({
  model: 'ease',
  candidate: shifted(0.1),
  popularity,
  live: null,
  sameRecipe: false,
  ...changes,
})

describe('the gate', () => {
  it('lets the first model through that beats popularity', () => {
    expect(judge(evidence({}), options()).verdict).toBe('passed')
  })

  it('stops what does not beat popularity, and popularity itself', () => {
    expect(judge(evidence({ candidate: shifted(-0.05) }), options()).verdict).toBe('no-better-than-popularity')
    expect(judge(evidence({ candidate: popularity }), options()).verdict).toBe('no-better-than-popularity')
  })

  it('stops a new recipe that is worse in the mean than what is live', () => {
    const judgement = judge(evidence({ live: shifted(0.11, 0) }), options())
    expect(judgement.verdict).toBe('worse-than-live')
    expect(passes(judgement)).toBe(false)
    expect(describeJudgement('session', judgement)).toMatch(
      /session: ease is worse than what is live on 60 rows: −0\.0/,
    )
  })

  it('would rather keep what is live than go without, where both are near popularity', () => {
    const judgement = judge(evidence({ candidate: shifted(-0.01), live: shifted(0.01) }), options())
    expect(judgement.verdict).toBe('worse-than-live')
  })

  it('takes the same recipe on newer data for a tie, unless the new data surely spoilt it', () => {
    const candidate = shifted(0.1, 0)
    const live = candidate.map((value, row) => value + (row % 2 === 0 ? 0.05 : -0.0499))
    expect(judge(evidence({ candidate, live, sameRecipe: true }), options()).verdict).toBe('passed')
    expect(judge(evidence({ candidate, live, sameRecipe: false }), options()).verdict).toBe('worse-than-live')
    const slightlyWorse = evidence({ candidate, live: candidate.map((value) => value * 1.03), sameRecipe: true })
    expect(judge(slightlyWorse, options()).verdict).toBe('passed')
    const spoilt = evidence({ candidate, live: shifted(0.2), sameRecipe: true })
    expect(judge(spoilt, options()).verdict).toBe('worse-than-live')
  })

  it('judges nothing on a handful of rows', () => {
    const few = evidence({ candidate: Float64Array.of(0, 0), popularity: Float64Array.of(1, 1) })
    const judgement = judge(few, options())
    expect(judgement.verdict).toBe('unjudged')
    expect(passes(judgement)).toBe(true)
  })
})
