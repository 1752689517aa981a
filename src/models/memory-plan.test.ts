/** What models say a fit will take, against what it took. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { wasmBackend } from '../kernels/backend.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { configFor, models } from './index.ts'

const [shoppers, items] = [1500, 1200]

function table() {
  const rng = createRng('plan')
  // A hundred are never met, so that there is something to map.
  const entries = Array.from({ length: 60_000 }, () => [rng.int(shoppers), rng.int(items - 100)])
  const matrix = csrFromTriples(
    shoppers,
    items,
    entries.map(([row]) => row),
    entries.map(([, column]) => column),
    entries.map(() => 1),
  )
  const content = csrFromTriples(
    items,
    2000,
    entries.map(([, item]) => item),
    entries.map(() => rng.int(2000)),
    entries.map(() => 0.1),
  )
  return { ...bareInteractions({ ...matrix, values: matrix.values.fill(1) }), content }
}

/** Sizes at which temporary garbage does not matter. */
const configs: Readonly<Record<string, object>> = {
  ease: { neighbours: 100 },
  ials: { factors: 128, iterations: 1 },
  cfgan: { epochs: 1, validationFraction: 0, generatorLayers: [400], discriminatorLayers: [200] },
  content: {},
  'item-knn': { neighbours: 600 },
  rp3beta: { neighbours: 600 },
  'user-knn': {},
  'co-occurrence': { neighbours: 600 },
  'session-knn': {},
  gru: { epochs: 1, factors: 128 },
  'low-pass': { factors: 100 },
  'sparse-ease': { support: 100 },
  vae: { epochs: 1, validationFraction: 0, hiddenLayers: [400], variational: true, factors: 100 },
  haggle: {
    bases: { ease: { model: 'ease', config: { neighbours: 100 } }, rp3beta: { model: 'rp3beta' } },
    folds: 2,
    steps: 5,
    seeds: 1,
  },
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

it.each(Object.keys(configs))('%s takes what it planned, to within a factor of two', async (name) => {
  const data = table()
  const model = models[name]
  const config = configFor(model, configs[name])
  const plan = model.plan?.(data, config)
  const arena = wasmBackend()?.arena
  const onHeap = () => process.memoryUsage().arrayBuffers
  // What tests before this one left is freed in the background.
  for (let round = 0; round < 5; round++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  arena?.peak()
  const [before, taken] = [onHeap(), arena?.taken() ?? 0]
  let highest = before
  const look = () => {
    highest = Math.max(highest, onHeap())
    return undefined
  }
  let breaths = 0
  const breathe = () => {
    // Garbage is not what a fit takes.
    if (breaths++ % 100 === 0) collect()
    return look()
  }
  await model.fit(data, config, { rng: createRng(1), breathe, progress: look, epoch: look })
  look()
  const took = highest - before + (arena?.peak() ?? 0) - taken
  const planned = (plan?.kernels ?? 0) + (plan?.heap ?? 0)
  expect(planned / took).toBeGreaterThan(0.5)
  expect(planned / took).toBeLessThan(2)
})
