import { beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { ease } from './ease.ts'
import { sum } from './explain.ts'
import { createHaggle, type HaggleConfig } from './haggle.ts'
import { ials } from './ials.ts'
import type { Fitted, Query } from './model.ts'
import { configFor } from './index.ts'
import { popularity } from './popularity.ts'

const [rowCount, itemCount, groups] = [200, 60, 4]
const haggle = createHaggle({ ease, ials, popularity }, configFor)
const bases = {
  ease: { model: 'ease', config: { ridge: 20 } },
  ials: { model: 'ials', config: { factors: 8 }, weight: 2 },
  popularity: { model: 'popularity', weight: 0 },
}
const query: Query = {
  items: Int32Array.of(3, 7, 22),
  weights: Float32Array.of(1, 1, 1),
  ageDays: null,
  features: null,
}

function fit(changed: Partial<HaggleConfig> = {}): Promise<Fitted> {
  const rng = createRng('reasons')
  const rows: number[] = []
  const columns: number[] = []
  for (let row = 0; row < rowCount; row++) {
    const own = Array.from({ length: itemCount / groups }, (_, at) => (row % groups) + groups * at)
    // Six of one's own, and two of anything.
    for (const item of new Set([...rng.shuffle(own).slice(0, 6), rng.int(itemCount), rng.int(itemCount)])) {
      rows.push(row)
      columns.push(item)
    }
  }
  const matrix = csrFromTriples(
    rowCount,
    itemCount,
    rows,
    columns,
    rows.map(() => 1),
  )
  const run = { rng: createRng('fit'), breathe: () => undefined, progress: () => undefined, epoch: () => undefined }
  const config = { ...haggle.defaults, bases, candidates: 30, batchSize: 32, seeds: 2, adversarialWeights: [0.3] }
  return haggle.fit(bareInteractions(matrix), { ...config, ...changed }, run)
}

function scoresOf(fitted: Fitted): Float32Array {
  const scores = new Float32Array(itemCount)
  fitted.score(query, scores)
  return scores
}

describe('the reasons of the haggle', () => {
  let fitted: Fitted
  let unseen: number[]
  const explain = (item: number) => fitted.explain?.(query, item) ?? expect.fail('it gives no reasons')
  beforeAll(async () => {
    fitted = await fit()
    const scores = scoresOf(fitted)
    unseen = [...scores.keys()].filter((item) => !query.items.includes(item)).sort((a, b) => scores[b] - scores[a])
  })

  it('give every base model its share, and those without one none', () => {
    const { score, voices = [] } = explain(unseen[0])
    expect(voices.map(({ name }) => name)).toEqual(['ease', 'ials', 'popularity'])
    expect(voices.map(({ share }) => share)).toEqual([1 / 3, 2 / 3, 0])
    expect(voices.reduce((total, voice) => total + voice.share * voice.score, 0)).toBeCloseTo(score, 10)
    for (const voice of voices) expect(voice.rest + sum(voice.history)).toBeCloseTo(voice.score, 10)
  })

  it('standardise what a base model says over all that has not been met', () => {
    const of = unseen.map((item) => explain(item).voices?.[0].score ?? Number.NaN)
    const mean = of.reduce((total, z) => total + z, 0) / of.length
    expect(mean).toBeCloseTo(0, 4)
    expect(of.reduce((total, z) => total + (z - mean) ** 2, 0) / of.length).toBeCloseTo(1, 4)
  })

  it('add up to what the discriminator says beyond the usual, item by item', () => {
    for (const item of unseen.slice(0, 30)) {
      const { judgement } = explain(item)
      if (judgement === null || judgement === undefined) return expect.fail('it was on the slate')
      const total = judgement.parts.reduce((all, { part }) => all + part, 0)
      expect(Math.abs(judgement.score - judgement.usual - total)).toBeLessThan(1e-3)
      expect(Math.abs(judgement.gap)).toBeLessThan(1e-3)
    }
  })

  it('judge by what really orders the list', () => {
    const judged = unseen.slice(0, 30).map((item) => explain(item).judgement?.score ?? Number.NaN)
    expect(judged).toEqual([...judged].sort((a, b) => b - a))
    expect(new Set(judged).size).toBeGreaterThan(20)
  })

  it('say nothing of a judgement on what was not proposed, nor where no discriminator was taught', async () => {
    expect(explain(unseen[45]).judgement).toBeNull()
    const untaught = await fit({ maximumSlates: 4 })
    expect(untaught.explain?.(query, unseen[0]).judgement).toBeNull()
  })

  it('count the proposal itself where the discriminator tells a density ratio', async () => {
    const ratio = await fit({ objective: 'density ratio' })
    const scores = scoresOf(ratio)
    const first = [...scores.keys()].reduce((best, item) => (scores[item] > scores[best] ? item : best), 0)
    const judgement = ratio.explain?.(query, first).judgement
    expect(judgement?.parts.at(-1)).toMatchObject({ name: 'the proposal itself' })
    expect(Math.abs(judgement?.gap ?? Number.NaN)).toBeLessThan(1e-3)
  })
})
