import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { Evaluation } from './evaluate.ts'
import { describeLeaderboard, rankContestants } from './leaderboard.ts'
import { metricNames } from './metrics.ts'

const names = metricNames([1])

function evaluation(values: readonly number[]): Evaluation {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    metrics: Object.fromEntries(names.map((name) => [name, mean])),
    perRow: Object.fromEntries(names.map((name) => [name, Float64Array.from(values)])),
    rows: Int32Array.from(values, (_, row) => row),
    coverage: 0.5,
    exposureGini: 0.4,
    popularityLift: 0,
    novelty: 3,
    diversity: null,
    miscalibration: null,
    seconds: 1,
    millisecondsPerRow: 0.1,
  }
}

const options = () => ({ cutoffs: [1], rounds: 200, rng: createRng('board') })
const contestant = (model: string, values: readonly number[]) => ({
  model,
  evaluation: evaluation(values),
  fitSeconds: 2,
})

describe('the leaderboard', () => {
  it('puts the best first and says how far the others are behind, paired by row', () => {
    const better = Array.from({ length: 40 }, (_, row) => (row % 4) / 4 + 0.2)
    const worse = better.map((value) => value - 0.1)
    const board = rankContestants([contestant('worse', worse), contestant('better', better)], options())
    expect(board.lines.map(({ model }) => model)).toEqual(['better', 'worse'])
    expect(board.lines[0].toBest).toBeNull()
    expect(board.lines[1].toBest?.high).toBeCloseTo(-0.1, 10)
    expect(board.rows).toBe(40)
  })

  it('says how far the best one is ahead of the next and of popularity, each by its own interval', () => {
    const best = Array.from({ length: 40 }, (_, row) => (row % 4) / 4 + 0.2)
    const behind = (by: number) => best.map((value, row) => value - by - (row % 2) / 100)
    const all = [contestant('popularity', behind(0.3)), contestant('second', behind(0.1)), contestant('first', best)]
    const board = rankContestants(all, options())
    const { runnerUp, popularity } = board.lead
    expect([runnerUp?.model, runnerUp?.mean, popularity?.mean]).toEqual([
      'second',
      expect.closeTo(0.105, 10),
      expect.closeTo(0.305, 10),
    ])
    expect(runnerUp?.low).toBeLessThan(runnerUp?.mean ?? 0)
    expect(describeLeaderboard(board)).toMatch(
      /first leads in G@1: \+0\.1050 \(.*\) before second, \+0\.3050 \(.*\) before pop/,
    )
    expect(rankContestants(all.slice(2), options()).lead).toEqual({ runnerUp: null, popularity: null })
    expect(describeLeaderboard(rankContestants(all.slice(2), options()))).not.toMatch(/leads/)
  })

  it('gives equal models equal intervals', () => {
    const values = [0, 1, 0, 1, 1]
    const { lines } = rankContestants([contestant('a', values), contestant('b', values)], options())
    expect(lines[0].primary).toEqual(lines[1].primary)
    expect(lines[1].toBest).toEqual({ mean: 0, low: 0, high: 0 })
  })

  it('prints one aligned line a model', () => {
    const board = rankContestants([contestant('a', [1, 0]), contestant('longer-name', [0, 0])], options())
    const lines = describeLeaderboard(board).split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[1]).toMatch(/^a {12}0\.5000 .* best /)
    expect(lines[2]).toMatch(/^longer-name {2}0\.0000 .* −0\.5000 \(−1\.0000 … \+0\.0000\)/)
  })

  it('survives a JSON round trip unchanged', () => {
    const board = rankContestants([contestant('a', [1, 0])], options())
    expect(JSON.parse(JSON.stringify(board))).toEqual(board)
  })

  it('is empty without contestants', () => {
    expect(rankContestants([], options())).toMatchObject({ rows: 0, lines: [] })
  })
})
