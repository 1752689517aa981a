import { afterEach, describe, expect, it } from 'vitest'
import { readConfig } from '../base/config.ts'
import { compareModels, describeEvaluation, evaluateShop } from './evaluate-shop.ts'
import { learnGeneration } from './learn-generation.ts'
import { describeTraining, trainGeneration } from './pipeline.ts'
import { openTestShop, shop, tasteEvents } from './taste-fixture.ts'
import { forgetTuned, readTuned, settingsOf, writeTuned } from './tuned-settings.ts'

let close: (() => Promise<void>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

async function openShop(training: object = {}) {
  const all = await openTestShop(61, { models: ['ease'], ...training })
  close = all.close
  const tastes = { users: 60, groups: 3, itemsPerGroup: 12, fromDay: 0, untilDay: 60, visitsPerUser: 6, seed: 'used' }
  await all.store.events.append(tasteEvents(tastes), all.clock.now())
  return all
}

const found = { 'recommended-for-you': { ease: { ridge: 31 } } }

describe('what tuning has found', () => {
  it('is used by the next training for its surface, shown, and forgotten on demand', async () => {
    const { run, store, clock } = await openShop()
    await writeTuned(store, shop, found, clock.now())
    // Not live: the gate would rather keep what is.
    const { report } = await trainGeneration({ ...run, force: true, publish: false }, learnGeneration)
    expect(report.surfaces['recommended-for-you']).toMatchObject({
      recipe: { config: { ridge: 31 } },
      tuned: { ease: { ridge: 31 } },
    })
    expect(report.surfaces.session).toMatchObject({ recipe: { config: { ridge: 200 } }, tuned: {} })
    const evaluation = await evaluateShop(run, compareModels)
    expect(evaluation.surfaces['recommended-for-you']?.tuned).toEqual({ ease: { ridge: 31 } })
    expect(describeEvaluation(evaluation)).toContain('Tuned: ease ridge 31')
    expect(await forgetTuned(store, shop, clock.now())).toEqual(found)
    clock.advance(1000)
    const outcome = await trainGeneration({ ...run, force: true }, learnGeneration)
    expect(outcome.report.surfaces['recommended-for-you']).toMatchObject({
      recipe: { config: { ridge: 200 } },
      tuned: {},
    })
    expect(describeTraining(outcome)).not.toContain('Tuned:')
  })

  it('gives way to what the configuration says', async () => {
    const { run, store, clock } = await openShop({ config: { ease: { ridge: 9 } } })
    await writeTuned(store, shop, found, clock.now())
    const { report } = await trainGeneration({ ...run, force: true }, learnGeneration)
    expect(report.surfaces['recommended-for-you']).toMatchObject({ recipe: { config: { ridge: 9 } }, tuned: {} })
  })

  it('leaves out models and settings that this version does not know', async () => {
    const { store, clock } = await openShop()
    const stale = { session: { ease: { ridge: 3, wisdom: 4 }, oracle: { depth: 1 }, ials: { wisdom: 1 } }, window: {} }
    await writeTuned(store, shop, stale, clock.now())
    expect(await readTuned(store, shop)).toEqual({ session: { ease: { ridge: 3 } } })
  })

  it('reaches the parts of a model made of others, but not those with settings of their own', () => {
    const config = readConfig({})
    const { bases } = settingsOf('haggle', config, { ease: { ridge: 31 }, haggle: { hidden: 8 } }) as {
      bases: Readonly<Record<string, unknown>>
    }
    expect(bases.ease).toEqual({ model: 'ease', config: { ridge: 31 } })
    expect(bases['user-ease']).toEqual({ model: 'ease', config: { diagonalExponent: 0 } })
    expect(bases.rp3beta).toEqual({ model: 'rp3beta' })
    expect(settingsOf('haggle', config, { haggle: { hidden: 8 } })).toMatchObject({ hidden: 8, steps: 150 })
  })
})
