import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { heapSpace } from '../kernels/space.ts'
import type { SparsePart } from '../nn/embedding-bag.ts'
import { gradientSuite, parameterGradients, parameterValues } from '../nn/gradient-suite.ts'
import { createAutoencoder, lengthOf, type NetworkShape } from './vae-network.ts'

const items = 7
const rows: SparsePart = {
  pattern: {
    rowCount: 3,
    columnCount: items,
    pointers: Int32Array.of(0, 3, 4, 6),
    columns: Int32Array.of(0, 2, 5, 3, 1, 6),
  },
  values: Float64Array.of(1, 0.5, 2, 1, 0.25, 3),
}

const shapes: Readonly<Record<string, NetworkShape>> = {
  'a plain autoencoder': { items, widths: [4, 3], code: null, dropout: 0.3, negatives: null },
  'a variational autoencoder': { items, widths: [4, 3], code: 2, dropout: 0.3, negatives: null },
  'one with drawn outputs': { items, widths: [4], code: 2, dropout: 0.3, negatives: 2 },
}

for (const [name, shape] of Object.entries(shapes)) {
  const space = heapSpace('float64')
  const [beta, scale] = [0.4, 0.7]
  // The same weights, and afterwards the same chances, however often it is asked.
  const open = () => createAutoencoder(shape, createRng('weights'), space)
  const first = open()
  const ask = () => {
    const network = open()
    network.parameters.forEach(({ values }, at) => values.set(first.parameters[at].values))
    return network
  }
  gradientSuite({
    name,
    values: parameterValues(first.parameters),
    loss: () => {
      const { likelihood, divergence } = ask().learn(rows, beta, scale)
      return scale * (likelihood + beta * divergence)
    },
    gradients: () => {
      const network = ask()
      return parameterGradients(network.parameters, () => network.learn(rows, beta, scale))
    },
  })
}

describe('the losses', () => {
  const space = heapSpace('float64')

  it('are those of even shares and of a standard normal where nothing has been learnt', () => {
    const network = createAutoencoder(shapes['a variational autoencoder'], createRng('zeros'), space)
    for (const { values } of network.parameters) values.fill(0)
    const { likelihood, divergence } = network.learn(rows, 1, 1)
    const strength = Array.from(rows.values).reduce((sum, value) => sum + value, 0)
    expect(likelihood).toBeCloseTo(strength * Math.log(items), 12)
    expect(divergence).toBe(0)
  })

  it('are in the mean over draws those of all outputs where drawn items stand for the others', () => {
    const whole = { items: 40, widths: [3], code: null, dropout: 0, negatives: null }
    const wide = { ...rows, pattern: { ...rows.pattern, columnCount: 40 } }
    const lossOf = (shape: NetworkShape) => {
      const network = createAutoencoder(shape, createRng('same'), space)
      for (const { values } of network.parameters) values.fill(0.1)
      return network.learn(wide, 0, 1).likelihood
    }
    // With equal outputs every draw stands for the others exactly.
    expect(lossOf({ ...whole, negatives: 5 })).toBeCloseTo(lossOf(whole), 10)
  })
})

it('hands out its last layer one row an item, however it was kept', () => {
  const space = heapSpace('float64')
  const [whole, drawn] = [null, 3].map((negatives) =>
    createAutoencoder({ items, widths: [2], code: null, dropout: 0, negatives }, createRng('turn'), space),
  )
  const kept = whole.parameters.at(-2)?.values ?? []
  const table = whole.weights().at(-2) ?? []
  for (let item = 0; item < items; item++) {
    for (let unit = 0; unit < 2; unit++) expect(table[2 * item + unit]).toBeCloseTo(kept[unit * items + item], 6)
  }
  expect(drawn.weights().at(-2)).toEqual(Float32Array.from(drawn.parameters.at(-2)?.values ?? []))
})

it('measures the length of a row, and 1 where there is none', () => {
  expect(lengthOf(Float32Array.of(3, 4))).toBe(5)
  expect(lengthOf(new Float32Array(0))).toBe(1)
})
