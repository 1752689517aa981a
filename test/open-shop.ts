/** A whole Haggle on a free port with an empty folder, and the stock clients pointed at it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recommendClient } from '@algolia/recommend'
import { algoliasearch } from 'algoliasearch'
import { createManualClock } from '../src/base/clock.ts'
import { readConfig } from '../src/base/config.ts'
import { silentLog } from '../src/base/log.ts'
import type { ShopEvent } from '../src/domain/event.ts'
import type { CatalogueId } from '../src/domain/ids.ts'
import { openEngine } from '../src/engine.ts'
import { createApp } from '../src/http/app.ts'
import type { Routes } from '../src/http/door.ts'
import { tasteEvents } from '../src/train/taste-fixture.ts'

export const noon = Date.UTC(2026, 5, 1, 12)

export type OpenShop = Awaited<ReturnType<typeof openShopForTest>>

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'haggle-test-'))
}

export async function openShopForTest(settings: object = {}, folder = temporaryFolder(), more: readonly Routes[] = []) {
  const clock = createManualClock(noon)
  const config = readConfig({ ...settings, dataFolder: folder })
  const engine = await openEngine({ config, clock, log: silentLog })
  const app = await createApp(engine, { more })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const hosts = [{ url: `127.0.0.1:${port}`, accept: 'readWrite' as const, protocol: 'http' as const }]
  const key = engine.adminKey
  const client = algoliasearch('app', key, { hosts })
  return {
    engine,
    app,
    clock,
    folder,
    url: `http://127.0.0.1:${port}`,
    admin: client,
    insights: client.initInsights({ options: { hosts } }),
    recommend: recommendClient('app', 'search-only', { hosts }),
    close: async (keep = false) => {
      await app.close()
      await engine.close()
      if (!keep) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Eight products to be found by "oak": p0 to p7. */
export async function putOakThings({ admin }: OpenShop, indexName = 'products'): Promise<void> {
  const objects = Array.from({ length: 8 }, (_, at) => ({ objectID: `p${at}`, name: `Oak thing ${at}` }))
  await admin.saveObjects({ indexName, objects, waitForTasks: true })
}

/** What 90 shoppers of three tastes did with 36 things, `i0` to `i35`, twelve to a taste: enough to learn from. */
export function tasteShopEvents(catalogue: CatalogueId, seed: string): ShopEvent[] {
  const tastes = { users: 90, groups: 3, itemsPerGroup: 12, fromDay: 100, untilDay: 150, visitsPerUser: 6, seed }
  return tasteEvents(tastes).map((event) => ({ ...event, timeMs: Math.floor(event.timeMs), catalogue }))
}
