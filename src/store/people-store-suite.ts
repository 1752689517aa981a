/** What every database must keep of shoppers as persons. */
import { describe, expect, it } from 'vitest'
import { purposeBit } from '../domain/consent.ts'
import { collect, other, shop } from './catalogue-store-suite.ts'
import { event } from './event-store-suite.ts'
import { exposure, user } from './exposure-store-suite.ts'
import type { Store } from './store.ts'

export function peopleSuite(store: () => Store): void {
  describe('people', () => {
    const [analytics, personalization, training] = (['analytics', 'personalization', 'training'] as const).map(
      purposeBit,
    )
    const [ann, visitor, bob] = [user('ann'), user('visitor'), user('bob')]
    const fill = async () => {
      const own = [1, 2].map((number) => event(number, { userId: ann }))
      await store().events.append([...own, event(3, { userId: visitor }), event(4, { userId: bob })], 1)
      await store().exposures.append([exposure(1, { userId: ann }), exposure(2, { userId: visitor, catalogue: other })])
    }
    const refusals = async () =>
      (await collect(store().events.scan({ catalogue: shop }))).map(({ refused = 0 }) => refused)

    it('who refuse a purpose have it refused in all that is held of them, and only of them, for good', async () => {
      await fill()
      await store().people.refuse(ann, training, 5)
      expect(await store().people.consents()).toEqual(new Map([[ann, training]]))
      expect(await refusals()).toEqual([training, training, 0, 0])
      await store().people.refuse(ann, personalization, 6)
      await store().people.refuse(ann, 0, 7)
      expect(await store().people.consents()).toEqual(new Map([[ann, 0]]))
      expect(await refusals()).toEqual([training | personalization, training | personalization, 0, 0])
      expect(await store().exposures.ofUser(shop, ann, 9)).toMatchObject([{ refused: training | personalization }])
    })

    it('who refuse to be counted are named by no answer, and what may be used for nothing is removed', async () => {
      await fill()
      await store().people.refuse(ann, analytics, 5)
      expect(await store().exposures.ofUser(shop, ann, 9)).toEqual([])
      expect(await store().exposures.get(exposure(1).queryId)).toMatchObject({ userId: null, refused: analytics })
      await store().people.refuse(ann, personalization | training, 6)
      expect(await refusals()).toEqual([0, 0])
    })

    it('who sign in take along what they left as a visitor, once', async () => {
      await fill()
      const renewed = await store().people.signIn(visitor, ann, 5)
      expect(renewed.map(({ userId }) => userId)).toEqual([ann, visitor])
      await store().people.signIn(visitor, ann, 6)
      expect((await store().events.ofUser(shop, ann, 9)).map(({ id }) => id)).toEqual([3, 2, 1].map((n) => event(n).id))
      expect(await store().exposures.ofUser(other, ann, 9)).toHaveLength(1)
      // The same event sent again is still known.
      expect((await store().events.append([event(3, { userId: visitor })], 7)).size).toBe(0)
      expect(await store().people.namesOf(ann)).toEqual([ann, visitor])
      expect(await store().people.namesOf(visitor)).toEqual([visitor, ann])
      expect(await store().people.namesOf(bob)).toEqual([bob])
    })

    it("who sign in keep what they said; a visitor's word holds where they have said nothing", async () => {
      await fill()
      await store().people.refuse(visitor, training, 5)
      await store().people.signIn(visitor, ann, 6)
      expect(await store().people.consents()).toEqual(
        new Map([
          [ann, training],
          [visitor, training],
        ]),
      )
      expect(await store().people.consents([visitor, bob])).toEqual(new Map([[visitor, training]]))
      await store().people.refuse(ann, personalization, 7)
      await store().events.append([event(9, { userId: visitor })], 8)
      await store().people.refuse(visitor, 0, 9)
      await store().people.signIn(visitor, ann, 10)
      expect((await store().people.consents()).get(ann)).toBe(personalization)
      expect((await store().events.ofUser(shop, ann, 9)).find(({ id }) => id === event(9).id)?.refused).toBe(
        personalization,
      )
    })

    it('who are erased are named nowhere, with every name they had', async () => {
      await fill()
      await store().people.refuse(ann, training, 5)
      await store().people.signIn(visitor, ann, 6)
      expect(await store().people.changedAtMs([ann])).toBe(6)
      expect(await store().people.changedAtMs([bob])).toBeNull()
      const names = await store().people.namesOf(visitor)
      const held = { events: 3, exposures: 2, consents: 1, logins: 1 }
      expect(await store().people.held(names)).toEqual(held)
      expect((await store().people.erase(names)).removed).toEqual(held)
      const nothing = { events: 0, exposures: 0, consents: 0, logins: 0 }
      expect(await store().people.held(names)).toEqual(nothing)
      expect(await store().people.erase([])).toEqual({ removed: nothing, renewed: [] })
      expect(await refusals()).toEqual([0])
    })

    it('who were erased have a certificate, the last one', async () => {
      const { people } = store()
      expect(await people.erasure('ab')).toBeNull()
      await people.putErasure('ab', { removed: 1 }, 1)
      await people.putErasure('ab', { removed: 2 }, 2)
      expect(await people.erasure('ab')).toEqual({ removed: 2 })
    })

    it('have secrets that are made once, however many try', async () => {
      const { secrets } = store()
      await secrets.add('b', Uint8Array.of(1, 2), 2)
      await secrets.add('b', Uint8Array.of(9), 3)
      await secrets.add('a', Uint8Array.of(0, 255), 1)
      expect(await secrets.list()).toEqual([
        { name: 'a', sealed: Uint8Array.of(0, 255), createdAtMs: 1 },
        { name: 'b', sealed: Uint8Array.of(1, 2), createdAtMs: 2 },
      ])
      await secrets.remove('a')
      expect(await secrets.list()).toHaveLength(1)
    })
  })
}
