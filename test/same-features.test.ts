/** A discriminator is only worth what it was taught if it is asked with the numbers it was taught with. */
import { afterAll, describe, expect, it } from 'vitest'
import { createBreathe } from '../src/base/breathe.ts'
import { silentLog } from '../src/base/log.ts'
import { createRng } from '../src/base/rng.ts'
import type { Fitted } from '../src/models/model.ts'
import { configFor, models } from '../src/models/index.ts'
import { openSignals, rowQuery } from '../src/models/row-query.ts'
import { openShop } from '../src/serve/shop.ts'
import { prepare } from '../src/train/prepare.ts'
import { surfaceData } from '../src/train/surface-data.ts'
import { openTestShop, tasteEvents } from '../src/train/taste-fixture.ts'

const shop = await openTestShop(60)
const tastes = { users: 60, groups: 3, itemsPerGroup: 12, fromDay: 0, untilDay: 50, visitsPerUser: 6, seed: 'same' }
await shop.store.events.append(tasteEvents(tastes), shop.clock.now())
await shop.store.catalogues.apply(
  shop.run.catalogue,
  Array.from({ length: 36 }, (_, at) => ({
    kind: 'put' as const,
    record: { objectID: `i${at}`, brand: `b${at % 5}`, categories: [`c${Math.floor(at / 12)}`], price: 5 + at },
  })),
  shop.clock.now(),
)
const { lastSequence } = await shop.store.events.counts(shop.run.catalogue)
const breathe = createBreathe()
const prepared = await prepare({ ...shop.run, breathe, dataSequence: lastSequence, nowMs: shop.clock.now() })
const { everything, test } = surfaceData(prepared, 'recommended-for-you', shop.run.config)
const live = await openShop({ ...shop.run, log: silentLog, clock: { ...shop.clock, now: () => prepared.untilMs } })
afterAll(async () => {
  await live.close()
  await shop.close()
})

const shoppers = prepared.log.users.ids()

it('signals of a table are those of the live shop at that moment', async () => {
  const signals = await openSignals(everything)
  const items = Int32Array.from({ length: prepared.items.size }, (_, index) => index)
  const into = new Float32Array(items.length * (signals?.names.length ?? 0))
  const seen = new Set<number>()
  for (const [row, userId] of shoppers.entries()) {
    signals?.of(row)(items, into)
    for (const index of items.filter((_, at) => at % 7 === row % 7)) {
      const online = Object.values(live.signals(userId, prepared.items.idOf(index)) ?? {})
      const offline = [...into.subarray(index * online.length, (index + 1) * online.length)]
      expect(offline).toEqual(online)
      offline.forEach((value) => seen.add(value))
    }
  }
  expect(seen.size).toBeGreaterThan(500)
})

it('signals of the past know nothing of what came after', async () => {
  const days = (everything.asOfMs - test.train.asOfMs) / 86_400_000
  const [early, cut] = [await openSignals(everything, days), await openSignals(test.train)]
  const rows = new Map(shoppers.map((id, row) => [id, row]))
  expect(early?.names).toEqual(cut?.names)
  // Row r of both tables is a shopper known before the cut; they are numbered alike as long as nobody is new.
  const items = Int32Array.from({ length: prepared.items.size }, (_, index) => index)
  const read = (of: typeof early, row: number) => {
    const into = new Float32Array(items.length * (of?.names.length ?? 0))
    of?.of(row)(items, into)
    return into
  }
  expect(rows.size).toBe(test.train.matrix.rowCount)
  for (let row = 0; row < 10; row++) expect(read(early, row)).toEqual(read(cut, row))
  expect(read(early, 0)).not.toEqual(read(await openSignals(everything), 0))
})

describe('a discriminator taught by time', () => {
  // What is popular says nothing of who asks: whoever reads signals does better.
  const bases = { popularity: { model: 'popularity' } }
  const config = configFor(models.haggle, { bases, candidates: 30, steps: 60, seeds: 1, hide: 'time', slice: 0.15 })

  it('reads signals, by name, whatever order they are offered in', async () => {
    const rng = createRng('fit')
    const run = { rng, breathe, progress: () => undefined, epoch: () => undefined }
    const fitted: Fitted = await models.haggle.fit(everything, config, run)
    expect(fitted.readsSignals).toBe(true)
    const query = rowQuery(everything, 0, await openSignals(everything))
    const { names, read } = query.signals ?? { names: [], read: () => undefined }
    const turned = {
      names: [...names].reverse(),
      read: (items: Int32Array, into: Float32Array) => {
        read(items, into)
        for (let at = 0; at < items.length; at++) into.subarray(at * names.length, (at + 1) * names.length).reverse()
      },
    }
    const scoresOf = (signals: typeof query.signals) => {
      const scores = new Float32Array(fitted.itemCount)
      fitted.score({ ...query, signals }, scores)
      return scores
    }
    expect(scoresOf(turned)).toEqual(scoresOf(query.signals))
    expect(scoresOf(undefined)).not.toEqual(scoresOf(query.signals))
    expect(scoresOf(undefined).every(Number.isFinite)).toBe(true)
  })
})
