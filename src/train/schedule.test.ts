import { describe, expect, it } from 'vitest'
import { createManualClock, hourMs, minuteMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import { silentLog } from '../base/log.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { ReportStore, StoredEvent } from '../store/store.ts'
import { createSchedule, type Unlearnt } from './schedule.ts'

type Outcome = (signal: AbortSignal) => Promise<unknown>

function scheduled(
  settings: object,
  outcome: Outcome = async () => undefined,
  kept = new Map<string, Json>(),
  unlearnt: () => Promise<Unlearnt> = async () => ({ events: 0, lastSequence: 0, sinceMs: null }),
) {
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
  const schedule = createSchedule({ config, clock, log: silentLog, train, reports, unlearnt, owedWithinHours: 24 })
  return { clock, trained, schedule, kept }
}
/** A training that does nothing has ended by now. */
const idle = () => new Promise((resolve) => setImmediate(resolve))
let sequence = 0
const events = (count: number) =>
  Array.from({ length: count }, () => ({ catalogue: 'shop', sequence: ++sequence }) as unknown as StoredEvent)

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

  it('counts after a restart, and after a training, what the log holds that no training has seen', async () => {
    const shop = 'shop' as CatalogueId
    let log: Unlearnt = { events: 8, lastSequence: sequence, sinceMs: -50 * minuteMs }
    const { clock, schedule, trained } = scheduled({ afterEvents: 10, everyMinutes: 60 }, undefined, undefined, () =>
      Promise.resolve(log),
    )
    const counting = schedule.recall(shop)
    schedule.check()
    await counting
    schedule.remember(events(1))
    expect(trained).toEqual([])
    schedule.remember(events(1))
    expect(trained).toHaveLength(1)
    await idle()
    // Somebody trained on less than is there by now: what comes in while it is counted is counted once.
    let read = (): void => undefined
    const seen = new Promise<void>((resolve) => {
      read = resolve
    })
    log = { events: 5, lastSequence: sequence + 3, sinceMs: 0 }
    const slow = scheduled({ afterEvents: 10 }, undefined, undefined, () => seen.then(() => log))
    slow.schedule.trained(shop)
    await idle()
    slow.schedule.remember(events(5)) // three of them are among the five of the log
    read()
    await idle()
    slow.schedule.remember(events(2))
    expect(slow.trained).toEqual([])
    slow.schedule.remember(events(1))
    expect(slow.trained).toHaveLength(1)
    // By time, too: from when that training began.
    clock.advance(10 * minuteMs)
    log = { events: 1, lastSequence: sequence, sinceMs: -50 * minuteMs }
    await schedule.recall(shop)
    schedule.check()
    expect(trained).toHaveLength(2)
    await idle()
    // An import has brought enough.
    log = { events: 10, lastSequence: sequence, sinceMs: 0 }
    schedule.recount(shop)
    await idle()
    schedule.check()
    expect(trained).toHaveLength(3)
    await schedule.close()
    await slow.schedule.close()
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
