import { describe, expect, it } from 'vitest'
import { gradientSuite, normals } from './gradient-suite.ts'
import {
  addNormalDivergence,
  addSquaredError,
  binaryCrossEntropy,
  generatorLoss,
  pairwiseRanking,
  sigmoid,
  softplus,
} from './losses.ts'
import { sampledSoftmaxLoss, softmaxLoss } from './softmax-losses.ts'

describe('losses', () => {
  for (const label of [0, 1] as const) {
    const logits = normals(8, 'logits')
    gradientSuite({
      name: `cross-entropy with label ${label}`,
      values: { logits },
      loss: () => 0.5 * binaryCrossEntropy(logits, label, 1, new Float64Array(8)),
      gradients: () => {
        const gradient = new Float64Array(8)
        binaryCrossEntropy(logits, label, 0.5, gradient)
        return { logits: gradient }
      },
    })
  }

  for (const form of ['minimax', 'nonSaturating'] as const) {
    const logits = normals(8, 'logits')
    gradientSuite({
      name: `${form} loss of a generator`,
      values: { logits },
      loss: () => 0.5 * generatorLoss(form, logits, 1, new Float64Array(8)),
      gradients: () => {
        const gradient = new Float64Array(8)
        generatorLoss(form, logits, 0.5, gradient)
        return { logits: gradient }
      },
    })
  }

  it('pull a generator that is seen through hardest in the form that does not saturate', () => {
    const pulls = (['minimax', 'nonSaturating'] as const).map((form) => {
      const gradient = new Float64Array(1)
      generatorLoss(form, Float64Array.of(-9), 1, gradient)
      return gradient[0]
    })
    expect(pulls[0]).toBeCloseTo(-sigmoid(-9), 12)
    expect(pulls[1]).toBeCloseTo(-sigmoid(9), 12)
  })

  const [wanted, unwanted] = [normals(8, 'wanted'), normals(8, 'unwanted')]
  gradientSuite({
    name: 'pairwise ranking',
    values: { wanted, unwanted },
    loss: () => 0.7 * pairwiseRanking(wanted, unwanted, 1, new Float64Array(8), new Float64Array(8)),
    gradients: () => {
      const gradients = { wanted: new Float64Array(8), unwanted: new Float64Array(8) }
      pairwiseRanking(wanted, unwanted, 0.7, gradients.wanted, gradients.unwanted)
      return gradients
    },
  })

  const [means, logVariances] = [normals(6, 'means'), normals(6, 'variances')]
  gradientSuite({
    name: 'divergence from the unit normal distribution',
    values: { means, logVariances },
    loss: () => 0.2 * addNormalDivergence(means, logVariances, 1, new Float64Array(6), new Float64Array(6)),
    gradients: () => {
      const gradients = { means: new Float64Array(6), logVariances: new Float64Array(6) }
      addNormalDivergence(means, logVariances, 0.2, gradients.means, gradients.logVariances)
      return gradients
    },
  })

  it('find no divergence of the unit normal distribution from itself', () => {
    const none = () => new Float64Array(1)
    expect(addNormalDivergence(none(), none(), 1, none(), none())).toBe(0)
  })

  const logits = { rowCount: 3, columnCount: 5, values: normals(15, 'logits') }
  const taken = {
    // The second row took nothing.
    pattern: { rowCount: 3, columnCount: 5, pointers: Int32Array.of(0, 2, 2, 3), columns: Int32Array.of(4, 1, 0) },
    values: Float64Array.of(1, 2, 1),
  }
  gradientSuite({
    name: 'softmax loss',
    values: { logits: logits.values },
    loss: () => 0.4 * softmaxLoss(logits, taken, 1, new Float64Array(15)),
    gradients: () => {
      const gradient = new Float64Array(15)
      softmaxLoss(logits, taken, 0.4, gradient)
      return { logits: gradient }
    },
  })

  const drawn = { rowCount: 3, columnCount: 5, pointers: Int32Array.of(0, 4, 4, 7), columns: new Int32Array(7) }
  const [sampled, chances] = [normals(7, 'sampled'), normals(7, 'chances')]
  const chosen = Float64Array.of(1, 0, 0, 2, 0, 1, 0)
  gradientSuite({
    name: 'sampled softmax loss',
    values: { sampled },
    loss: () => 0.4 * sampledSoftmaxLoss(drawn, sampled, chosen, chances, 1, new Float64Array(7)),
    gradients: () => {
      const gradient = new Float64Array(7)
      sampledSoftmaxLoss(drawn, sampled, chosen, chances, 0.4, gradient)
      return { sampled: gradient }
    },
  })

  it('are the same by softmax over all items and over a sample that holds them all', () => {
    const all = { rowCount: 3, columnCount: 5, pointers: Int32Array.of(0, 5, 10, 15), columns: new Int32Array(15) }
    const weights = Float64Array.of(0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)
    const [full, sample] = [new Float64Array(15), new Float64Array(15)]
    const loss = softmaxLoss(logits, taken, 1, full)
    // Chances that are all alike change nothing.
    const alike = new Float64Array(15).fill(-3)
    expect(sampledSoftmaxLoss(all, logits.values, weights, alike, 1, sample)).toBeCloseTo(loss, 12)
    full.forEach((slope, at) => expect(sample[at]).toBeCloseTo(slope, 12))
  })

  const outputs = normals(8, 'outputs')
  gradientSuite({
    name: 'squared error',
    values: { outputs },
    loss: () => 0.3 * addSquaredError(outputs, 0.7, 1, new Float64Array(8)),
    gradients: () => {
      const gradient = new Float64Array(8)
      addSquaredError(outputs, 0.7, 0.3, gradient)
      return { outputs: gradient }
    },
  })

  it('adds the squared error to a gradient that is already there', () => {
    const gradient = Float64Array.of(5)
    addSquaredError(Float64Array.of(3), 1, 1, gradient)
    expect(gradient[0]).toBe(9)
  })

  it('stays finite and exact where a naive logarithm overflows', () => {
    expect(softplus(1000)).toBe(1000)
    expect(softplus(-1000)).toBe(0)
    expect(softplus(-40)).toBeCloseTo(Math.exp(-40), 30)
    expect(sigmoid(-1000)).toBe(0)
    expect(sigmoid(1000)).toBe(1)
  })
})
