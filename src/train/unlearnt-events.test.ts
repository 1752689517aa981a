import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { refusalOf } from '../domain/consent.ts'
import type { GenerationId } from '../domain/ids.ts'
import { other, shop } from '../store/catalogue-store-suite.ts'
import { event } from '../store/event-store-suite.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { unlearntEvents } from './unlearnt-events.ts'

it('is counted behind what the latest training read, live or not, without what must not teach', async () => {
  const store = await openSqliteStore({ file: join(mkdtempSync(join(tmpdir(), 'haggle-unlearnt-')), 'haggle.db') })
  expect(await unlearntEvents(store, shop)).toEqual({ events: 0, lastSequence: 0, sinceMs: null })
  const refused = refusalOf({ analytics: true, personalization: true, training: false })
  await store.events.append([event(1), event(2), { ...event(3), catalogue: other }, { ...event(4), refused }], 1)
  expect(await unlearntEvents(store, shop)).toEqual({ events: 2, lastSequence: 4, sinceMs: null })
  const generation = { catalogue: shop, parent: null, dataUntilMs: 1, seed: '1', recipe: {} }
  const put = (id: string, dataSequence: number, createdAtMs: number, report: object) =>
    store.generations.put(
      { ...generation, id: id as GenerationId, status: 'refused', createdAtMs, dataSequence, report: report as never },
      [],
    )
  await put('g1', 1, 10, {})
  expect(await unlearntEvents(store, shop)).toEqual({ events: 1, lastSequence: 4, sinceMs: 10 })
  await put('g2', 4, 20, { startedAtMs: 15 })
  expect(await unlearntEvents(store, shop)).toEqual({ events: 0, lastSequence: 4, sinceMs: 15 })
  await store.close()
})
