import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { heapSpace } from '../kernels/space.ts'
import { gradientSuite, parameterGradients, parameterValues } from '../nn/gradient-suite.ts'
import { clearGradient } from '../nn/parameter.ts'
import { createGruNetwork } from './gru-network.ts'

const sequences = [
  [0, 1, 2, 3],
  [4, 2],
  [3, 1, 0],
].map((items) => Int32Array.from(items))
const popularity = Float64Array.from([2, 2, 2, 2, 1])

describe('the network of the GRU', () => {
  const network = createGruNetwork(
    popularity,
    { factors: 3, dropout: 0, samples: 100 },
    createRng('gru'),
    heapSpace('float64'),
  )
  // Biases start at 0, where nothing tells a wrong sign of theirs.
  const rng = createRng('biases')
  for (const { values } of network.parameters)
    for (let at = 0; at < values.length; at++) values[at] += 0.3 * rng.normal()
  const loss = () => {
    const { loss: sum, positions } = network.learn(sequences)
    network.parameters.forEach(clearGradient)
    return sum / positions
  }
  gradientSuite({
    name: 'sequences of three lengths',
    values: parameterValues(network.parameters),
    loss,
    gradients: () => parameterGradients(network.parameters, () => void network.learn(sequences)),
  })

  it('asks at every position but the last', () => {
    expect(network.learn(sequences).positions).toBe(3 + 1 + 2)
  })
})

it('estimates the whole softmax from a sample of it, right in the mean', () => {
  const itemCount = 60
  const many = new Float64Array(itemCount).map((_, item) => 1 + (item % 7))
  const lossOf = (targets: readonly Int32Array[], samples: number) => {
    const options = { factors: 4, dropout: 0, samples }
    const network = createGruNetwork(many, options, createRng(`draws ${samples}`), heapSpace('float64'))
    const fixed = createRng('fixed')
    for (const { values } of network.parameters) for (let at = 0; at < values.length; at++) values[at] = fixed.normal()
    const { loss, positions } = network.learn(targets)
    return loss / positions
  }
  const rng = createRng('targets')
  const gaps = Array.from({ length: 200 }, (_, at) => {
    const targets = Array.from({ length: 4 }, () => Int32Array.from({ length: 5 }, () => rng.weighted(many)))
    return lossOf(targets, 20 + (at % 10)) - lossOf(targets, itemCount)
  })
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  expect(new Set(gaps).size).toBeGreaterThan(100)
  // The log of a sum that is right in the mean lies a little low.
  expect(mean).toBeGreaterThan(-0.06)
  expect(mean).toBeLessThan(0.02)
})
