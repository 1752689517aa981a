import { describe, expect, it } from 'vitest'
import { createManualClock, minuteMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import { silentLog } from '../base/log.ts'
import type { ShopEvent } from '../domain/event.ts'
import { createSchedule } from './schedule.ts'

function scheduled(settings: object, outcome: () => Promise<unknown> = async () => undefined) {
  const clock = createManualClock(0)
  const trained: string[] = []
  const train = (catalogue: string) => {
    trained.push(catalogue)
    return outcome()
  }
  const config = { ...defaultConfig().training, ...settings }
  return { clock, trained, schedule: createSchedule({ config, clock, log: silentLog, train }) }
}
const events = (count: number) => Array.from({ length: count }, () => ({ catalogue: 'shop' }) as unknown as ShopEvent)

describe('schedule', () => {
  it('trains after so many new events, and not again before as many more', async () => {
    const { schedule, trained } = scheduled({ afterEvents: 10 })
    schedule.remember(events(9))
    expect(trained).toEqual([])
    schedule.remember(events(1))
    expect(trained).toEqual(['shop'])
    await schedule.close()
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
    await schedule.close()
    clock.advance(120 * minuteMs)
    schedule.check()
    expect(trained).toHaveLength(1)
  })

  it('survives a training that fails', async () => {
    const { schedule, trained } = scheduled({ afterEvents: 1 }, () => Promise.reject(new Error('no')))
    schedule.remember(events(1))
    await schedule.close()
    schedule.remember(events(1))
    expect(trained).toHaveLength(2)
    await schedule.close()
  })
})
