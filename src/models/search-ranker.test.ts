import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { defaultTrees, sumTrees, teachTrees } from './boosted-trees.ts'
import { defaultSearchRanker, learnSearchRanker, rankScores, type SearchLesson } from './search-ranker.ts'

const width = 3
const candidates = 30
/** The best candidates have a second signal near the middle: no straight line finds them, and the prior knows nothing. */
function lessons(count: number, seed: string, tells: boolean): SearchLesson[] {
  const rng = createRng(seed)
  return Array.from({ length: count }, () => {
    const features = Float32Array.from({ length: candidates * width }, () => rng.next())
    const gains = Float64Array.from({ length: candidates }, (_, row) => {
      const value = tells ? Math.abs(features[row * width + 1] - 0.5) : rng.next()
      return value < 0.1 ? 1 : 0
    })
    return { features, gains, prior: Float64Array.from({ length: candidates }, () => rng.next()) }
  })
}
/** Share of the gains within the first five. */
const measureOn = (own: readonly SearchLesson[]) => (scores: Float64Array, at: number) => {
  const { gains } = own[at]
  const order = [...gains.keys()].sort((a, b) => scores[b] - scores[a])
  const all = gains.reduce((sum, gain) => sum + gain, 0)
  return all === 0 ? 0 : order.slice(0, 5).reduce((sum, row) => sum + gains[row], 0) / Math.min(5, all)
}
const config = { ...defaultSearchRanker, trees: { ...defaultTrees, trees: 40, fewest: 20 } }
const mean = (own: readonly SearchLesson[], scoresOf: (lesson: SearchLesson) => Float64Array) =>
  own.reduce((sum, lesson, at) => sum + measureOn(own)(scoresOf(lesson), at), 0) / own.length

describe('boosted trees', () => {
  it('learn a bend that no weighing of the signals can follow', async () => {
    const trees = await teachTrees(lessons(60, 'taught', true), width, config.trees, createRng('1'), createBreathe())
    const asked = lessons(40, 'asked', true)
    expect(mean(asked, ({ features }) => sumTrees(trees, features, width))).toBeGreaterThan(0.8)
    expect(mean(asked, ({ prior }) => prior)).toBeLessThan(0.4)
  })

  it('say nothing where nothing was graded', async () => {
    const [lesson] = lessons(1, 'x', true)
    const trees = await teachTrees(
      [{ ...lesson, gains: new Float64Array(candidates) }],
      width,
      config.trees,
      createRng('1'),
      createBreathe(),
    )
    expect([...sumTrees(trees, lesson.features, width)].every((value) => value === 0)).toBe(true)
  })
})

describe('a search ranker', () => {
  it('is taught where it helps on queries it has not seen', async () => {
    const own = lessons(60, 'taught', true)
    const { ranker, guard } = await learnSearchRanker(
      own,
      width,
      measureOn(own),
      config,
      createRng('1'),
      createBreathe(),
    )
    expect(guard.wins).toBeGreaterThan(0.99)
    expect(guard.learnt).toBeGreaterThan(guard.prior + 0.2)
    const asked = lessons(40, 'asked', true)
    expect(mean(asked, (lesson) => rankScores(ranker, lesson))).toBeGreaterThan(0.6)
  })

  it('stands back where grades follow nothing that it can see', async () => {
    const own = lessons(60, 'noise', false).map((lesson) => ({ ...lesson, prior: lesson.gains.slice() }))
    const { ranker, guard } = await learnSearchRanker(
      own,
      width,
      measureOn(own),
      config,
      createRng('1'),
      createBreathe(),
    )
    expect(ranker).toBeNull()
    expect(guard.learnt).toBeLessThanOrEqual(guard.prior)
    const order = (scores: Float64Array) => [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b)
    expect(order(rankScores(ranker, own[0]))).toEqual(order(own[0].prior))
  })
})
