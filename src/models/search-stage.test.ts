import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { inversePropensity } from '../features/examination.ts'
import { deviations, stageColumns, stageJudge, tasteOf } from './search-order.ts'
import { type Learner, learners, type StageSlate, teachStage } from './search-stage.ts'

const width = stageColumns.shop.length
const examination = Array.from({ length: 10 }, (_, at) => 1 / (at + 1))

/** Ten products in the order of their words; wanted is what has a high second feature, and the top is looked at most. */
function clicks(count: number, seed: string, corrected: boolean): { slates: StageSlate[]; wanted: Float64Array[] } {
  const rng = createRng(seed)
  const slates: StageSlate[] = []
  const wanted: Float64Array[] = []
  while (slates.length < count) {
    const textual = deviations(Array.from({ length: 10 }, () => rng.normal()))
      .sort()
      .reverse()
    const rows = new Float32Array(10 * width)
    const own = new Float64Array(10)
    const votes = new Float64Array(10)
    for (let at = 0; at < 10; at++) {
      rows[at * width] = textual[at]
      rows[at * width + 2] = rng.normal()
      own[at] = 1 / (1 + Math.exp(1.5 - 2 * rows[at * width + 2] - 0.2 * textual[at]))
      const place = at + 1
      if (rng.next() < own[at] * examination[at]) votes[at] = corrected ? inversePropensity(examination, place) : 1
    }
    if (votes.every((vote) => vote === 0)) continue
    slates.push({ rows, votes })
    wanted.push(own)
  }
  return { slates, wanted }
}

/** How often the wanted of two stands above the other. */
async function agreement(learner: Learner, corrected: boolean): Promise<number> {
  const { slates } = clicks(600, 'taught', corrected)
  const state = await teachStage('shop', learner, slates, createRng('teach'), createBreathe())
  const judge = stageJudge('shop', JSON.parse(JSON.stringify(state)) as typeof state)
  const { slates: asked, wanted } = clicks(200, 'asked', corrected)
  let [right, all] = [0, 0]
  asked.forEach(({ rows }, slate) => {
    const scores = judge?.(rows) ?? []
    for (let a = 0; a < 10; a++) {
      for (let b = 0; b < 10; b++) {
        if (wanted[slate][a] <= wanted[slate][b]) continue
        all++
        if (scores[a] > scores[b]) right++
      }
    }
  })
  return right / all
}

describe('a stage', () => {
  for (const learner of learners) {
    it(`learns what is wanted from what was taken, by ${learner}`, async () => {
      expect(await agreement(learner, true)).toBeGreaterThan(0.85)
    })
  }

  it('is misled less by the places where things stood than one that counts every click alike', async () => {
    expect(await agreement('listwise', true)).toBeGreaterThan((await agreement('listwise', false)) + 0.01)
  })

  it('is absent where it was taught with other columns', async () => {
    const { slates } = clicks(40, 'columns', true)
    const state = await teachStage('shop', 'listwise', slates, createRng('teach'), createBreathe())
    expect(stageJudge('shop', state)).not.toBeNull()
    expect(stageJudge('shop', { ...state, columns: [...state.columns, 'younger'] })).toBeNull()
    expect(stageJudge('shopper', state)).toBeNull()
  })
})

it('deviations are 0 where all are alike, and have four decimals', () => {
  expect([...deviations([3, 3, 3])]).toEqual([0, 0, 0])
  expect([...deviations([1, 2, 3])]).toEqual([-1.2247, 0, 1.2247])
})

it('a taste knows nothing of a product that its model does not', () => {
  const taste = tasteOf(Float32Array.from([0, 1, 5]), (id) => (id === 'new' ? -1 : Number(id)))
  expect(taste('new' as never)).toBe(0)
  expect(taste('2' as never)).toBeGreaterThan(0)
  expect(taste('0' as never)).toBeLessThan(0)
})
