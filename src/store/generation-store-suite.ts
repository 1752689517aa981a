/** What every database must keep of what was learnt and of what is live. */
import { describe, expect, it } from 'vitest'
import type { GenerationId } from '../domain/ids.ts'
import { other, shop } from './catalogue-store-suite.ts'
import type { Generation, Store } from './store.ts'

const generationId = (id: string) => id as GenerationId

function generation(id: string, changes: Partial<Generation> = {}): Generation {
  return {
    id: generationId(id),
    catalogue: shop,
    createdAtMs: 1_700_000_000_000 + id.charCodeAt(0),
    status: 'ready',
    parent: null,
    dataUntilMs: 1_700_000_000_000,
    dataSequence: 7,
    seed: 'seed',
    recipe: {},
    report: {},
    ...changes,
  }
}

export function generationSuite(store: () => Store): void {
  describe('generations', () => {
    const publishAll = async (...ids: string[]) => {
      for (const id of ids) {
        await store().generations.put(generation(id), [])
        await store().generations.publish(shop, generationId(id), 1, `publish ${id}`)
      }
    }

    it('are unknown before the first', async () => {
      const { generations } = store()
      expect(await generations.get(generationId('a'))).toBeNull()
      expect(await generations.list(shop)).toEqual([])
      expect(await generations.artefacts(generationId('a'))).toEqual([])
      expect(await generations.live(shop)).toBeNull()
      expect(await generations.rollback(shop, 1, 'nothing')).toBeNull()
      expect(await generations.history(shop)).toEqual([])
      expect(await generations.prune(shop, 0)).toBe(0)
    })

    it('are stored whole with their bytes, large and empty', async () => {
      const { generations } = store()
      const large = new Uint8Array(9_000_001).map((_, index) => (index * 2_654_435_761) >>> 24)
      const first = generation('a', {
        status: 'candidate',
        parent: generationId('z'),
        recipe: { model: 'ease', ridge: 300.5 },
        report: ['👍', { 'a\0b': null }],
      })
      await generations.put(first, [
        { name: 'state', bytes: large },
        { name: 'empty', bytes: new Uint8Array(0) },
      ])
      await generations.put(generation('b'), [])
      expect(await generations.get(first.id)).toEqual(first)
      const artefacts = await generations.artefacts(first.id)
      expect(artefacts.map((each) => each.name).sort()).toEqual(['empty', 'state'])
      expect(artefacts.map((each) => each.bytes.length).sort()).toEqual([0, 9_000_001])
      expect(Buffer.compare(artefacts.find((each) => each.name === 'state')?.bytes ?? new Uint8Array(0), large)).toBe(0)
      expect((await generations.list(shop)).map((each) => each.id)).toEqual(['b', 'a'])
    })

    it('are not stored at all when one artefact cannot be, nor over another', async () => {
      const { generations } = store()
      const twice = { name: 'state', bytes: Uint8Array.of(1) }
      await expect(generations.put(generation('a'), [twice, twice])).rejects.toThrow()
      expect(await generations.get(generationId('a'))).toBeNull()
      await generations.put(generation('a'), [twice])
      await expect(generations.put(generation('a', { seed: 'new' }), [])).rejects.toThrow(/already holds generation a/)
      expect(await generations.artefacts(generationId('a'))).toEqual([twice])
      expect((await generations.get(generationId('a')))?.seed).toBe('seed')
    })

    it('go live only when ready, known, and of this catalogue', async () => {
      const { generations } = store()
      await generations.put(generation('a', { status: 'candidate' }), [])
      await generations.put(generation('b', { status: 'refused' }), [])
      await generations.put(generation('c', { catalogue: other }), [])
      const publish = (id: string) => generations.publish(shop, generationId(id), 1, 'try')
      await expect(publish('a')).rejects.toMatchObject({ code: 'refused' })
      await expect(publish('b')).rejects.toMatchObject({ code: 'refused' })
      await expect(publish('c')).rejects.toMatchObject({ code: 'not-found' })
      await expect(publish('d')).rejects.toMatchObject({ code: 'not-found' })
      expect(await generations.live(shop)).toBeNull()
      expect(await generations.history(shop)).toEqual([])
    })

    it('roll back one step at a time, down to the first, and remember every change', async () => {
      const { generations } = store()
      await publishAll('a', 'b', 'c')
      await generations.publish(shop, generationId('c'), 2, 'c is live already')
      expect(await generations.standing(shop)).toEqual(['c', 'b', 'a'])
      expect(await generations.rollback(shop, 3, 'c was bad')).toBe('b')
      expect(await generations.live(shop)).toBe('b')
      expect(await generations.standing(shop)).toEqual(['b', 'a'])
      expect(await generations.rollback(shop, 4, 'b too')).toBe('a')
      expect(await generations.rollback(shop, 5, 'and a')).toBeNull()
      expect(await generations.live(shop)).toBe('a')
      await generations.publish(shop, generationId('c'), 6, 'c was right')
      expect(await generations.live(shop)).toBe('c')
      expect(await generations.live(other)).toBeNull()
      expect(await generations.rollback(shop, 7, 'no')).toBe('a')
      expect(await generations.history(shop)).toEqual([
        { generation: 'a', previous: 'c', atMs: 7, reason: 'no' },
        { generation: 'c', previous: 'a', atMs: 6, reason: 'c was right' },
        { generation: 'a', previous: 'b', atMs: 4, reason: 'b too' },
        { generation: 'b', previous: 'c', atMs: 3, reason: 'c was bad' },
        { generation: 'c', previous: 'b', atMs: 1, reason: 'publish c' },
        { generation: 'b', previous: 'a', atMs: 1, reason: 'publish b' },
        { generation: 'a', previous: null, atMs: 1, reason: 'publish a' },
      ])
    })

    it('published at once form one unbroken line, and every reader sees one of them live', async () => {
      const { generations } = store()
      const ids = ['a', 'b', 'c', 'd', 'e', 'f']
      for (const id of ids) await generations.put(generation(id), [])
      const seen = await Promise.all(
        ids.map(async (id) => {
          await generations.publish(shop, generationId(id), 1, id)
          return generations.live(shop)
        }),
      )
      expect(seen.every((id) => id !== null && ids.includes(id))).toBe(true)
      const line = (await generations.history(shop)).reverse()
      expect(new Set(line.map((each) => each.generation))).toEqual(new Set(ids))
      expect(line.map((each) => each.previous)).toEqual([null, ...line.slice(0, -1).map((each) => each.generation)])
      expect(await generations.live(shop)).toBe(line.at(-1)?.generation)
    })

    it('tell the newest, whatever became of it', async () => {
      const { generations } = store()
      expect(await generations.latest(shop)).toBeNull()
      for (const id of ['b', 'c', 'a']) await generations.put(generation(id, { status: 'refused', report: { id } }), [])
      expect(await generations.latest(shop)).toEqual((await generations.list(shop))[0])
      expect(await generations.latest(shop)).toMatchObject({ id: 'c', report: { id: 'c' } })
      expect(await generations.latest(other)).toBeNull()
    })

    it('are pruned from the oldest, but never the live one or the one to roll back to', async () => {
      const { generations } = store()
      await publishAll('a', 'b')
      for (const id of ['c', 'd', 'e'])
        await generations.put(generation(id), [{ name: 'state', bytes: Uint8Array.of(1) }])
      await generations.put(generation('x', { catalogue: other }), [])
      expect(await generations.prune(shop, 1)).toBe(2)
      expect((await generations.list(shop)).map((each) => each.id)).toEqual(['e', 'b', 'a'])
      expect(await generations.artefacts(generationId('c'))).toEqual([])
      expect(await generations.artefacts(generationId('e'))).toHaveLength(1)
      expect(await generations.get(generationId('x'))).not.toBeNull()
      expect(await generations.rollback(shop, 2, 'back')).toBe('a')
    })

    it('that were pruned are never rolled back to', async () => {
      const { generations } = store()
      await publishAll('a', 'b', 'c')
      expect(await generations.prune(shop, 0)).toBe(1)
      expect(await generations.rollback(shop, 2, 'one')).toBe('b')
      expect(await generations.rollback(shop, 3, 'two')).toBeNull()
    })
  })
}
