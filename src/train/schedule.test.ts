import { describe, expect, it } from 'vitest'
import { createManualClock, hourMs, minuteMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import { silentLog } from '../base/log.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { ReportStore } from '../store/store.ts'
import { createSchedule } from './schedule.ts'

type Outcome = (signal: AbortSignal) => Promise<unknown>

function scheduled(settings: object, outcome: Outcome = async () => undefined, kept = new Map<string, Json>()) {
  const clock = createManualClock(0)
  const trained: string[] = []
  const train = (catalogue: string, signal: AbortSignal) => {
    trained.push(catalogue)
    return outcome(signal)
  }
  const config = { ...defaultConfig().training, ...settings }
  const reports: ReportStore = {
    put: async (catalogue, kind, report) => void kept.set(`${catalogue} ${kind}`, report),
    latest: async (catalogue, kind) => ({ report: kept.get(`${catalogue} ${kind}`) ?? null, atMs: 0 }),
  }
  const schedule = createSchedule({ config, clock, log: silentLog, train, reports, owedWithinHours: 24 })
  return { clock, trained, schedule, kept }
}
/** A training that does nothing has ended by now. */
const idle = () => new Promise((resolve) => setImmediate(resolve))
const events = (count: number) => Array.from({ length: count }, () => ({ catalogue: 'shop' }) as unknown as ShopEvent)

describe('schedule', () => {
  it('trains in time what is owed to somebody who was erased, also after a restart, once', async () => {
    const shop = 'shop' as CatalogueId
    const first = scheduled({})
    await first.schedule.owe(shop)
    first.clock.advance(12 * hourMs)
    await first.schedule.owe(shop)
    await first.schedule.close()
    const { clock, schedule, trained, kept } = scheduled({}, undefined, first.kept)
    await schedule.recall(shop)
    clock.advance(24 * hourMs - 1)
    schedule.check()
    expect(trained).toEqual([])
    clock.advance(1)
    schedule.check()
    expect(trained).toEqual(['shop'])
    await idle()
    clock.advance(100 * hourMs)
    schedule.check()
    expect([trained.length, [...kept.values()]]).toEqual([1, [null]])
    await schedule.close()
  })

  it('tries again where a training that is owed brings nothing', async () => {
    const { clock, schedule, trained } = scheduled({}, () => Promise.reject(new Error('no')))
    await schedule.owe('shop' as CatalogueId)
    clock.advance(24 * hourMs)
    schedule.check()
    await idle()
    schedule.check()
    expect(trained).toHaveLength(1)
    clock.advance(25 * hourMs)
    schedule.check()
    expect(trained).toHaveLength(2)
    await schedule.close()
  })

  it('trains after so many new events, and not again before as many more', async () => {
    const { schedule, trained } = scheduled({ afterEvents: 10 })
    schedule.remember(events(9))
    expect(trained).toEqual([])
    schedule.remember(events(1))
    expect(trained).toEqual(['shop'])
    await idle()
    schedule.remember(events(9))
    expect(trained).toHaveLength(1)
    schedule.remember(events(1))
    expect(trained).toHaveLength(2)
    await schedule.close()
  })

  it('trains after so much time, unless nothing happened', async () => {
    const { clock, schedule, trained } = scheduled({ everyMinutes: 60 })
    schedule.remember(events(1))
    clock.advance(59 * minuteMs)
    schedule.check()
    expect(trained).toEqual([])
    clock.advance(minuteMs)
    schedule.check()
    expect(trained).toEqual(['shop'])
    await idle()
    clock.advance(120 * minuteMs)
    schedule.check()
    expect(trained).toHaveLength(1)
  })

  it('trains on time again after the clock was set back', async () => {
    const { clock, schedule, trained } = scheduled({ everyMinutes: 60 })
    schedule.remember(events(1))
    clock.set(-365 * 24 * 60 * minuteMs)
    schedule.check()
    await idle()
    schedule.remember(events(1))
    clock.advance(59 * minuteMs)
    schedule.check()
    expect(trained).toHaveLength(1)
    clock.advance(minuteMs)
    schedule.check()
    expect(trained).toHaveLength(2)
  })

  it('survives a training that fails', async () => {
    const { schedule, trained } = scheduled({ afterEvents: 1 }, () => Promise.reject(new Error('no')))
    schedule.remember(events(1))
    await idle()
    schedule.remember(events(1))
    expect(trained).toHaveLength(2)
    await schedule.close()
  })

  it('stays due while another replica is at it, and counts anew once that one has trained', async () => {
    const busy = () => Promise.reject(new HaggleError('busy', 'another replica'))
    const { clock, schedule, trained } = scheduled({ afterEvents: 10 }, busy)
    schedule.remember(events(10))
    await idle()
    schedule.remember(events(1))
    expect(trained).toHaveLength(1)
    clock.advance(minuteMs)
    schedule.remember(events(1))
    expect(trained).toHaveLength(2)
    await idle()
    schedule.trained('shop' as CatalogueId)
    clock.advance(minuteMs)
    schedule.remember(events(9))
    expect(trained).toHaveLength(2)
    await schedule.close()
  })

  it('trains when shoppers changed, and says where it cannot', async () => {
    const { schedule, trained } = scheduled({})
    expect(schedule.drifted('shop' as CatalogueId)).toBe(true)
    expect(schedule.drifted('shop' as CatalogueId)).toBe(false)
    expect(trained).toEqual(['shop'])
    await schedule.close()
    expect(schedule.drifted('shop' as CatalogueId)).toBe(false)
  })

  it('cancels a running training when it is closed, and starts no other', async () => {
    const untilCancelled = (signal: AbortSignal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled'))))
    const { schedule, trained } = scheduled({ afterEvents: 1 }, untilCancelled)
    schedule.remember(events(1))
    await schedule.close()
    schedule.remember(events(1))
    expect(trained).toHaveLength(1)
  })
})
