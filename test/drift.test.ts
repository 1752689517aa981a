/** The live loop on the simulated shop: a change of taste is told, without one it stays silent. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createManualClock, dayMs } from '../src/base/clock.ts'
import { readConfig } from '../src/base/config.ts'
import { type Engine, openEngine } from '../src/engine.ts'
import type { ShopEvent } from '../src/domain/event.ts'
import type { CatalogueId } from '../src/domain/ids.ts'
import { simulateHistory } from '../src/simulate/history.ts'
import { createWorld } from '../src/simulate/world.ts'
import { writeShop } from '../src/simulate/write-shop.ts'
import { temporaryFolder } from './open-shop.ts'

const catalogue = 'products' as CatalogueId
const days = 24

/** The p-values of every day of fresh feedback. */
async function live(share: number): Promise<{ pValues: number[]; observations: number }> {
  const folder = temporaryFolder()
  const world = createWorld({ seed: 'drift1', products: 400, shoppers: 400, days: 90, pictures: false })
  const clock = createManualClock(world.untilMs)
  const training = { models: ['popularity', 'ease'], bootstrapRounds: 50, onDrift: null }
  const engine = await openEngine({ config: readConfig({ dataFolder: folder, training }), clock })
  try {
    const { files } = await writeShop(world, join(folder, 'shop'))
    await engine.import({ catalogue, files: files.map((path) => ({ path })), dryRun: false })
    await engine.train(catalogue)
    expect(engine.drift(catalogue)).toBeNull()
    if (share > 0) world.shiftTastes(world.untilMs, share)
    const pValues: number[] = []
    for (let day = 0; day < days; day++) {
      const [fromMs, untilMs] = [world.untilMs + day * dayMs, world.untilMs + (day + 1) * dayMs]
      clock.advance(untilMs - clock.now())
      const events = [...simulateHistory(world, { fromMs, untilMs })].filter(
        ({ time }) => time >= fromMs && time < untilMs,
      )
      await send(engine, events, day)
      pValues.push(engine.drift(catalogue)?.pValue ?? 1)
    }
    const metrics = await engine.telemetry.registry.metrics()
    expect(metrics).toContain('haggle_drift{catalogue="products",figure="pValue"}')
    return { pValues, observations: engine.drift(catalogue)?.observations ?? 0 }
  } finally {
    await engine.close()
    rmSync(folder, { recursive: true })
  }
}

async function send(
  engine: Engine,
  events: ReturnType<typeof simulateHistory> extends Generator<infer E> ? E[] : never,
  day: number,
) {
  await engine.acceptEvents(
    events.map(
      (event, at) =>
        ({
          id: `${day} ${at}`,
          catalogue,
          type: event.type,
          userId: event.user,
          timeMs: event.time,
          itemId: event.item ?? null,
          query: event.query ?? null,
          queryId: null,
          position: null,
          quantity: event.quantity ?? 1,
          priceMinor: null,
          rating: null,
          orderId: event.order ?? null,
          name: '',
        }) as unknown as ShopEvent,
    ),
  )
}

describe('drift on the simulated shop', () => {
  let [quiet, changed] = [
    { pValues: [0], observations: 0 },
    { pValues: [1], observations: 0 },
  ]
  beforeAll(async () => {
    quiet = await live(0)
    changed = await live(0.7)
  }, 180_000)

  it('is not told where tastes stay as they are, looked at every day', () => {
    expect(quiet.observations).toBeGreaterThan(100)
    expect(Math.min(...quiet.pValues)).toBeGreaterThan(0.01)
  })

  it('is told where most shoppers want something else', () => {
    expect(changed.pValues[1]).toBeGreaterThan(0.01)
    expect(changed.pValues.at(-1)).toBeLessThan(0.01)
  })
})
