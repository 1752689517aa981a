import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import { heapSpace } from '../kernels/space.ts'
import { conditionOf } from './cfgan-batches.ts'
import { createGame, type GameConfig } from './cfgan-game.ts'

const config: GameConfig = {
  scheme: 'ZR',
  generatorLayers: [16],
  discriminatorLayers: [8],
  learningRate: 0.01,
  batchSize: 16,
  ridge: 0.001,
  dropout: 0,
  lambda: 1,
  zeroReconstruction: 0.1,
  zeroRatio: 2,
  maskRatio: 2,
}
const columnCount = 60

/** Twenty rows without any pattern: the even ones hold 20 random columns, the odd ones 2. */
function unevenRows(): Csr {
  const rng = createRng('uneven')
  const entries = Array.from({ length: 20 }, (_, row) => {
    const columns = rng.shuffle(Int32Array.from({ length: columnCount }, (_, column) => column))
    return Array.from(columns.slice(0, row % 2 === 0 ? 20 : 2), (column) => [row, column] as const)
  }).flat()
  const [rows, columns] = [0, 1].map((at) => entries.map((entry) => entry[at]))
  return csrFromTriples(20, columnCount, rows, columns, new Float32Array(rows.length).fill(1))
}

describe('the game of two networks', () => {
  it('proposes a rare row to strangers no more than a popular one: both are told "no" as often', async () => {
    const matrix = unevenRows()
    const conditions = { matrix, features: null, featureCount: 0 }
    const space = heapSpace('float32')
    const game = createGame(conditions, config, createRng('game'), space)
    for (let epoch = 0; epoch < 150; epoch++) await game.playEpoch(createBreathe())
    const everywhere = Int32Array.from({ length: columnCount }, (_, column) => column)
    const missing = (row: number): number => {
      const entries = new Set(matrix.columns.subarray(matrix.pointers[row], matrix.pointers[row + 1]))
      const trace = game.generator.trunk.forward(conditionOf(conditions, Int32Array.of(row), space))
      const pattern = { rowCount: 1, columnCount, pointers: Int32Array.of(0, columnCount), columns: everywhere }
      const outputs = Array.from(game.generator.output.forward(trace[trace.length - 1], pattern)).filter(
        (_, at) => !entries.has(at),
      )
      return outputs.reduce((sum, output) => sum + output / outputs.length, 0)
    }
    const mean = (odd: number) => everywhere.slice(0, 10).reduce((sum, at) => sum + missing(2 * at + odd) / 10, 0)
    // Told "no" in proportion to what they have, rare rows end up 0.1 above popular ones.
    expect(mean(1)).toBeLessThan(mean(0) + 0.03)
  })
})
