import { afterAll, describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { backendNames, useBackend, wasmBackend } from '../kernels/backend.ts'
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import { heapSpace, openSpace, type Space } from '../kernels/space.ts'
import { createGame, type GameConfig, type GameLosses } from './cfgan-game.ts'

afterAll(() => useBackend({ backend: null, threads: null }))

const config: GameConfig = {
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

/** 200 rows × 150 columns, popular and rare ones, with three features a row. */
function conditions(): { matrix: Csr; features: Float32Array; featureCount: number } {
  const rng = createRng('training')
  const [rows, columns] = [new Int32Array(3000), new Int32Array(3000)]
  for (let at = 0; at < rows.length; at++) {
    rows[at] = rng.int(200)
    columns[at] = Math.floor(150 * rng.next() ** 2)
  }
  const matrix = csrFromTriples(200, 150, rows, columns, new Float32Array(3000).fill(1))
  return { matrix, features: new Float32Array(600).map(() => rng.normal()), featureCount: 3 }
}

/** The losses of every step of five epochs, and what the networks know after them. */
async function train(space: Space): Promise<{ losses: GameLosses[]; values: number[][] }> {
  const game = createGame(conditions(), config, createRng('game'), space)
  const losses: GameLosses[] = []
  for (let epoch = 0; epoch < 5; epoch++) {
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
  it('loses step by step what it loses in float64, and writes the same bytes from the same seed', async () => {
    await useBackend({ backend: name, threads })
    const taken = () => wasmBackend()?.arena.taken()
    const before = taken()
    const reference = await train(heapSpace('float64'))
    const found = await train(openSpace())
    expect(found.losses.length).toBe(5 * 16)
    found.losses.forEach((step, at) => {
      for (const kind of ['generator', 'discriminator', 'total'] as const) {
        const wanted = reference.losses[at][kind]
        expect(Math.abs(step[kind] - wanted) / wanted, `${kind} of step ${at}`).toBeLessThan(1e-4)
      }
    })
    expect(await train(openSpace())).toEqual(found)
    expect(taken()).toBe(before)
  })
})
