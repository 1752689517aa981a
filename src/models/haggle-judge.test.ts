import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { Net } from './haggle-discriminator.ts'
import { createJudge } from './haggle-judge.ts'

const [inputs, hidden, rows] = [7, 5, 40]
const rng = createRng('judge')
const numbers = (count: number) => Float32Array.from({ length: count }, () => rng.normal())

function net(centre: Float32Array = numbers(inputs), scale: Float32Array = numbers(inputs)): Net {
  const sizes = [inputs, 1, inputs * hidden, hidden, hidden * hidden, hidden, hidden, 1]
  return { centre, scale, parameters: sizes.map(numbers) }
}

/** One net and one candidate, as the formula has it, in float64. */
function plainly({ centre, scale, parameters }: Net, row: Float32Array): number {
  const [w, b, w1, b1, w2, b2, v, c] = parameters
  const seen = Array.from(row, (value, at) => (Number.isNaN(value) ? 0 : (value - centre[at]) * scale[at]))
  const layer = (input: readonly number[], weights: Float32Array, bias: Float32Array) =>
    Array.from(bias, (start, to) =>
      Math.tanh(input.reduce((sum, x, from) => sum + x * weights[from * hidden + to], start)),
    )
  const dot = (one: readonly number[], other: Float32Array) => one.reduce((sum, x, at) => sum + x * other[at], 0)
  return b[0] + dot(seen, w) + c[0] + dot(layer(layer(seen, w1, b1), w2, b2), v)
}

/** Some of them are not known. */
const features = numbers(rows * inputs).map((value) => (rng.next() < 0.1 ? Number.NaN : value))
const rowOf = (at: number) => features.subarray(at * inputs, (at + 1) * inputs)

describe('judging a slate at once', () => {
  const first = net()
  it.each([
    ['one net', [first]],
    ['nets taught on the same slates', [first, net(first.centre, first.scale), net(first.centre, first.scale)]],
    ['nets taught on different slates', [first, net()]],
  ])('gives the mean of the logits that each net gives each candidate: %s', (_, nets) => {
    const logits = createJudge(nets)(features)
    expect(logits).toHaveLength(rows)
    logits.forEach((logit, at) => {
      const mean = nets.reduce((sum, each) => sum + plainly(each, rowOf(at)) / nets.length, 0)
      expect(logit).toBeCloseTo(mean, 4)
    })
  })

  it('judges a candidate alike alone and among others, and again after another slate', () => {
    const judge = createJudge([net(), net()])
    const all = judge(features).slice()
    judge(numbers(3 * rows * inputs))
    for (const at of [0, 17, rows - 1]) expect(judge(rowOf(at))[0]).toBeCloseTo(all[at], 5)
    expect(judge(features)).toEqual(all)
  })
})
