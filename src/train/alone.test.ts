import { expect, it } from 'vitest'
import { createManualClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { type Alone, createAlone } from './alone.ts'

const shop = 'shop' as CatalogueId

async function replicas() {
  const store = await openSqliteStore({ file: ':memory:' })
  const clock = createManualClock(0)
  const replica = (holder: string, holdMs: number): Alone =>
    createAlone({ leases: store.leases, clock, log: silentLog, holder, holdMs })
  return { clock, replica, close: () => store.close() }
}

it('lets one work on a catalogue at a time, here and elsewhere, and the next when it has ended, also badly', async () => {
  const { replica, close } = await replicas()
  const [one, two] = [replica('one', 30_000), replica('two', 30_000)]
  await one(shop, undefined, async () => {
    for (const other of [one, two]) {
      await expect(other(shop, undefined, async () => 1)).rejects.toMatchObject({ code: 'busy' })
    }
    expect(await two('other' as CatalogueId, undefined, async () => 2)).toBe(2)
  })
  await expect(two(shop, undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await one(shop, undefined, async () => 3)).toBe(3)
  await close()
})

it('takes over from one that does not prolong its lease any more, and stops that one once it looks again', async () => {
  const { clock, replica, close } = await replicas()
  const [late, quick] = [replica('late', 30), replica('quick', 30_000)]
  await late(shop, undefined, async ({ signal }) => {
    const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve))
    // The clock leaps before the late one can prolong.
    clock.advance(31)
    await quick(shop, undefined, async () => {
      await stopped
    })
  })
  await close()
})

it('stops its work where it is asked to', async () => {
  const { replica, close } = await replicas()
  const abort = new AbortController()
  await replica('one', 30_000)(shop, abort.signal, async ({ signal }) => {
    abort.abort()
    expect(signal.aborted).toBe(true)
  })
  await close()
})
