import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { densityRatioLoss, fittedSharpness, hardNegativeLoss, listwiseLoss } from './haggle-losses.ts'

const logits = Float64Array.of(0.3, -1.2, 2, 0.1, -0.4, 1.1)
const chosen = Uint8Array.of(0, 1, 0, 0, 1, 0)
const generator = Float64Array.of(1, 0.2, -0.5, 2, 0, -1)
const weight = 0.7

type Loss = (logits: Float64Array, gradient: Float64Array) => number

/** Against (L(s + h) − L(s − h)) / 2h. */
function expectTrueGradient(loss: Loss, differentiated = loss): void {
  const gradient = new Float64Array(logits.length)
  loss(logits, gradient)
  const step = 1e-5
  logits.forEach((logit, at) => {
    const moved = (by: number) => differentiated(logits.with(at, logit + by), new Float64Array(logits.length))
    expect(gradient[at]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 8)
  })
}

describe('the listwise loss', () => {
  it('is the cross-entropy of the softmax', () => {
    const gradient = new Float64Array(3)
    const loss = listwiseLoss(Float64Array.of(0, Math.log(2), Math.log(5)), Uint8Array.of(0, 1, 0), 1, gradient)
    // softmax = 1/8, 2/8, 5/8.
    expect(loss).toBeCloseTo(Math.log(4), 12)
    expect([...gradient].map((value) => value * 8)).toEqual(
      [1, -6, 5].map((value) => expect.closeTo(value, 10) as number),
    )
  })

  it('has the gradient of its finite differences', () => {
    expectTrueGradient((at, gradient) => listwiseLoss(at, chosen, weight, gradient))
  })
})

describe('the density ratio', () => {
  it('has the gradient of its finite differences', () => {
    expectTrueGradient((at, gradient) => densityRatioLoss(at, chosen, weight, gradient, generator))
  })

  it('is 2 ln 2 for each that was chosen, and has nowhere to go, where generator and data are alike', () => {
    const gradient = new Float64Array(4)
    const alike = Float64Array.of(3, 3, -1000, -1000)
    const loss = densityRatioLoss(new Float64Array(4), Uint8Array.of(1, 1, 0, 0), 1, gradient, alike)
    expect(loss / 2).toBeCloseTo(2 * Math.log(2), 12)
    for (const value of gradient) expect(value).toBeCloseTo(0, 12)
  })

  it('is lowest at log p_data − log p', () => {
    const proposed = Float64Array.of(Math.log(0.5), Math.log(0.3), Math.log(0.2))
    // Everything is chosen once: p_data is 1/3 each.
    const ratio = proposed.map((logP) => Math.log(1 / 3) - logP)
    const gradient = new Float64Array(3)
    densityRatioLoss(ratio, Uint8Array.of(1, 1, 1), 1, gradient, proposed)
    for (const value of gradient) expect(value).toBeCloseTo(0, 12)
  })
})

describe('the hard negatives', () => {
  /** Written out as in the head comment, q held at the logits it began with. */
  const slow: Loss = (at) => {
    const negatives = [0, 2, 3, 5]
    const mass = negatives.reduce((sum, item) => sum + Math.exp(logits[item]), 0)
    const adversary = Math.log(
      negatives.reduce((sum, item) => sum + (Math.exp(logits[item]) / mass) * Math.exp(at[item]), 0),
    )
    return weight * [1, 4].reduce((sum, item) => sum + Math.log1p(Math.exp(adversary - at[item])), 0)
  }

  it('are worth what the formula says', () => {
    expect(hardNegativeLoss(logits, chosen, weight, new Float64Array(6))).toBeCloseTo(slow(logits, logits), 12)
  })

  it('have the gradient of finite differences in which the adversary holds still', () => {
    expectTrueGradient((at, gradient) => hardNegativeLoss(at, chosen, weight, gradient), slow)
  })

  it('pull hardest on the item that stands highest among those not chosen', () => {
    const gradient = new Float64Array(6)
    hardNegativeLoss(logits, chosen, weight, gradient)
    expect(gradient.indexOf(Math.max(...gradient))).toBe(2)
  })

  it('say nothing where everything was chosen', () => {
    const gradient = new Float64Array(6)
    expect(hardNegativeLoss(logits, Uint8Array.of(1, 1, 1, 1, 1, 1), weight, gradient)).toBe(0)
    expect([...gradient]).toEqual([0, 0, 0, 0, 0, 0])
  })
})

it('every loss adds to the gradient and stays finite far out', () => {
  const rng = createRng('far')
  const far = Float64Array.from({ length: 6 }, () => 2000 * rng.normal())
  const losses: Loss[] = [
    (at, gradient) => listwiseLoss(at, chosen, weight, gradient),
    (at, gradient) => densityRatioLoss(at, chosen, weight, gradient, generator),
    (at, gradient) => hardNegativeLoss(at, chosen, weight, gradient),
  ]
  for (const loss of losses) {
    const [once, twice] = [new Float64Array(6), new Float64Array(6)]
    expect(loss(far, once)).toBeGreaterThan(0)
    loss(far, twice)
    loss(far, twice)
    once.forEach((value, at) => expect(twice[at]).toBeCloseTo(2 * value, 10))
    expect(once.every(Number.isFinite)).toBe(true)
  }
})

it.each([0.05, 0.4, 1.5])('the generator is taken for as sure as choices say it is (%d)', (sharpness) => {
  const rng = createRng('sharpness')
  const lessons = Array.from({ length: 4000 }, () => {
    const said = Float64Array.from({ length: 20 }, () => 4 * rng.normal())
    // The highest of τ·g and a Gumbel draw is a draw from softmax(τ·g).
    const drawn = said.map((value) => sharpness * value - Math.log(-Math.log(rng.next())))
    const best = drawn.indexOf(Math.max(...drawn))
    return { generator: said, chosen: Uint8Array.from(said, (_, at) => +(at === best)) }
  })
  expect(fittedSharpness(lessons) / sharpness).toBeGreaterThan(0.9)
  expect(fittedSharpness(lessons) / sharpness).toBeLessThan(1.1)
})
