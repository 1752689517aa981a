import { describe, expect, it } from 'vitest'
import { gradientSuite, normals } from './gradient-suite.ts'
import { addSquaredError, binaryCrossEntropy, sigmoid, softplus } from './losses.ts'

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
