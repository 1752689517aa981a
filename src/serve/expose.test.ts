import { describe, expect, it } from 'vitest'
import { silentLog } from '../base/log.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId, QueryId, UserId } from '../domain/ids.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { createExposer } from './expose.ts'

const shown = (number: number, userId = 'ann'): Exposure => ({
  queryId: String(number).padStart(32, '0') as QueryId,
  catalogue: 'shop' as CatalogueId,
  timeMs: number,
  userId: userId as UserId,
  surface: 'session',
  generation: null,
  arm: null,
  items: [],
})

describe('the exposer', () => {
  it('has written everything once flushed, also what came while it wrote', async () => {
    const store = await openSqliteStore({ file: ':memory:' })
    const exposer = createExposer(store, silentLog)
    exposer.add(shown(1))
    const flushed = exposer.flush()
    exposer.add(shown(2))
    await flushed
    await exposer.flush()
    for (const each of [1, 2]) expect(await store.exposures.get(shown(each).queryId)).toEqual(shown(each))
    expect(exposer.pending).toBe(0)
    await store.close()
  })

  it('writes on its own soon after', async () => {
    const store = await openSqliteStore({ file: ':memory:' })
    const exposer = createExposer(store, silentLog)
    exposer.add(shown(1))
    await expect.poll(() => store.exposures.get(shown(1).queryId), { interval: 10 }).toEqual(shown(1))
    await store.close()
  })

  it('keeps what a failing store refused, loses the oldest beyond its bound, and says how many', async () => {
    const store = await openSqliteStore({ file: ':memory:' })
    const exposer = createExposer(store, silentLog)
    await store.close()
    exposer.add(shown(0))
    await expect(exposer.flush()).rejects.toThrow()
    expect(exposer.pending).toBe(1)
    for (let at = 1; at <= 20_004; at++) exposer.add(shown(at))
    expect(exposer.pending).toBe(20_000)
    expect(exposer.lost).toBe(5)
    await expect(exposer.flush()).rejects.toThrow()
  })

  it('drops what waits of a shopper who is forgotten', async () => {
    const store = await openSqliteStore({ file: ':memory:' })
    const exposer = createExposer(store, silentLog)
    exposer.add(shown(1, 'ann'))
    exposer.add(shown(2, 'bob'))
    exposer.forget('ann' as UserId)
    await exposer.flush()
    expect(await store.exposures.get(shown(1).queryId)).toBeNull()
    expect(await store.exposures.get(shown(2).queryId)).not.toBeNull()
    await store.close()
  })
})
