/** What every database must tell those that hold a shop in memory, and who may do what only one may do. */
import { describe, expect, it } from 'vitest'
import type { GenerationId, UserId } from '../domain/ids.ts'
import { collect, hardTexts, item, other, shop } from './catalogue-store-suite.ts'
import { event, events } from './event-store-suite.ts'
import type { News, Store } from './store.ts'

const put = (id: string, fields: object = {}) => ({ kind: 'put', record: { objectID: id, ...fields } }) as const

export function changeSuite(store: () => Store): void {
  describe('changes', () => {
    const since = async (number: number): Promise<News> => {
      const news = await store().changes.since(number)
      if (news === null) throw new Error('nothing happened')
      return news
    }

    it('are told with the records as they are now, deleted and merged ones too, up to the task that made the last', async () => {
      const { catalogues, changes } = store()
      expect([await changes.last(), await changes.since(0)]).toEqual([0, null])
      await catalogues.apply(shop, [put('a', { price: 1 }), put('b')], 1)
      const before = await changes.last()
      await catalogues.apply(shop, [{ kind: 'delete', itemId: item('b') }, put(hardTexts[4])], 2)
      const merged = { kind: 'merge', record: { objectID: 'a', colour: 'red' }, createIfMissing: false } as const
      const task = await catalogues.apply(shop, [merged], 3)
      const news = await since(before)
      expect([news.number, news.gap]).toEqual([task, false])
      const records = new Map([
        [item('b'), null],
        [item(hardTexts[4]), { objectID: hardTexts[4] }],
        [item('a'), { objectID: 'a', price: 1, colour: 'red' }],
      ])
      expect(news.items).toEqual(new Map([[shop, { cleared: false, records }]]))
      expect(await changes.since(task)).toBeNull()
    })

    it('say where a catalogue was cleared, and then only what came after', async () => {
      const { catalogues } = store()
      await catalogues.apply(shop, [put('a'), put('b')], 1)
      await catalogues.apply(shop, [put('c'), { kind: 'clear' }, put('d')], 2)
      await catalogues.apply(shop, [put('e')], 3)
      const records = new Map([
        [item('d'), { objectID: 'd' }],
        [item('e'), { objectID: 'e' }],
      ])
      expect((await since(0)).items).toEqual(new Map([[shop, { cleared: true, records }]]))
    })

    it('name whose settings, rules, keys, generations and catalogues are to be read anew', async () => {
      const { catalogues, entries, keys, generations, events: log } = store()
      await catalogues.changeSettings(shop, { hitsPerPage: 5 }, 1)
      await entries.save(other, 'rule', [{ id: 'r', entry: {} }], { replace: false, nowMs: 2 })
      const settings = await since(0)
      expect([...settings.settings, settings.keys, settings.whole.size]).toEqual([shop, other, false, 0])
      await catalogues.move(shop, other, 3)
      await keys.put({ hash: 'h', sealed: Uint8Array.of(1), rights: {}, createdAtMs: 1, deletedAtMs: null })
      const moved = await since(settings.number)
      expect([[...moved.whole].sort(), moved.keys]).toEqual([[other, shop], true])
      const id = 'g1' as GenerationId
      const about = { catalogue: shop, createdAtMs: 1, parent: null, dataUntilMs: 1, dataSequence: 1, seed: '1' }
      await generations.put({ id, ...about, status: 'ready', recipe: {}, report: {} }, [])
      await generations.publish(shop, id, 4, 'go')
      const trained = await since(moved.number)
      expect([[...trained.live], [...trained.trained], trained.keys]).toEqual([[shop], [shop], false])
      await log.append([event(1, { userId: 'ann' as UserId })], 1)
      const [{ change }] = (await store().people.erase(['ann' as UserId])).renewed
      expect((await since(trained.number)).erased).toEqual([change])
    })

    it('that were rolled back are told of nobody', async () => {
      const { catalogues, changes } = store()
      const broken = { kind: 'put', record: { objectID: null as never } } as const
      await expect(catalogues.apply(shop, [put('a'), broken], 1)).rejects.toThrow()
      expect(await changes.since(0)).toBeNull()
    })

    it('of long ago, or of another database, are a gap', async () => {
      const { catalogues } = store()
      await catalogues.apply(shop, [put('a')], 1)
      expect(await since(-10_001)).toMatchObject({ gap: true, keys: true, number: 1 })
      expect(await since(2)).toMatchObject({ gap: true, number: 1 })
    })

    it('leave out imports, whose events nobody hears of before all is in', async () => {
      const { events: log, imports, catalogues } = store()
      await log.append(events(2), 1)
      const checkpoint = { key: 'k', source: 'x', rowsDone: 2, finished: true, report: {}, updatedAtMs: 2 }
      await imports.advance(checkpoint, [event(3), event(4)], [{ catalogue: shop, record: { objectID: 'a' } }])
      await log.append([event(5, { catalogue: other })], 3)
      const heard = await collect(log.heard(0, await log.lastSequence()))
      expect(heard.map(({ id }) => id)).toEqual(
        [event(1), event(2), event(5, { catalogue: other })].map(({ id }) => id),
      )
      expect((await collect(log.scan({ catalogue: shop }))).length).toBe(4)
      await catalogues.renewed(shop, 4)
      const news = await since(0)
      expect([[...news.whole], news.items.size]).toEqual([[shop], 0])
    })
  })

  describe('a lease', () => {
    it('has one holder until it runs out or is given back, and a greater number each time', async () => {
      const { leases } = store()
      const asked = await Promise.all(['a', 'b', 'c'].map((holder) => leases.take('x', holder, 100, 200)))
      const [first, ...more] = asked.filter((lease) => lease !== null)
      expect(more).toEqual([])
      expect(await leases.take('y', 'z', 100, 200)).not.toBeNull()
      expect(await leases.renew(first, 300)).toBe(true)
      expect(await leases.take('x', 'late', 250, 900)).toBeNull()
      const second = await leases.take('x', 'late', 300, 900)
      expect(second?.number).toBeGreaterThan(first.number)
      expect(await leases.renew(first, 1_000)).toBe(false)
      if (second !== null) await leases.release(second)
      expect((await leases.take('x', 'next', 301, 900))?.number).toBeGreaterThan(second?.number ?? Infinity)
    })

    it('is taken again at once by the one who held it', async () => {
      const { leases } = store()
      const first = await leases.take('x', 'me', 100, 200)
      const again = await leases.take('x', 'me', 101, 201)
      expect(again?.number).toBeGreaterThan(first?.number ?? Infinity)
    })

    it('that was taken over publishes nothing', async () => {
      const { leases, generations } = store()
      const about = { catalogue: shop, createdAtMs: 1, parent: null, dataUntilMs: 1, dataSequence: 1, seed: '1' }
      for (const id of ['old', 'new'] as GenerationId[]) {
        await generations.put({ id, ...about, status: 'ready', recipe: {}, report: {} }, [])
      }
      const late = await leases.take('learn', 'a', 100, 200)
      const taken = await leases.take('learn', 'b', 200, 300)
      if (late === null || taken === null) throw new Error('nobody holds it')
      await generations.publish(shop, 'new' as GenerationId, 1, 'taken over', taken)
      const refused = generations.publish(shop, 'old' as GenerationId, 2, 'late', late)
      await expect(refused).rejects.toMatchObject({ code: 'refused' })
      expect([await generations.live(shop), (await generations.history(shop)).length]).toEqual(['new', 1])
    })
  })
}
