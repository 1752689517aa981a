import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { ItemId } from '../domain/ids.ts'
import { opened, openTestShop, shop, type TasteOptions, tasteEvents } from './taste-fixture.ts'
import { describeShopTuning, type ShopTuning, tuneModels, type TuneRun, tuneShop as tuneApart } from './tune-shop.ts'
import { readTuned, writeTuned } from './tuned-settings.ts'

const tastes: TasteOptions = {
  users: 80,
  groups: 4,
  itemsPerGroup: 15,
  fromDay: 0,
  untilDay: 60,
  visitsPerUser: 8,
  seed: 'tuned',
}

/** In this thread, for speed. */
const tuneShop = (run: TuneRun) => tuneApart(run, tuneModels)

let close: (() => Promise<void>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

async function openShop(events: readonly ShopEvent[], training: object = {}) {
  const all = await openTestShop(61, { models: ['item-knn', 'ease'], ...training })
  close = all.close
  await all.store.events.append([...events], all.clock.now())
  return all
}

/** What was measured, without what it took. */
function figures({ surfaces, after }: ShopTuning) {
  const timeless = Object.entries(surfaces).map(([surface, { split, tunings }]) => [
    surface,
    split,
    tunings.map(({ spent, ...tuning }) => ({ ...tuning, fits: spent.fits })),
  ])
  return { timeless, after }
}

const quick = { surfaces: ['recommended-for-you'], models: ['ease'], budget: { fits: 10 } } as const

describe('tuning a shop', () => {
  it('measures every model on every surface by time, within its budget, and changes only what is surely better', async () => {
    const { run, store, config } = await openShop(tasteEvents(tastes))
    const tuning = await tuneShop({ ...run, budget: { fits: 9 } })
    const all = Object.entries(tuning.surfaces)
    expect(all.map(([surface]) => surface)).toContain('recommended-for-you')
    for (const [surface, { split, tunings }] of all) {
      expect(split).toBe('by time')
      const competing = surface === 'next-basket' ? ['next-basket', 'tifu-knn', 'ease'] : ['item-knn', 'ease']
      expect(tunings.map(({ model }) => model)).toEqual(competing)
      for (const { spent, winner, recommended, model } of tunings) {
        expect(spent.fits).toBeLessThanOrEqual(9)
        expect(recommended).toBe((winner?.difference.low ?? 0) > 0)
        const found = tuning.after[surface as 'session']?.[model]
        expect(found).toEqual(recommended ? winner?.settings : undefined)
      }
    }
    expect(await readTuned(store, shop)).toEqual(tuning.after)
    expect(readdirSync(join(config.dataFolder, 'checkpoints'))).toEqual([])
    expect(JSON.parse(JSON.stringify(tuning))).toEqual(tuning)
    expect(describeShopTuning(tuning)).toMatch(/recommended-for-you .*\n {2}item-knn: .*G@20/)
  })

  it('sees nothing of the rows a training judges on', async () => {
    const events = tasteEvents(tastes)
    const first = await openShop(events)
    const before = figures(await tuneShop({ ...first.run, ...quick }))
    await close?.()
    // Another world from the cut on: everybody takes something else.
    const cutMs = events[0].timeMs + 0.9 * ((events.at(-1)?.timeMs ?? 0) + 1 - events[0].timeMs)
    const other = (event: ShopEvent): ShopEvent =>
      event.timeMs < cutMs ? event : { ...event, itemId: `i${(Number(event.itemId?.slice(1)) + 20) % 60}` as ItemId }
    expect(events.some(({ timeMs }) => timeMs >= cutMs)).toBe(true)
    const second = await openShop(events.map(other))
    expect(figures(await tuneShop({ ...second.run, ...quick }))).toEqual(before)
  })

  it('goes on where it was cancelled, with the same result, and leaves what is in use alone until then', async () => {
    const events = tasteEvents(tastes)
    const whole = await openShop(events)
    const expected = figures(await tuneShop({ ...whole.run, ...quick }))
    await close?.()
    const { run, store, config } = await openShop(events)
    const cancel = new AbortController()
    const report = (stage: string, done: number) => {
      if (stage.startsWith('tune') && done >= 4) cancel.abort()
    }
    const stopped = tuneShop({ ...run, ...quick, progress: { report }, signal: cancel.signal })
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    expect(await readTuned(store, shop)).toEqual({})
    const [place] = readdirSync(join(config.dataFolder, 'checkpoints'))
    const kept = readdirSync(join(config.dataFolder, 'checkpoints', place)).length
    expect(kept).toBeGreaterThan(3)
    const again = await tuneShop({ ...run, ...quick })
    expect(again.resumed).toBe(true)
    expect(figures(again)).toEqual(expected)
  })

  it('shares minutes among the models and ends with them', async () => {
    const { run } = await openShop(tasteEvents(tastes))
    const { surfaces } = await tuneShop({ ...run, ...quick, models: ['item-knn', 'ease'], budget: { minutes: 1e-6 } })
    const tunings = surfaces['recommended-for-you']?.tunings ?? []
    expect(tunings.map(({ winner, spent }) => [winner, spent.fits])).toEqual([
      [null, 1],
      [null, 1],
    ])
    expect(tunings[0].problem).toContain('too little')
  })

  it('does not try what the configuration sets', async () => {
    const { run } = await openShop(tasteEvents(tastes), { config: { ease: { ridge: 77 } } })
    const { surfaces } = await tuneShop({ ...run, ...quick })
    const trials = surfaces['recommended-for-you']?.tunings[0].trials ?? []
    expect(trials.length).toBeGreaterThan(1)
    for (const { settings } of trials) expect(Object.keys(settings)).not.toContain('ridge')
  })

  it('tunes what a model is made of before it, on what was found', async () => {
    const bases = { near: { model: 'item-knn' }, own: { model: 'ease', config: { ridge: 50 } } }
    const haggle = { bases, folds: 2, seeds: 1, adversarialWeights: [0], steps: 5 }
    const { run } = await openShop(tasteEvents(tastes), { config: { haggle } })
    const { surfaces } = await tuneShop({ ...run, ...quick, models: ['haggle'], budget: { fits: 8 } })
    expect(surfaces['recommended-for-you']?.tunings.map(({ model }) => model)).toEqual(['item-knn', 'haggle'])
  })

  it('hides at random where the log is too short for cuts, and says when there is too little', async () => {
    const atOnce = (event: ShopEvent): ShopEvent => ({ ...event, timeMs: opened + 30 * dayMs })
    const { run } = await openShop(tasteEvents({ ...tastes, users: 200 }).map(atOnce))
    const { surfaces } = await tuneShop({ ...run, ...quick })
    expect(surfaces['recommended-for-you']?.split).toBe('at random')
    await close?.()
    const tiny = await openShop(tasteEvents({ ...tastes, users: 2 }))
    await expect(tuneShop({ ...tiny.run, ...quick })).rejects.toMatchObject({ code: 'no-data' })
  })

  it('refuses what is not there to be tuned, before any work', async () => {
    const { run } = await openShop(tasteEvents(tastes))
    const wrong = tuneShop({ ...run, surfaces: ['window' as 'session'] })
    await expect(wrong).rejects.toMatchObject({ code: 'bad-request' })
    await expect(tuneShop({ ...run, models: ['oracle'] })).rejects.toMatchObject({ code: 'bad-config' })
    const idle = tuneShop({ ...run, models: ['cfgan'], surfaces: ['session'] })
    await expect(idle).rejects.toMatchObject({ code: 'bad-request' })
  })

  it('keeps what an earlier tuning found where the budget compares nothing, and says what changes where it does', async () => {
    const { run, store, clock } = await openShop(tasteEvents(tastes))
    const before = { 'recommended-for-you': { ease: { ridge: 33 } } }
    await writeTuned(store, shop, before, clock.now())
    const poor = await tuneShop({ ...run, ...quick, budget: { fits: 2 } })
    expect(poor.after).toEqual(before)
    expect(describeShopTuning(poor)).toContain('Nothing changes')
    const tried = (await tuneShop({ ...run, ...quick })).surfaces['recommended-for-you']?.tunings[0].trials
    expect(tried?.map(({ settings }) => settings)).toContainEqual({ ridge: 33 })
    const changed = { ...poor, after: { session: { ease: { ridge: 5 } } } }
    expect(describeShopTuning(changed)).toMatch(/recommended-for-you: the defaults \(until now Tuned: ease ridge 33\)/)
    expect(describeShopTuning(changed)).toMatch(/session: Tuned: ease ridge 5 \(until now the defaults\)[^]*--undo/)
  })
})
