/** A shopper who is erased while a generation that learnt from them is live: over HTTP, to the generation after. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hourMs } from '../src/base/clock.ts'
import type { CatalogueId } from '../src/domain/ids.ts'
import { tasteEvents } from '../src/train/taste-fixture.ts'
import { openShopForTest, type OpenShop } from './open-shop.ts'

const products = 'shop' as CatalogueId
let shop: OpenShop
beforeAll(async () => {
  shop = await openShopForTest({ catalogue: products, training: { models: ['ease'], bootstrapRounds: 50 } })
  const objects = Array.from({ length: 60 }, (_, at) => ({ objectID: `i${at}`, name: `Thing ${at}` }))
  await shop.admin.saveObjects({ indexName: products, objects, waitForTasks: true })
  const tastes = { users: 80, groups: 4, itemsPerGroup: 15, fromDay: 0, untilDay: 60, visitsPerUser: 6, seed: 'tastes' }
  await shop.engine.acceptEvents(tasteEvents(tastes))
  await shop.engine.train(products, { force: true })
})
afterAll(() => shop.close())

const state = async () => {
  const headers = { 'x-algolia-api-key': shop.engine.adminKey }
  const response = await fetch(`${shop.url}/haggle/v1/shoppers/u5/erasure`, { headers })
  return (await response.json()) as {
    models: { generation: string; replacedBy: string; parts: { part: string; removed: string }[] }[]
    waiting: { generation: string }[]
    kept: string[]
    complete: boolean
  }
}

it('is out of the models that can at once, of the rest by the training that follows, and the certificate tells', async () => {
  const first = shop.engine.shop(products).generation
  await shop.insights.deleteUserToken({ userToken: 'u5' })
  const erased = await state()
  const [{ generation, replacedBy, parts }] = erased.models
  expect(generation).toBe(first)
  expect(shop.engine.shop(products).generation).toBe(replacedBy)
  expect(parts.find(({ part }) => part === 'recommended-for-you')?.removed).toBe('at once')
  expect(parts.find(({ part }) => part === 'behaviourScales')?.removed).toBe('by the next generation')
  expect([erased.waiting.map((each) => each.generation), erased.kept, erased.complete]).toEqual([
    [replacedBy],
    [first],
    false,
  ])

  shop.clock.advance(hourMs)
  const { generation: next } = await shop.engine.train(products, { force: true })
  const later = await state()
  expect(shop.engine.shop(products).generation).toBe(next.id)
  expect([later.waiting, later.kept.toSorted(), later.complete]).toEqual([[], [first, replacedBy].toSorted(), false])
  await shop.engine.store.generations.prune(products, 1)
  // The one to roll back to stays.
  expect((await state()).kept).toEqual([replacedBy])
}, 120_000)
