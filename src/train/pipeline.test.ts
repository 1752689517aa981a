import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import type { ItemId } from '../domain/ids.ts'
import { modelNamed } from '../models/index.ts'
import { decodeBundle } from '../models/state.ts'
import type { Store } from '../store/store.ts'
import { learnGeneration } from './learn-generation.ts'
import { heldOut } from './generation-report.ts'
import { describeTraining, trainGeneration as trainApart, type TrainRun } from './pipeline.ts'
import { opened, openTestShop, shop, type TasteOptions, tasteEvents } from './taste-fixture.ts'

const classical = ['popularity', 'item-knn', 'ease']
const tastes: TasteOptions = {
  users: 80,
  groups: 4,
  itemsPerGroup: 15,
  fromDay: 0,
  untilDay: 60,
  visitsPerUser: 6,
  seed: 'tastes',
}

/** In this thread, for speed; learning-thread.test.ts sees to it that the other one does the same. */
const trainGeneration = (run: TrainRun) => trainApart(run, learnGeneration)

let close: (() => Promise<void>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

async function openShop(options: { readonly models?: readonly string[]; readonly events?: TasteOptions } = {}) {
  const opened = await openTestShop(61, { models: options.models ?? classical })
  close = opened.close
  await opened.store.events.append(tasteEvents(options.events ?? tastes), opened.clock.now())
  return opened
}

/** The best items of the live recommended-for-you for someone who has `history`. */
async function liveTop(store: Store, history: readonly string[], count: number): Promise<string[]> {
  const id = await store.generations.live(shop)
  if (id === null) throw new Error('nothing is live')
  const { items, surfaces } = decodeBundle(await store.generations.artefacts(id))
  const state = surfaces['recommended-for-you']
  if (state === undefined) throw new Error('not trained')
  const known = createVocabulary(items)
  const scores = new Float32Array(items.length)
  const entries = Int32Array.from(history, (item) => known.indexOf(item as ItemId))
  const weights = new Float32Array(entries.length).fill(1)
  modelNamed(state.model).load(state).score({ items: entries, weights, ageDays: null, features: null }, scores)
  const order = items.map((_, index) => index).filter((index) => !entries.includes(index))
  return order
    .sort((a, b) => scores[b] - scores[a])
    .slice(0, count)
    .map((index) => items[index])
}

const groupOf = (item: string) => Math.floor(Number(item.slice(1)) / tastes.itemsPerGroup)

describe('a training', () => {
  it('publishes a generation that knows tastes, and says how it came about', async () => {
    const { run, store, config } = await openShop()
    const outcome = await trainGeneration(run)
    expect(outcome.published).toBe(true)
    expect(await store.generations.live(shop)).toBe(outcome.generation.id)
    expect((await liveTop(store, ['i20', 'i22'], 5)).map(groupOf)).toEqual([1, 1, 1, 1, 1])
    const stored = await store.generations.get(outcome.generation.id)
    expect(stored).toMatchObject({ status: 'ready', parent: null, seed: 'haggle' })
    expect(stored?.dataSequence).toBe((await store.events.counts(shop)).lastSequence)
    const report = outcome.report.surfaces['recommended-for-you']
    expect(report?.judgement.verdict).toBe('passed')
    expect(report?.validation.lines.map(({ model }) => model).sort()).toEqual([...classical].sort())
    expect(heldOut(outcome.generation.report)['recommended-for-you']['G@20']).toBeGreaterThan(0.1)
    expect(describeTraining(outcome)).toMatch(/recommended-for-you: .* passed on \d+ rows[^]*is live/)
    expect(readdirSync(join(config.dataFolder, 'checkpoints'))).toEqual([])
  })

  it('trains every surface its data allows', async () => {
    const { run, store } = await openShop()
    const { generation } = await trainGeneration(run)
    const { surfaces, weights, behaviourScales } = decodeBundle(await store.generations.artefacts(generation.id))
    expect(Object.keys(surfaces).sort()).toEqual([
      'bought-together',
      'recommended-for-you',
      'related-products',
      'session',
    ])
    expect(weights.purchase).toBe(run.config.preprocess.weights.purchase)
    expect(behaviourScales.length).toBeGreaterThan(5)
  })

  it('gives the same generation for the same data and seed', async () => {
    const { run, store } = await openShop({ models: ['ease'] })
    const bytes = async () => {
      const { generation } = await trainGeneration({ ...run, publish: false })
      return (await store.generations.artefacts(generation.id)).map((each) =>
        Buffer.from(each.bytes).toString('base64'),
      )
    }
    expect(await bytes()).toEqual(await bytes())
  })

  it('passes the same recipe on newer data, and names the generation before', async () => {
    const { run, store, clock } = await openShop()
    const first = await trainGeneration(run)
    const more = { ...tastes, fromDay: 60, untilDay: 90, seed: 'later' }
    await store.events.append(tasteEvents(more), clock.now())
    clock.set(opened + 91 * dayMs)
    const second = await trainGeneration(run)
    expect(second.published).toBe(true)
    expect(second.generation.parent).toBe(first.generation.id)
    expect(second.generation.id > first.generation.id).toBe(true)
    // The first learnt nothing from the test part, so it was judged as it stands.
    const board = second.report.surfaces['recommended-for-you']?.test.lines.map(({ model }) => model)
    expect(board).toContain('live')
    expect(await store.generations.rollback(shop, clock.now(), 'test')).toBe(first.generation.id)
  })

  it('refuses what does not beat popularity, keeps the report, and leaves what is live alone', async () => {
    const { run, store } = await openShop({ models: ['popularity'] })
    const outcome = await trainGeneration(run)
    expect([outcome.published, outcome.generation.status]).toEqual([false, 'refused'])
    expect(await store.generations.live(shop)).toBeNull()
    expect((await store.generations.list(shop))[0].report).toMatchObject({ gate: { passed: false, forced: false } })
    expect(describeTraining(outcome)).toMatch(/does not beat popularity[^]*was refused/)
  })

  it('leaves out a surface that does not beat popularity, and publishes the others', async () => {
    // No shopper comes back to a group: what they liked speaks against what they like next, while visits hold together.
    const groupOf = (user: number, visit: number) => (user + visit) % 6
    const { run, store } = await openShop({ events: { ...tastes, users: 120, groups: 6, groupOf, seed: 'fickle' } })
    const { published, generation, report } = await trainGeneration(run)
    expect(published).toBe(true)
    expect(report.surfaces['recommended-for-you']?.judgement.verdict).toBe('no-better-than-popularity')
    const { surfaces } = decodeBundle(await store.generations.artefacts(generation.id))
    expect(surfaces['recommended-for-you']).toBeUndefined()
    expect(surfaces.session).toBeDefined()
  })

  it('learns the live recipe anew where what the settings offer is worse', async () => {
    const { run, config } = await openShop({ models: ['ease'] })
    await trainGeneration(run)
    const poorer = { ...config, training: { ...config.training, models: ['popularity'] } }
    const { published, report } = await trainGeneration({ ...run, config: poorer })
    expect(published).toBe(true)
    expect(report.surfaces['recommended-for-you']).toMatchObject({
      recipe: { model: 'ease' },
      testedAs: 'live recipe',
      judgement: { verdict: 'passed', sameRecipe: true },
    })
  })

  it('knows a live recipe again whose model settles some of its settings by itself', async () => {
    const bases = { ease: { model: 'ease' }, ials: { model: 'ials', config: { factors: 4 } } }
    const config = { haggle: { bases, folds: 2, steps: 5, seeds: 1 }, ials: { factors: 4 } }
    for (const model of ['ials', 'haggle']) {
      const { run } = await openShop({ models: [model] })
      const own = { ...run, config: { ...run.config, training: { ...run.config.training, config } } }
      const first = await trainGeneration(own)
      const second = await trainGeneration(own)
      for (const surface of ['recommended-for-you', 'session'] as const) {
        const { recipe, judgement, test } = second.report.surfaces[surface] ?? {}
        expect(recipe).toEqual(first.report.surfaces[surface]?.recipe)
        expect([recipe?.model, judgement?.sameRecipe, judgement?.toLive?.mean]).toEqual([model, true, 0])
        expect(test?.lines.map((line) => line.model)).not.toContain('live recipe')
      }
      await close?.()
      close = null
    }
  })

  it('publishes past the gate when forced, and says so', async () => {
    const { run, store } = await openShop({ models: ['popularity'] })
    const outcome = await trainGeneration({ ...run, force: true })
    expect([outcome.published, outcome.report.gate.forced]).toEqual([true, true])
    expect((await store.generations.history(shop))[0].reason).toMatch(/^forced although: .*does not beat popularity/)
  })

  it('keeps a generation to itself when asked not to publish', async () => {
    const { run, store } = await openShop({ models: ['ease'] })
    const { published, generation } = await trainGeneration({ ...run, publish: false })
    expect([published, generation.status, await store.generations.live(shop)]).toEqual([false, 'ready', null])
  })

  it('does something sensible in a shop of three shoppers', async () => {
    const { run, store } = await openShop({ events: { ...tastes, users: 3, visitsPerUser: 2 } })
    const { published, report } = await trainGeneration(run)
    expect([published, report.surfaces['recommended-for-you']?.judgement.verdict]).toEqual([true, 'unjudged'])
    expect(await liveTop(store, ['i20'], 3)).toHaveLength(3)
  })

  it('hides entries at random where all times are equal', async () => {
    const { run, store, clock, close: end } = await openTestShop(61, { models: classical })
    close = end
    const events = tasteEvents(tastes).map((event) => ({ ...event, timeMs: opened, type: 'view' as const }))
    await store.events.append(events, clock.now())
    const { report, published } = await trainGeneration({
      ...run,
      config: { ...run.config, preprocess: { ...run.config.preprocess, floodPerMinute: 1e6, repeatSeconds: 0 } },
    })
    expect([published, report.surfaces['recommended-for-you']?.split]).toEqual([true, 'at random'])
  })

  it('names an empty shop as such', async () => {
    const { run } = await openShop({ events: { ...tastes, users: 0 } })
    await expect(trainGeneration(run)).rejects.toMatchObject({ code: 'no-data' })
  })
})

describe('an interrupted training', () => {
  it('leaves nothing half-done and carries on with the same data', async () => {
    const { run, store, config, clock } = await openShop()
    let finished = 0
    const counted = {
      report: (_stage: string, _done: number, _total: number, note = '') => {
        if (/has learnt$/.test(note)) finished++
      },
    }
    const whole = await trainGeneration({ ...run, publish: false, progress: counted })
    const needed = finished
    finished = 0
    const abort = new AbortController()
    const progress = {
      report: (...step: Parameters<typeof counted.report>) => {
        counted.report(...step)
        if (finished === 5) abort.abort()
      },
    }
    await expect(trainGeneration({ ...run, progress, signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(await store.generations.list(shop)).toHaveLength(1)
    expect(readdirSync(join(config.dataFolder, 'checkpoints'))).toHaveLength(1)

    // What comes in meanwhile waits for the next training.
    await store.events.append(tasteEvents({ ...tastes, fromDay: 60, untilDay: 61, seed: 'late' }), clock.now())
    finished = 0
    const resumed = await trainGeneration({ ...run, progress: counted })
    expect(resumed.report.resumed).toBe(true)
    expect(resumed.generation.dataSequence).toBe(whole.generation.dataSequence)
    const bytes = async (id: typeof whole.generation.id) =>
      (await store.generations.artefacts(id)).map((each) => Buffer.from(each.bytes).toString('base64'))
    expect(await bytes(resumed.generation.id)).toEqual(await bytes(whole.generation.id))
    // The fifth had learnt, and was kept, when the training stopped.
    expect(finished).toBe(needed - 5)
  })
})
