/**
 * Several shops behind one door: an engine each, which learn in turn.
 *
 * A shop that cannot be opened (its folder is damaged or in use, its database away) keeps no other from being open: it
 * answers 503, the log says why, and it is tried again every half minute. `reload` opens shops that are new, closes those
 * that are gone, and opens those anew whose settings changed; the others go on.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { createFairTurns } from '../base/fair-turns.ts'
import type { Log } from '../base/log.ts'
import { createTelemetry } from '../base/telemetry.ts'
import { createTurns } from '../base/turns.ts'
import { type Engine, keptKey, openEngine } from '../engine.ts'
import { createApp } from '../http/app.ts'
import { createFrontDoor, type ShopAtDoor } from '../http/front-door.ts'
import { type OpenDoor, openDoor } from './open-server.ts'
import { createBars } from './terminal.ts'

type Configs = ReadonlyMap<string, Config>

export interface OpenShops extends OpenDoor {
  /** The engine of a shop that is open. */
  engine(id: string): Engine | undefined
  /** Brings what is open in line with these. */
  reload(configs: Configs): Promise<void>
  /** Tries those again that could not be opened; done by itself every half minute. */
  retry(): Promise<void>
}

const retryMs = 30_000

export async function openShops(config: Config, configs: Configs, log: Log, clock?: Clock): Promise<OpenShops> {
  const shops = new Map<string, ShopAtDoor>()
  const learn = createFairTurns()
  const imports = createFairTurns()
  const bars = createBars()
  let url: string | null = null

  const openOne = async (id: string, own: Config): Promise<NonNullable<ShopAtDoor['open']>> => {
    const engine = await openEngine({
      ...{ config: own, clock, log: log.child({ shop: id }), role: 'serve', progress: bars },
      telemetry: createTelemetry(id),
      turns: { learn: learn.of(id), import: imports.of(id) },
    })
    try {
      const app = await createApp(engine, { operatorKey: keptKey(own.dataFolder, 'operator.key') })
      await app.ready()
      if (url !== null) engine.announce(`${url}/shops/${id}`)
      return { engine, app }
    } catch (error) {
      await engine.close()
      throw error
    }
  }
  const close = async (shop: ShopAtDoor): Promise<void> => {
    const { open } = shop
    // Nothing new comes in.
    shop.open = null
    await open?.app.close()
    await open?.engine.close()
  }
  const openMissing = async (): Promise<unknown> => {
    let first: unknown = null
    for (const [id, shop] of shops) {
      if (shop.open !== null) continue
      shop.open = await openOne(id, shop.config).catch((error: unknown) => {
        log.error({ err: error, shop: id }, 'a shop cannot be opened; the others are not affected')
        first ??= error
        return null
      })
    }
    return first
  }
  const put = async (next: Configs): Promise<unknown> => {
    for (const [id, shop] of shops) {
      if (isDeepStrictEqual(next.get(id), shop.config)) continue
      await close(shop)
      shops.delete(id)
    }
    for (const [id, own] of next) if (!shops.has(id)) shops.set(id, { config: own, open: null })
    return openMissing()
  }
  const turns = createTurns()
  let isClosing = false
  const inTurn = (work: () => Promise<unknown>): Promise<void> =>
    turns.take(['shops'], async () => {
      if (!isClosing) await work()
    })

  const reason = await put(configs)
  bars.stop()
  const engines = () => [...shops.values()].flatMap(({ open }) => open?.engine ?? [])
  // A door to nothing would hide what is wrong.
  if (engines().length === 0) throw reason

  const timer = setInterval(() => void inTurn(openMissing), retryMs)
  timer.unref()
  const door = await openDoor(await createFrontDoor({ config, log, shops }), config.server, {
    drain: () => {
      for (const engine of engines()) engine.drain()
    },
    close: async () => {
      clearInterval(timer)
      isClosing = true
      await turns.take(['shops'], async () => {
        for (const shop of shops.values()) await close(shop)
      })
    },
  })
  url = door.url
  for (const [id, { open }] of shops) open?.engine.announce(`${url}/shops/${id}`)
  return {
    ...door,
    engine: (id) => shops.get(id)?.open?.engine,
    reload: (next) => inTurn(() => put(next)),
    retry: () => inTurn(openMissing),
  }
}
