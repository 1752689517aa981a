import { afterEach, expect, it } from 'vitest'
import type { UserId } from '../domain/ids.ts'
import { modelNamed } from '../models/index.ts'
import { decodeBundle } from '../models/state.ts'
import type { ModelState } from '../models/model.ts'
import { learnGeneration } from './learn-generation.ts'
import { trainGeneration } from './pipeline.ts'
import { opened, openTestShop, shop, type TasteOptions, tasteEvents } from './taste-fixture.ts'
import { unlearnShopper } from './unlearn.ts'

const tastes: TasteOptions = {
  ...{ users: 80, groups: 4, itemsPerGroup: 15, fromDay: 0, untilDay: 60, visitsPerUser: 6, seed: 'tastes' },
}
const gone = 'u5' as UserId

let close: (() => Promise<void>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

async function trained(models: readonly string[], more: { without?: UserId; training?: object } = {}) {
  const test = await openTestShop(61, { models, ...more.training })
  const closeBefore = close
  close = async () => {
    await closeBefore?.()
    await test.close()
  }
  const events = tasteEvents(tastes).filter(({ userId }) => userId !== more.without)
  await test.store.events.append(events, test.clock.now())
  await trainGeneration({ ...test.run, force: true }, learnGeneration)
  return test
}

const live = async ({ store }: Awaited<ReturnType<typeof trained>>) => {
  const id = await store.generations.live(shop)
  if (id === null) throw new Error('nothing is live')
  return { id, ...decodeBundle(await store.generations.artefacts(id)) }
}

/** Of a fixed question, by item. */
function scores(items: readonly string[], state: ModelState | undefined): Map<string, number> {
  if (state === undefined) throw new Error('not trained')
  const asked = Int32Array.from(['i3', 'i20', 'i21'], (item) => items.indexOf(item))
  const all = new Float32Array(items.length)
  const query = { items: asked, weights: new Float32Array(3).fill(1), ageDays: null, features: null }
  modelNamed(state.model).load(state).score(query, all)
  return new Map(items.map((item, at) => [item, all[at]]))
}

const exact = ['ease', 'item-knn', 'rp3beta', 'user-knn']
it.each(exact)('takes a shopper out of a live %s as if it had been trained without them', async (model) => {
  const test = await trained([model])
  const before = await live(test)
  const unlearnt = await unlearnShopper(test.run, [gone])
  const after = await live(test)
  expect(unlearnt).toMatchObject({ catalogue: shop, generation: before.id, replacedBy: after.id })
  expect(after.id).not.toBe(before.id)
  expect(unlearnt?.parts).toContainEqual({ part: 'recommended-for-you', model, removed: 'at once' })

  const anew = await live(await trained([model], { without: gone }))
  // The last event, from which ages are counted, is somebody else's in both.
  expect((await test.store.events.ofUser(shop, gone, 1))[0].timeMs).toBeLessThan(opened + 60 * 86_400_000)
  for (const surface of ['recommended-for-you', 'session'] as const) {
    const [own, right, old] = [after, anew, before].map(({ items, surfaces }) => scores(items, surfaces[surface]))
    const known = [...right.keys()]
    const scale = Math.max(...known.map((item) => Math.abs(right.get(item) ?? 0)))
    const apart = (of: Map<string, number>) =>
      Math.max(...known.map((item) => Math.abs((of.get(item) ?? NaN) - (right.get(item) ?? NaN))))
    expect(apart(own)).toBeLessThan(1e-4 * scale)
    expect(apart(old)).toBeGreaterThan(1e-3 * scale)
  }
  expect((await test.store.generations.history(shop))[0].reason).toContain('erased')
})

it('leaves to the next training what can only be learnt anew, and says of which part', async () => {
  const test = await trained(['ials'])
  const before = await live(test)
  const unlearnt = await unlearnShopper(test.run, [gone])
  expect(unlearnt?.replacedBy).toBeNull()
  const own = unlearnt?.parts.find(({ part }) => part === 'recommended-for-you')
  expect(own).toEqual({ part: 'recommended-for-you', model: 'ials', removed: 'by the next generation' })
  expect((await live(test)).id).toBe(before.id)
})

it('does not guess at rows that are not as they were when they were learnt from', async () => {
  const test = await trained(['ease'])
  test.clock.advance(1)
  await test.store.people.signIn('visitor' as UserId, gone, test.clock.now())
  const unlearnt = await unlearnShopper(test.run, [gone])
  expect(unlearnt).toMatchObject({ replacedBy: null })
  expect(unlearnt?.parts.some(({ removed }) => removed === 'at once')).toBe(false)
})

it('has nothing to say of a stranger, or before anything was learnt', async () => {
  const test = await trained(['ease'])
  expect(await unlearnShopper(test.run, ['nobody' as UserId])).toBeNull()
  await test.store.events.append(
    tasteEvents({ ...tastes, users: 1, seed: 'late' }).map((event, at) => ({
      ...event,
      id: `late ${at}` as never,
      userId: 'late' as UserId,
    })),
    1,
  )
  expect(await unlearnShopper(test.run, ['late' as UserId])).toBeNull()
})
