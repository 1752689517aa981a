import { expect, it } from 'vitest'
import { createManualClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { createRng } from '../base/rng.ts'
import { createTelemetry } from '../base/telemetry.ts'
import type { CatalogueId, GenerationId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { ReportStore } from '../store/store.ts'
import { createDriftWatch } from './drift-watch.ts'

const shop = 'shop' as CatalogueId
const [g1, g2] = ['g1', 'g2'] as GenerationId[]
const rng = createRng('marks')
const marks = (count: number) => Array.from({ length: count }, () => [rng.next(), rng.next()])
const usual = { [g1]: marks(200), [g2]: marks(200) }

it('keeps what speaks against a generation over a rollback, a restart, and a fall but for the last few', async () => {
  const kept = new Map<string, Json>()
  const reports: ReportStore = {
    put: async (catalogue, kind, report) => void kept.set(`${catalogue} ${kind}`, structuredClone(report)),
    latest: async (catalogue, kind) => ({ report: kept.get(`${catalogue} ${kind}`) ?? null, atMs: 0 }),
  }
  let live = g1
  const open = async () => {
    const watch = createDriftWatch({
      ...{ telemetry: createTelemetry(), log: silentLog, clock: createManualClock(0), reports },
      ...{ live: () => live, alpha: null, onDrift: () => false },
    })
    await watch.recall(shop)
    return {
      ...watch,
      take: (count: number) => {
        for (const each of marks(count)) watch.observe(shop, { marks: each, generation: live, usual: usual[live] })
        return watch.state(shop)?.observations
      },
    }
  }
  const first = await open()
  expect(first.take(30)).toBe(30)
  live = g2
  expect(first.state(shop)).toBeNull()
  expect(first.take(45)).toBe(45)
  live = g1
  expect(first.take(5)).toBe(35)
  await first.close()

  const second = await open()
  expect(second.take(1)).toBe(36)
  live = g2
  expect(second.take(1)).toBe(46)
  // Killed: what was kept last stands.
  second.take(40)
  await Promise.resolve()
  const third = await open()
  expect(third.take(1)).toBe(81)
  live = g1
  expect(third.take(1)).toBe(37)
})
