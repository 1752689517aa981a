/** The generations of a shop over HTTP: a line of each, and the whole of one by its id. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CatalogueId } from '../src/domain/ids.ts'
import { tasteEvents } from '../src/train/taste-fixture.ts'
import { openShopForTest, type OpenShop } from './open-shop.ts'

const index = 'shop' as CatalogueId
let shop: OpenShop
beforeAll(async () => {
  const training = { models: ['popularity', 'ease'], bootstrapRounds: 20 }
  shop = await openShopForTest({ catalogue: index, training, server: { openSearch: false } })
  await shop.engine.change(index, [{ kind: 'put', record: { objectID: 'i0' } }])
  const tastes = { users: 60, groups: 3, itemsPerGroup: 10, fromDay: 0, untilDay: 60, visitsPerUser: 6, seed: 'list' }
  await shop.engine.acceptEvents(tasteEvents(tastes))
  await shop.engine.train(index, { force: true })
})
afterAll(() => shop.close())

const ask = async (path: string, key = shop.engine.adminKey) => {
  const response = await fetch(`${shop.url}/haggle/v1/generations${path}`, { headers: { 'x-algolia-api-key': key } })
  return { status: response.status, text: await response.text() }
}

it('lists what each is made of without its report, which is told by id', async () => {
  const listed = await ask('')
  const { generations, live, history } = JSON.parse(listed.text) as {
    generations: { id: string; models: string[]; lead: { mean: number } }[]
    live: string
    history: { generation: string }[]
  }
  expect(generations).toHaveLength(1)
  expect(generations[0]).toMatchObject({ id: live, status: 'ready', parent: null, models: ['ease'] })
  expect(generations[0].lead.mean).toBeGreaterThan(0)
  expect(history.map(({ generation }) => generation)).toEqual([live])

  const whole = await ask(`/${live}`)
  expect(JSON.parse(whole.text)).toMatchObject({
    id: live,
    report: { gate: {}, surfaces: { 'recommended-for-you': { recipe: { model: 'ease' } } } },
  })
  expect(listed.text.length).toBeLessThan(whole.text.length / 5)
})

it('tells of none that is not there, or of another catalogue, and nobody without the admin key', async () => {
  const { id } = (await shop.engine.store.generations.latest(index)) ?? { id: '' }
  expect((await ask('/nothing')).status).toBe(404)
  expect((await ask(`/${id}?index=other`)).status).toBe(404)
  expect([(await ask('', 'none')).status, (await ask(`/${id}`, 'none')).status]).toEqual([403, 403])
})
