import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { wasmBackend } from '../kernels/backend.ts'
import { configFor, modelNamed } from '../models/index.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { checkShop, cleanShop } from './check-shop.ts'
import { compareModels, evaluateShop } from './evaluate-shop.ts'
import { learnGeneration } from './learn-generation.ts'
import { trainGeneration, type TrainRun } from './pipeline.ts'
import { openTestShop, shop, type TasteOptions, tasteEvents } from './taste-fixture.ts'

const tastes: TasteOptions = {
  users: 60,
  groups: 3,
  itemsPerGroup: 12,
  fromDay: 0,
  untilDay: 60,
  visitsPerUser: 6,
  seed: 'tastes',
}

const alive = new Set<Worker>()
const count = (worker: Worker) => {
  alive.add(worker)
  worker.once('exit', () => alive.delete(worker))
}
beforeAll(() => void process.on('worker', count))
afterAll(() => void process.off('worker', count))

let close: (() => Promise<void>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

async function openShop(training: object, events = tastes) {
  const opened = await openTestShop(61, training)
  close = opened.close
  await opened.store.events.append(tasteEvents(events), opened.clock.now())
  return opened
}

/** Calls `act` once, when the training is in the middle of `stage`. */
function when(stage: RegExp, act: () => void): TrainRun['progress'] {
  let left = true
  return {
    report: (name, done, total, note = '') => {
      if (!left || !stage.test(`${name} ${note}`) || done % 1 === 0 || done >= total) return
      left = false
      act()
    },
  }
}

describe('a thread that learns', () => {
  it('learns the same bytes as this one, tells how it goes on, and is gone afterwards', async () => {
    const before = alive.size
    const config = { cfgan: { epochs: 3, generatorLayers: [16], validationFraction: 0 }, ials: { factors: 8 } }
    const { run, store } = await openShop({ models: ['ease', 'ials', 'rp3beta', 'cfgan'], config })
    const told = async (learnFrom?: typeof learnGeneration) => {
      const steps = new Set<string>()
      const epochs: string[] = []
      const progress = {
        report: (stage: string, _d: number, _t: number, note = '') => void steps.add(`${stage} ${note}`),
      }
      const onEpoch: TrainRun['onEpoch'] = (...epoch) => epochs.push(JSON.stringify(epoch))
      const outcome = await trainGeneration({ ...run, publish: false, progress, onEpoch }, learnFrom)
      const artefacts = await store.generations.artefacts(outcome.generation.id)
      return { steps, epochs, artefacts, gate: outcome.report.gate }
    }
    const apart = await told()
    expect(alive.size).toBe(before)
    expect(apart.artefacts.length).toBeGreaterThan(1)
    expect(apart.epochs.length).toBeGreaterThanOrEqual(3)
    expect(apart).toEqual(await told(learnGeneration))
  })

  it('evaluates and checks as this one does', async () => {
    const { run } = await openShop({ models: ['item-knn'] })
    const apart = await evaluateShop(run)
    const here = await evaluateShop(run, compareModels)
    // All but what it took.
    const figures = (board?: (typeof apart.surfaces)['session']) => board?.board.lines.map(({ metrics }) => metrics)
    expect(figures(apart.surfaces.session)).toEqual(figures(here.surfaces.session))
    const nowMs = run.clock.now()
    expect(await checkShop(run)).toEqual(await cleanShop({ catalogue: shop, config: run.config, nowMs }, run))
  })

  it('hands on what is wrong, in the words of who found it', async () => {
    const { run } = await openShop({}, { ...tastes, users: 0 })
    await expect(trainGeneration(run)).rejects.toMatchObject({
      code: 'no-data',
      message: expect.stringContaining('Import a log') as string,
    })
  })

  const large: TasteOptions = { ...tastes, users: 500, groups: 60, itemsPerGroup: 50, visitsPerUser: 20 }
  const long: Record<string, object> = {
    ease: {},
    ials: { iterations: 100_000 },
    cfgan: { epochs: 100_000, validationFraction: 0, generatorLayers: [256], batchSize: 256 },
  }
  // The machine may be busy with something else at the very moment.
  it.each(Object.keys(long))('stops within 100 ms in the middle of a long fit of %s', { retry: 5 }, async (model) => {
    const before = alive.size
    const { run, store, config } = await openShop({ models: [model], config: { [model]: long[model] } }, large)
    const abort = new AbortController()
    let abortedMs = 0
    const progress = when(new RegExp(`recommended-for-you .*${model} learns`), () => {
      abortedMs = performance.now()
      abort.abort()
    })
    await expect(trainGeneration({ ...run, progress, signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(abortedMs).toBeGreaterThan(0)
    expect(performance.now() - abortedMs).toBeLessThan(100)
    expect(alive.size).toBe(before)
    expect(await store.generations.list(shop)).toEqual([])
    expect(readdirSync(join(config.dataFolder, 'checkpoints'))).toHaveLength(1)
  })

  it('says so when it dies, leaves nothing half-done, and the next one carries on', async () => {
    const { run, store } = await openShop({ models: ['ease', 'rp3beta'] })
    const before = new Set(alive)
    const progress = when(/session .*is asked/, () => {
      for (const worker of alive) if (!before.has(worker)) void worker.terminate()
    })
    await expect(trainGeneration({ ...run, progress })).rejects.toThrow(/ended with code 1 .* Start it again/)
    expect(await store.generations.list(shop)).toEqual([])
    const { published, report } = await trainGeneration(run)
    expect([published, report.resumed]).toEqual([true, true])
  })
})

describe('a thousand small fits', () => {
  it('leave no threads, no room taken, and the process as large as it was', async () => {
    const rng = createRng('small')
    const entries = Array.from({ length: 900 }, () => [rng.int(80), rng.int(60)])
    const matrix = csrFromTriples(
      80,
      60,
      entries.map(([row]) => row),
      entries.map(([, column]) => column),
      entries.map(() => 1),
    )
    const data = bareInteractions({ ...matrix, values: matrix.values.fill(1) })
    const configs: Record<string, object> = {
      ease: {},
      ials: { factors: 16, iterations: 2 },
      rp3beta: {},
      cfgan: { epochs: 1, validationFraction: 0, generatorLayers: [16] },
    }
    const fit = (turn: number) => {
      const name = Object.keys(configs)[turn % 4]
      const silent = { progress: () => undefined, epoch: () => undefined, breathe: createBreathe() }
      return modelNamed(name).fit(data, configFor(modelNamed(name), configs[name]), { ...silent, rng: createRng(turn) })
    }
    for (let turn = 0; turn < 200; turn++) await fit(turn)
    const arena = wasmBackend()?.arena
    const [taken, threads, size] = [arena?.taken(), alive.size, process.memoryUsage().rss]
    for (let turn = 0; turn < 1000; turn++) await fit(turn)
    expect([arena?.taken(), alive.size]).toEqual([taken, threads])
    // Garbage of the heap comes and goes; a leak of one small fit's numbers (20 KB) would be 20 MB at least.
    expect(process.memoryUsage().rss - size).toBeLessThan(64 * 2 ** 20)
  })
})
