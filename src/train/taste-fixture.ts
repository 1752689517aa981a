/** For tests: a small shop whose shoppers each like one of a few groups of items, visit by visit, and a store with it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createManualClock, dayMs, minuteMs } from '../base/clock.ts'
import { readConfig } from '../base/config.ts'
import { silentProgress } from '../base/progress.ts'
import { createRng } from '../base/rng.ts'
import type { EventType, ShopEvent } from '../domain/event.ts'
import type { CatalogueId, EventId, ItemId, UserId } from '../domain/ids.ts'
import { storeFile } from '../store/folder.ts'
import { openSqliteStore } from '../store/sqlite.ts'

export const shop = 'shop' as CatalogueId
export const opened = Date.UTC(2026, 0, 1)

export interface TasteOptions {
  readonly users: number
  readonly groups: number
  readonly itemsPerGroup: number
  readonly fromDay: number
  readonly untilDay: number
  readonly visitsPerUser: number
  readonly seed: string
  /** Which group a visit is about; the user's number modulo groups where absent, whatever the visit. */
  readonly groupOf?: (user: number, visit: number) => number
}

/** Visits of three or four items; one event in ten is anything, one visit in three ends with a basket. */
export function tasteEvents(options: TasteOptions): ShopEvent[] {
  const { groups, itemsPerGroup, fromDay, untilDay, groupOf = (user) => user % groups } = options
  const rng = createRng(options.seed)
  const events: ShopEvent[] = []
  for (let user = 0; user < options.users; user++) {
    for (let visit = 0; visit < options.visitsPerUser; visit++) {
      const startMs = opened + (fromDay + rng.next() * (untilDay - fromDay)) * dayMs
      const buys = rng.int(3) === 0
      for (let step = 0; step < 3 + rng.int(2); step++) {
        const group = rng.int(10) === 0 ? rng.int(groups) : groupOf(user, visit)
        // The first items of each group are the popular ones.
        const item = group * itemsPerGroup + Math.floor(rng.next() ** 2 * itemsPerGroup)
        for (const type of buys ? (['view', 'purchase'] as const) : (['view'] as const)) {
          events.push(event(`u${user}`, `i${item}`, type, startMs + step * 2 * minuteMs, `${user}-${visit}`))
        }
      }
    }
  }
  return events.sort((a, b) => a.timeMs - b.timeMs)
}

function event(user: string, item: string, type: EventType, timeMs: number, order: string): ShopEvent {
  return {
    id: `${user} ${item} ${type} ${timeMs}` as EventId,
    catalogue: shop,
    type,
    userId: user as UserId,
    timeMs,
    itemId: item as ItemId,
    query: null,
    queryId: null,
    position: null,
    quantity: 1,
    priceMinor: 1000,
    rating: null,
    orderId: type === 'purchase' ? order : null,
    name: '',
  }
}

/** An empty store in a folder of its own, a clock at `nowDay`, and what a training is given. */
export async function openTestShop(nowDay: number, training: object = {}) {
  const dataFolder = mkdtempSync(join(tmpdir(), 'haggle-train-'))
  const config = readConfig({ dataFolder, training: { bootstrapRounds: 100, ...training } })
  const store = await openSqliteStore({ file: storeFile(dataFolder) })
  const clock = createManualClock(opened + nowDay * dayMs)
  return {
    run: { store, catalogue: shop, config, clock, progress: silentProgress },
    store,
    clock,
    config,
    close: async () => {
      await store.close()
      rmSync(dataFolder, { recursive: true })
    },
  }
}
