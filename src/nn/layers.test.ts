import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { type Activation, activate, activationGradient } from '../kernels/elementwise.ts'
import { heapSpace } from '../kernels/space.ts'
import type { SparsePattern } from '../kernels/sparse-rows-pattern.ts'
import { createDenseLayer } from './dense-layer.ts'
import { applyMask, dropoutMask } from './dropout.ts'
import { createEmbeddingBag, type SparseBatch } from './embedding-bag.ts'
import { createGatherLayer } from './gather-layer.ts'
import { gradientSuite, normals, parameterGradients, parameterValues, weightedSum } from './gradient-suite.ts'
import { createGruCell } from './gru-cell.ts'
import { createLayerNorm } from './layer-norm.ts'
import type { Matrix } from './parameter.ts'
import { createSampledLayer } from './sampled-layer.ts'
import { createTrunk } from './trunk.ts'

const space = heapSpace('float64')
const rng = () => createRng('layers')

/** An empty row, a full one, and a column met twice in one row. */
const pattern: SparsePattern = {
  rowCount: 4,
  columnCount: 5,
  pointers: Int32Array.of(0, 2, 2, 7, 9),
  columns: Int32Array.of(0, 3, 4, 2, 0, 1, 3, 1, 1),
}
const entries = normals(9, 'entries')
/** Beside it two features that every row has. */
const features: SparsePattern = {
  rowCount: 4,
  columnCount: 2,
  pointers: Int32Array.of(0, 2, 4, 6, 8),
  columns: Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1),
}
const featureValues = normals(8, 'features')
const batch: SparseBatch = [
  { pattern, values: entries },
  { pattern: features, values: featureValues },
]

function matrix(rowCount: number, columnCount: number, seed: string): Matrix {
  return { rowCount, columnCount, values: normals(rowCount * columnCount, seed) }
}

describe('dense layer', () => {
  const layer = createDenseLayer(5, 3, rng(), space)
  const input = matrix(4, 5, 'input')
  const direction = matrix(4, 3, 'direction')
  gradientSuite({
    name: 'dense layer',
    values: { ...parameterValues(layer.parameters), input: input.values },
    loss: () => weightedSum(direction.values, layer.forward(input).values),
    gradients: () => ({
      ...parameterGradients(layer.parameters, () => layer.addGradient(input, direction)),
      input: layer.inputGradient(direction).values,
    }),
  })
})

describe.each([
  ['gather layer', createGatherLayer],
  ['embedding bag', createEmbeddingBag],
] as const)('%s', (name, create) => {
  const layer = create(7, 6, rng(), space)
  const direction = matrix(4, 6, 'direction')
  gradientSuite({
    name,
    values: { ...parameterValues(layer.parameters), entries, features: featureValues },
    loss: () => weightedSum(direction.values, layer.forward(batch).values),
    gradients: () => ({
      ...parameterGradients(layer.parameters, () => layer.addGradient(batch, direction)),
      entries: layer.inputGradient(batch, 0, direction),
      features: layer.inputGradient(batch, 1, direction),
    }),
  })
})

it('a gather layer that knows what all parts but the last say says the same as one that does not', () => {
  const layer = createGatherLayer(7, 6, rng(), space)
  layer.parameters[1].values.set(normals(6, 'bias'))
  const known = layer.forward(batch.slice(0, 1))
  const found = layer.forward(batch, known, 'sigmoid')
  layer.forward(batch, undefined, 'sigmoid').values.forEach((output, at) => {
    expect(found.values[at]).toBeCloseTo(output, 12)
  })
})

describe('sampled layer', () => {
  const layer = createSampledLayer(7, 5, rng(), space)
  const input = matrix(4, 7, 'input')
  const direction = normals(9, 'direction')
  gradientSuite({
    name: 'sampled layer',
    values: { ...parameterValues(layer.parameters), input: input.values },
    loss: () => weightedSum(direction, layer.forward(input, pattern)),
    gradients: () => ({
      ...parameterGradients(layer.parameters, () => layer.addGradient(input, pattern, direction)),
      input: layer.inputGradient(pattern, direction).values,
    }),
  })
})

describe('sampled layer, asked for all', () => {
  const layer = createSampledLayer(7, 5, rng(), space)
  layer.parameters[1].values.set(normals(5, 'bias'))
  const input = matrix(4, 7, 'input')
  const direction = normals(20, 'direction')
  gradientSuite({
    name: 'sampled layer, asked for all',
    values: { ...parameterValues(layer.parameters), input: input.values },
    loss: () => weightedSum(direction, layer.forward(input, 'all')),
    gradients: () => ({
      ...parameterGradients(layer.parameters, () => layer.addGradient(input, 'all', direction)),
      input: layer.inputGradient('all', direction).values,
    }),
  })

  it('answers what a pattern of every pair answers', () => {
    const every = {
      rowCount: 4,
      columnCount: 5,
      pointers: Int32Array.of(0, 5, 10, 15, 20),
      columns: Int32Array.from({ length: 20 }, (_, at) => at % 5),
    }
    const [all, listed] = [layer.forward(input, 'all'), layer.forward(input, every)]
    all.forEach((output, at) => expect(output).toBeCloseTo(listed[at], 12))
  })
})

describe('embedding bag with a whole matrix between sparse parts', () => {
  const layer = createEmbeddingBag(10, 6, rng(), space)
  const whole = matrix(4, 3, 'whole')
  const parts: SparseBatch = [batch[0], whole, batch[1]]
  const direction = matrix(4, 6, 'direction')
  gradientSuite({
    name: 'embedding bag with a whole matrix between sparse parts',
    values: { ...parameterValues(layer.parameters), entries, whole: whole.values, features: featureValues },
    loss: () => weightedSum(direction.values, layer.forward(parts).values),
    gradients: () => ({
      ...parameterGradients(layer.parameters, () => layer.addGradient(parts, direction)),
      entries: layer.inputGradient(parts, 0, direction),
      whole: layer.inputGradient(parts, 1, direction),
      features: layer.inputGradient(parts, 2, direction),
    }),
  })
})

describe('gru cell', () => {
  const cell = createGruCell(3, 4, rng(), space)
  const inputs = [matrix(2, 3, 'first'), matrix(2, 3, 'second')]
  const start = matrix(2, 4, 'start')
  const direction = matrix(2, 4, 'direction')
  const run = () => {
    const first = cell.forward(inputs[0], start)
    return [first, cell.forward(inputs[1], first.next)]
  }
  const back = () => {
    const [first, second] = run()
    const late = cell.backward(second, direction)
    const early = cell.backward(first, late.hidden)
    return { first: early.input.values, second: late.input.values, start: early.hidden.values }
  }
  gradientSuite({
    name: 'two steps of a gru cell',
    values: {
      ...parameterValues(cell.parameters),
      first: inputs[0].values,
      second: inputs[1].values,
      start: start.values,
    },
    loss: () => weightedSum(direction.values, run()[1].next.values),
    gradients: () => ({ ...parameterGradients(cell.parameters, back), ...back() }),
  })

  it('keeps what it knows where it is told nothing new and its update gate stays open', () => {
    const steady = createGruCell(3, 4, rng(), space)
    // The middle third of the biases from the input: the update gate.
    steady.parameters[1].values.fill(50, 4, 8)
    const { next } = steady.forward(inputs[0], start)
    for (let at = 0; at < 8; at++) expect(next.values[at]).toBeCloseTo(start.values[at], 9)
  })
})

describe('layer norm', () => {
  const layer = createLayerNorm(5, space)
  layer.parameters[0].values.set(normals(5, 'gain'))
  layer.parameters[1].values.set(normals(5, 'bias'))
  const input = matrix(3, 5, 'input')
  const direction = matrix(3, 5, 'direction')
  gradientSuite({
    name: 'layer norm',
    values: { ...parameterValues(layer.parameters), input: input.values },
    loss: () => weightedSum(direction.values, layer.forward(input).output.values),
    gradients: () => ({
      ...parameterGradients(layer.parameters, () => void layer.backward(layer.forward(input), direction)),
      input: layer.backward(layer.forward(input), direction).values,
    }),
  })

  it('gives rows of mean 0 and spread 1 before it has learned', () => {
    const { values } = createLayerNorm(5, space).forward(input).output
    for (let row = 0; row < 3; row++) {
      const numbers = [...values.subarray(5 * row, 5 * row + 5)]
      expect(numbers.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12)
      expect(numbers.reduce((sum, value) => sum + value * value, 0) / 5).toBeCloseTo(1, 3)
    }
  })
})

describe('dropout', () => {
  const values = normals(12, 'values')
  const direction = normals(12, 'direction')
  const mask = dropoutMask(12, 0.4, rng(), space)
  const masked = (of: Float64Array) => {
    const copy = of.slice()
    applyMask(mask, copy)
    return copy
  }
  gradientSuite({
    name: 'dropout',
    values: { values },
    loss: () => weightedSum(direction, masked(values)),
    gradients: () => ({ values: masked(direction) }),
  })

  it('hides the share it is told and keeps the mean', () => {
    const many = [...dropoutMask(20_000, 0.3, rng(), space)]
    expect(many.filter((factor) => factor === 0).length / 20_000).toBeCloseTo(0.3, 1)
    expect(many.reduce((sum, factor) => sum + factor, 0) / 20_000).toBeCloseTo(1, 1)
  })
})

describe.each<Activation>(['sigmoid', 'tanh', 'relu', 'none'])('activation %s', (activation) => {
  const values = normals(12, 'values')
  const bias = normals(4, 'bias')
  const direction = normals(12, 'direction')
  const outputs = () => {
    const copy = values.slice()
    activate(activation, copy, bias)
    return copy
  }
  gradientSuite({
    name: activation,
    values: { values },
    loss: () => weightedSum(direction, outputs()),
    gradients: () => {
      const gradient = direction.slice()
      activationGradient(activation, outputs(), gradient)
      return { values: gradient }
    },
  })
})

describe('trunk', () => {
  const trunk = createTrunk({ inputs: 7, widths: [6, 4, 3], activation: 'tanh' }, rng(), space)
  const direction = normals(12, 'direction')
  const top = () => ({ rowCount: 4, columnCount: 3, values: direction.slice() })
  const gradients = () =>
    parameterGradients(trunk.parameters, () => trunk.addGradient(batch, trunk.forward(batch), top()))
  gradientSuite({
    name: 'trunk of three layers',
    values: { ...parameterValues(trunk.parameters), entries },
    loss: () => weightedSum(direction, trunk.forward(batch)[2].values),
    gradients: () => ({ ...gradients(), entries: trunk.inputGradient(batch, 0, trunk.forward(batch), top()) }),
  })

  it('leaves the gradients of its weights alone when only its input is asked about', () => {
    const asking = parameterGradients(trunk.parameters, () => {
      trunk.inputGradient(batch, 0, trunk.forward(batch), top())
    })
    for (const gradient of Object.values(asking)) expect(gradient.every((slope) => slope === 0)).toBe(true)
  })
})
