import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { Activation } from './activation.ts'
import { activate, activationGradient } from './activation.ts'
import { createDenseLayer } from './dense-layer.ts'
import { createGatherLayer } from './gather-layer.ts'
import { gradientSuite, normals, parameterGradients, parameterValues, weightedSum } from './gradient-suite.ts'
import { createSampledLayer } from './sampled-layer.ts'
import type { SparsePattern } from '../kernels/sparse-rows.ts'
import { createTrunk } from './trunk.ts'

/** An empty row, a full one, and a column met twice in one batch. */
const pattern: SparsePattern = {
  rowCount: 4,
  pointers: Int32Array.of(0, 2, 2, 7, 9),
  columns: Int32Array.of(0, 3, 4, 2, 0, 1, 3, 1, 4),
}
const rng = () => createRng('layers')

describe('dense layer', () => {
  const layer = createDenseLayer(5, 3, rng(), 'float64')
  const input = { rowCount: 4, columnCount: 5, values: normals(20, 'input') }
  const direction = { rowCount: 4, columnCount: 3, values: normals(12, 'direction') }
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

describe('gather layer', () => {
  const layer = createGatherLayer(5, 6, rng(), 'float64')
  const values = normals(9, 'entries')
  const direction = { rowCount: 4, columnCount: 6, values: normals(24, 'direction') }
  gradientSuite({
    name: 'gather layer',
    values: { ...parameterValues(layer.parameters), entries: values },
    loss: () => weightedSum(direction.values, layer.forward({ pattern, values }).values),
    gradients: () => ({
      ...parameterGradients(layer.parameters, () => layer.addGradient({ pattern, values }, direction)),
      entries: layer.inputGradient(pattern, direction),
    }),
  })

  it('touches only the rows of the items it met', () => {
    const few = { rowCount: 1, pointers: Int32Array.of(0, 2), columns: Int32Array.of(4, 1) }
    const fresh = createGatherLayer(5, 6, rng(), 'float64')
    fresh.addGradient(
      { pattern: few, values: normals(2, 'x') },
      { rowCount: 1, columnCount: 6, values: normals(6, 'y') },
    )
    const [table] = fresh.parameters
    expect([...table.touchedRows.slice(0, table.touchedCount)]).toEqual([4, 1])
  })
})

describe('sampled layer', () => {
  const layer = createSampledLayer(7, 5, rng(), 'float64')
  const input = { rowCount: 4, columnCount: 7, values: normals(28, 'input') }
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

describe.each<Activation>(['sigmoid', 'tanh', 'relu'])('activation %s', (activation) => {
  const values = normals(12, 'values')
  const direction = normals(12, 'direction')
  const outputs = () => {
    const copy = values.slice()
    activate(activation, copy)
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

  it('lets NaN through', () => {
    const broken = Float64Array.of(Number.NaN)
    activate(activation, broken)
    expect(broken[0]).toBeNaN()
  })
})

describe('trunk', () => {
  const trunk = createTrunk({ inputs: 5, widths: [6, 4, 3], activation: 'tanh' }, rng(), 'float64')
  const values = normals(9, 'entries')
  const direction = normals(12, 'direction')
  const top = () => ({ rowCount: 4, columnCount: 3, values: direction.slice() })
  gradientSuite({
    name: 'trunk of three layers',
    values: { ...parameterValues(trunk.parameters), entries: values },
    loss: () => weightedSum(direction, trunk.forward({ pattern, values })[2].values),
    gradients: () => ({
      ...parameterGradients(trunk.parameters, () =>
        trunk.addGradient({ pattern, values }, trunk.forward({ pattern, values }), top()),
      ),
      entries: trunk.inputGradient(pattern, trunk.forward({ pattern, values }), top()),
    }),
  })

  it('leaves the gradients of its weights alone when only its input is asked about', () => {
    const before = parameterGradients(trunk.parameters, () => undefined)
    trunk.inputGradient(pattern, trunk.forward({ pattern, values }), top())
    expect(trunk.parameters.map(({ gradient }) => [...gradient])).toEqual(
      Object.values(before).map((slope) => [...slope]),
    )
  })
})
