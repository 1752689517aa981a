import { afterAll, describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { backendNames, useBackend, wasmBackend } from '../kernels/backend.ts'
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import { heapSpace, openSpace, type Space } from '../kernels/space.ts'
import { createGame, type GameConfig, type GameLosses } from './cfgan-game.ts'

afterAll(() => useBackend({ backend: null, threads: null }))

const base: GameConfig = {
  scheme: 'ZP',
  // Neither a multiple of a register nor of a block.
  generatorLayers: [37, 21],
  discriminatorLayers: [29, 10],
  learningRate: 0.003,
  batchSize: 32,
  ridge: 0.001,
  dropout: 0.2,
  lambda: 0.5,
  zeroReconstruction: 0.1,
  zeroRatio: 3,
  maskRatio: 2,
}

/** Popular and rare columns, and three features a row. */
function conditions(
  rowCount: number,
  columnCount: number,
): { matrix: Csr; features: Float32Array; featureCount: number } {
  const rng = createRng('training')
  const [rows, columns] = [new Int32Array(15 * rowCount), new Int32Array(15 * rowCount)]
  for (let at = 0; at < rows.length; at++) {
    rows[at] = rng.int(rowCount)
    columns[at] = Math.floor(columnCount * rng.next() ** 2)
  }
  const matrix = csrFromTriples(rowCount, columnCount, rows, columns, new Float32Array(rows.length).fill(1))
  return { matrix, features: new Float32Array(3 * rowCount).map(() => rng.normal()), featureCount: 3 }
}

interface Setting {
  readonly what: string
  readonly conditions: ReturnType<typeof conditions>
  readonly config: GameConfig
  readonly epochs: number
}

/** Each way in which G can be asked (cfgan-selection.ts); whole rows are read in batches of 128 and more. */
const settings: readonly Setting[] = [
  { what: 'listed columns', conditions: conditions(200, 150), config: base, epochs: 5 },
  {
    what: 'whole rows',
    conditions: conditions(2100, 61),
    config: { ...base, batchSize: 140, maskRatio: 5, zeroRatio: 5 },
    epochs: 2,
  },
  {
    what: 'whole rows for the zeros only',
    conditions: conditions(2100, 150),
    config: { ...base, batchSize: 140, maskRatio: 1, zeroRatio: 5 },
    epochs: 2,
  },
]

/** The losses of every step, and what the networks know after them. */
async function train(setting: Setting, space: Space): Promise<{ losses: GameLosses[]; values: number[][] }> {
  const game = createGame(setting.conditions, setting.config, createRng('game'), space)
  const losses: GameLosses[] = []
  for (let epoch = 0; epoch < setting.epochs; epoch++) {
    await game.playEpoch(
      () => undefined,
      (step) => losses.push(step),
    )
  }
  const { trunk, output } = game.generator
  const values = [...trunk.parameters, ...output.parameters].map((parameter) => [...parameter.values])
  space.release()
  return { losses, values }
}

const places = backendNames.flatMap((name) => (name === 'plain' ? [1] : [1, 2]).map((threads) => ({ name, threads })))

describe.each(places)('the game in $name, threads: $threads', ({ name, threads }) => {
  it.each(settings)(
    'loses step by step what it loses in float64, and writes the same bytes from the same seed: $what',
    async (setting) => {
      await useBackend({ backend: name, threads })
      const taken = () => wasmBackend()?.arena.taken()
      const before = taken()
      const reference = await train(setting, heapSpace('float64'))
      const found = await train(setting, openSpace())
      expect(found.losses.length).toBe(reference.losses.length)
      expect(found.losses.length).toBeGreaterThan(15 * setting.epochs)
      found.losses.forEach((step, at) => {
        for (const kind of ['generator', 'discriminator', 'total'] as const) {
          const wanted = reference.losses[at][kind]
          expect(Math.abs(step[kind] - wanted) / wanted, `${kind} of step ${at}`).toBeLessThan(1e-4)
        }
      })
      expect(await train(setting, openSpace())).toEqual(found)
      expect(taken()).toBe(before)
    },
  )
})
