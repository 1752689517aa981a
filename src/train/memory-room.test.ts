import { afterEach, expect, it } from 'vitest'
import { wasmBackend } from '../kernels/backend.ts'
import { ease } from '../models/ease.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { learnGeneration } from './learn-generation.ts'
import { refuseTooLarge } from './memory-room.ts'
import { trainGeneration } from './pipeline.ts'
import { openTestShop, tasteEvents } from './taste-fixture.ts'

let close: (() => Promise<void>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

it('lets through what fits, and what says nothing', () => {
  refuseTooLarge('ease', undefined, 16)
  refuseTooLarge('ease', { kernels: 8 << 20, heap: 8 << 20 }, 16)
})

it('refuses what does not, with the estimate and a way out', () => {
  expect(() => refuseTooLarge('ease', { kernels: 8 << 20, heap: 9 << 20 }, 16)).toThrow(
    /ease: learning would take about 17 MiB; there are 16 by training.memoryMiB. Leave it out of training.models/,
  )
  expect(() => refuseTooLarge('ease', { kernels: 0, heap: 2 ** 50 }, null)).toThrow(/on this machine/)
})

it('knows the bound of the memory of the kernels, whatever the machine has', () => {
  const large = bareInteractions(csrFromTriples(1, 60_000, [0], [0], [1]))
  const plan = ease.plan?.(large, ease.defaults)
  if (wasmBackend() === null) return
  expect(() => refuseTooLarge('ease', plan, 2 ** 30)).toThrow(/about 13\d{3} MiB; .* of what the kernels can address/)
})

it('drops a model out of the contest that would not fit, and the others go on', async () => {
  const {
    run,
    store,
    clock,
    close: end,
  } = await openTestShop(61, { models: ['rp3beta', 'ials'], memoryMiB: 16, config: { ials: { factors: 10_000 } } })
  close = end
  const tastes = {
    users: 60,
    groups: 30,
    itemsPerGroup: 12,
    fromDay: 0,
    untilDay: 60,
    visitsPerUser: 6,
    seed: 'tastes',
  }
  await store.events.append(tasteEvents(tastes), clock.now())
  const { report } = await trainGeneration(run, learnGeneration)
  expect(report.surfaces['recommended-for-you']?.failures.ials).toMatch(/would take about \d+ MiB; there are 16/)
  expect(report.surfaces['recommended-for-you']?.recipe.model).not.toBe('ials')
})

it('lets the lighter model of its kind take the place of one that is too large', async () => {
  const opened = await openTestShop(61, { models: ['ease'], config: { ease: { maximumItems: 10 } } })
  close = opened.close
  const events = { users: 60, groups: 4, itemsPerGroup: 15, fromDay: 0, untilDay: 60, visitsPerUser: 6, seed: 'large' }
  await opened.store.events.append(tasteEvents(events), opened.clock.now())
  const { report } = await trainGeneration(opened.run, learnGeneration)
  const forYou = report.surfaces['recommended-for-you']
  expect(forYou?.validation.lines.map(({ model }) => model).sort()).toEqual(['popularity', 'sparse-ease'])
  expect([forYou?.recipe.model, forYou?.failures.ease]).toEqual([
    'sparse-ease',
    expect.stringMatching(/the limit is 10/),
  ])
})
