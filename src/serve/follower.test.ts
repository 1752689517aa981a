import { expect, it } from 'vitest'
import { silentLog } from '../base/log.ts'
import type { UserId } from '../domain/ids.ts'
import { shop } from '../store/catalogue-store-suite.ts'
import { event } from '../store/event-store-suite.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { News, Store } from '../store/store.ts'
import { createFollower } from './follower.ts'

/** One of several that follow the same store, and what it was told. */
async function followerOf(store: Store) {
  const told: string[] = []
  const news: News[] = []
  const state = { fails: false }
  const follower = createFollower({
    store,
    log: silentLog,
    follow: async (each) => {
      if (state.fails) throw new Error('it cannot')
      news.push(each)
    },
    renew: async (userId) => void told.push(`renew ${userId}`),
    tell: (events, isOwn) => void told.push(...events.map((each) => `${isOwn(each) ? 'own' : 'heard'} ${each.id}`)),
    pauseEvents: (work) => work(),
    whisperMs: 1,
  })
  await follower.begin()
  const accept = async (...numbers: number[]) => {
    const events = numbers.map((number) => event(number))
    const places = await store.events.append(events, 1)
    await follower.committed(events.map((each) => ({ ...each, sequence: places.get(each.id) ?? 0 })))
  }
  return { follower, told, news, state, accept }
}
const id = (number: number) => event(number).id

it('tells of each event once, in the order of the log, whoever took it', async () => {
  const store = await openSqliteStore({ file: ':memory:' })
  await store.events.append([event(99)], 1)
  const [one, two] = [await followerOf(store), await followerOf(store)]
  await one.accept(1, 2)
  await two.accept(3)
  await one.follower.catchUp()
  await one.accept(4)
  await two.follower.catchUp()
  await two.follower.catchUp()
  expect(one.told).toEqual([`own ${id(1)}`, `own ${id(2)}`, `heard ${id(3)}`, `own ${id(4)}`])
  expect(two.told).toEqual([`heard ${id(1)}`, `heard ${id(2)}`, `own ${id(3)}`, `heard ${id(4)}`])
  await store.close()
})

it('reads anew whom it heard of by name, and has all read anew where it did not hear whom', async () => {
  const store = await openSqliteStore({ file: ':memory:' })
  const [one, two] = [await followerOf(store), await followerOf(store)]
  const [{ change }] = (await store.people.erase(['ann' as UserId])).renewed
  one.follower.erased(change, 'ann' as UserId)
  await one.follower.catchUp()
  await two.follower.catchUp()
  expect([one.told, one.news.map(({ gap }) => gap)]).toEqual([['renew ann'], [false]])
  expect([two.told, two.news.map(({ gap }) => gap)]).toEqual([[], [true]])
  expect([one.follower.number, two.follower.number]).toEqual([change, change])
  await store.close()
})

it('tries again what it could not take over, from where it stood, and says that it is behind until then', async () => {
  const store = await openSqliteStore({ file: ':memory:' })
  const { follower, state, news } = await followerOf(store)
  state.fails = true
  const task = await store.catalogues.apply(shop, [{ kind: 'put', record: { objectID: 'a' } }], 1)
  await expect(follower.catchUp()).rejects.toThrow('it cannot')
  expect([follower.inLine, follower.number]).toEqual([false, 0])
  state.fails = false
  await follower.catchUp()
  expect([follower.inLine, follower.number, news.length]).toEqual([true, task, 1])
  expect(news[0].items.get(shop)?.records.size).toBe(1)
  await store.close()
})
