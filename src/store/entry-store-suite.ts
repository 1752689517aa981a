/** What every database must keep of rules, synonyms and keys, and of catalogues that take each other's place. */
import { describe, expect, it } from 'vitest'
import { collect, hardTexts, other, shop } from './catalogue-store-suite.ts'
import type { Store } from './store.ts'

export function entrySuite(store: () => Store): void {
  const put = (id: string) => ({ kind: 'put', record: { objectID: id } }) as const
  const entry = (id: string, text = '') => ({ id, entry: { objectID: id, text } })
  const ids = async (catalogue = shop, kind: 'rule' | 'synonym' = 'rule') =>
    (await store().entries.list(catalogue, kind)).map(({ id }) => id)

  describe('entries', () => {
    it('stay in the order in which they were first saved, rules and synonyms apart', async () => {
      const { entries } = store()
      const many = Array.from({ length: 300 }, (_, at) => entry(`r${299 - at}`))
      await entries.save(shop, 'rule', many, { replace: false, nowMs: 1 })
      await entries.save(shop, 'rule', [entry('new'), entry('r5', 'changed')], { replace: false, nowMs: 2 })
      await entries.save(shop, 'synonym', [entry('r5')], { replace: false, nowMs: 3 })
      expect(await ids()).toEqual([...many.map(({ id }) => id), 'new'])
      expect((await entries.list(shop, 'rule'))[294].entry).toEqual({ objectID: 'r5', text: 'changed' })
      expect(await ids(shop, 'synonym')).toEqual(['r5'])
      expect(await ids(other)).toEqual([])
    })

    it('are replaced and removed, one or all, each as a task of the catalogue', async () => {
      const { entries, catalogues } = store()
      const first = await entries.save(shop, 'rule', [entry('a'), entry('b'), entry('c')], { replace: false, nowMs: 1 })
      const second = await entries.remove(shop, 'rule', ['b', 'unheard of'], 2)
      expect(await ids()).toEqual(['a', 'c'])
      await entries.save(shop, 'rule', [entry('d')], { replace: true, nowMs: 3 })
      expect(await ids()).toEqual(['d'])
      const last = await entries.remove(shop, 'rule', null, 4)
      expect(await ids()).toEqual([])
      expect([second > first, await catalogues.lastTask(shop), await store().changes.last()]).toEqual([
        true,
        last,
        last,
      ])
    })

    it('give back any text exactly', async () => {
      const { entries } = store()
      const hard = hardTexts.map((text) => ({ id: text, entry: [text] }))
      await entries.save(shop, 'synonym', hard, { replace: false, nowMs: 1 })
      expect(await entries.list(shop, 'synonym')).toEqual(hard)
    })
  })

  describe('catalogues in the place of others', () => {
    const records = async (catalogue = shop) =>
      (await collect(store().catalogues.scan(catalogue))).map(({ objectID }) => objectID)

    it('change several at once, or none', async () => {
      const { catalogues } = store()
      const broken = { kind: 'put', record: { objectID: null as never } } as const
      const both = (last: typeof broken | ReturnType<typeof put>) =>
        new Map([
          [shop, [put('a')]],
          [other, [last]],
        ])
      await expect(catalogues.applyAll(both(broken), 1)).rejects.toThrow()
      expect([await records(), await store().changes.last()]).toEqual([[], 0])
      const task = await catalogues.applyAll(both(put('b')), 2)
      expect([await records(), await records(other)]).toEqual([['a'], ['b']])
      expect([await catalogues.lastTask(shop), await catalogues.lastTask(other)]).toEqual([task, task])
    })

    it('copy all or the parts named, and leave replicas where they hang', async () => {
      const { catalogues, entries } = store()
      await catalogues.apply(shop, [put('a'), put('b')], 1)
      await catalogues.changeSettings(shop, { hitsPerPage: 5, replicas: ['x'] }, 1)
      await entries.save(shop, 'rule', [entry('r')], { replace: false, nowMs: 1 })
      await entries.save(shop, 'synonym', [entry('s')], { replace: false, nowMs: 1 })
      await catalogues.apply(other, [put('z')], 2)
      await catalogues.changeSettings(other, { page: 1, replicas: ['y'] }, 2)
      await catalogues.copy(shop, other, ['rules'], 3)
      expect([await records(other), await ids(other), await ids(other, 'synonym')]).toEqual([['z'], ['r'], []])
      const task = await catalogues.copy(shop, other, null, 4)
      expect([await records(other), await ids(other, 'synonym')]).toEqual([['a', 'b'], ['s']])
      expect(await catalogues.settings(other)).toEqual({ hitsPerPage: 5, replicas: ['y'] })
      expect(await catalogues.lastTask(other)).toBe(task)
      expect(await records()).toEqual(['a', 'b'])
      await catalogues.copy(shop, shop, null, 5)
      expect(await records()).toEqual(['a', 'b'])
    })

    it('move, and the source is gone with all it had', async () => {
      const { catalogues, entries } = store()
      await catalogues.apply(shop, [put('a')], 1)
      await entries.save(shop, 'rule', [entry('r')], { replace: false, nowMs: 1 })
      await catalogues.apply(other, [put('z')], 2)
      const task = await catalogues.move(shop, other, 3)
      expect([await records(other), await ids(other), await records(), await ids()]).toEqual([['a'], ['r'], [], []])
      expect((await catalogues.list()).map(({ catalogue }) => catalogue)).toEqual([other])
      expect(await store().changes.last()).toBe(task)
    })
  })

  describe('keys', () => {
    it('are kept with their rights, changed by their hash, oldest first', async () => {
      const { keys } = store()
      const key = (hash: string, createdAtMs: number, deletedAtMs: number | null = null) => ({
        hash,
        sealed: new Uint8Array([0, 255, createdAtMs]),
        rights: { acl: ['search'], description: 'naïve\0' },
        createdAtMs,
        deletedAtMs,
      })
      await keys.put(key('b', 2))
      await keys.put(key('a', 3))
      await keys.put(key('c', 1))
      await keys.put(key('a', 3, 9))
      expect(await keys.list()).toEqual([key('c', 1), key('b', 2), key('a', 3, 9)])
    })
  })
}
