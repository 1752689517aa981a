/** For tests: a shop with something hard in every table, and its tables as texts to compare. */
import { Buffer } from 'node:buffer'
import type { GenerationId } from '../domain/ids.ts'
import { hardTexts, item, other, shop } from './catalogue-store-suite.ts'
import { event, events } from './event-store-suite.ts'
import { exposure, user } from './exposure-store-suite.ts'
import type { Store, Tally } from './store.ts'
import { createTallies, writeLine } from './tally.ts'

export const generation = 'g2' as GenerationId
/** Larger than a part of it may be, and than a page. */
export const artefact = Buffer.alloc(2_500_000, 'a state ')

export async function fillShop(store: Store): Promise<void> {
  const records = hardTexts.map((text, at) => ({ objectID: `item ${at}`, title: text, [text || 'empty']: [at, null] }))
  await store.catalogues.apply(
    shop,
    records.map((record) => ({ kind: 'put', record })),
    1,
  )
  await store.catalogues.changeSettings(shop, { hitsPerPage: 5, replicas: [hardTexts[4]] }, 2)
  const odd = { query: hardTexts[5], priceMinor: 1999, rating: 4.5, quantity: 0.1 + 0.2, position: 3, orderId: 'o' }
  await store.events.append([...events(1_200), ...hardTexts.map((name, at) => event(5_000 + at, { ...odd, name }))], 3)
  const last = event(9_000, { userId: 'to be forgotten' as never })
  await store.events.append([last], 4)
  await store.people.erase([last.userId])
  const shown = hardTexts.map((text, at) => ({ itemId: item(text.slice(0, 50)), score: 1 / 3 ** at, propensity: 1 }))
  await store.exposures.append(
    Array.from({ length: 300 }, (_, at) => exposure(at, { items: shown, query: hardTexts[at % 8] })),
  )
  const counted = { day: 20_000, index: shop, filters: [], tags: [], searches: 2, withoutResults: 1, hits: 7 }
  await store.searches.add(hardTexts.map((query) => ({ catalogue: shop, query, ...counted })))
  const about = { catalogue: shop, status: 'ready', parent: null, dataUntilMs: 9, dataSequence: 3, seed: '1' } as const
  for (const id of ['g1', generation] as GenerationId[]) {
    const told = { ...about, id, createdAtMs: id === generation ? 2 : 1, recipe: { text: hardTexts[6] }, report: [] }
    await store.generations.put(told, [
      { name: 'state', bytes: artefact },
      { name: 'nothing', bytes: Uint8Array.of() },
    ])
    await store.generations.publish(shop, id, 5, `because ${hardTexts[7]}`)
  }
  const checkpoint = { key: 'digest', source: 'a.csv', rowsDone: 2, finished: true, report: {}, updatedAtMs: 6 }
  await store.imports.advance(checkpoint, [event(7_000)], [{ catalogue: other, record: { objectID: 'x' } }])
  await store.reports.put(shop, 'quality', { rows: 1 }, 7)
  const rules = ['second', 'first', ...hardTexts.slice(1, 8)].map((id) => ({ id, entry: { id } }))
  await store.entries.save(shop, 'rule', rules, { replace: false, nowMs: 8 })
  await store.entries.save(shop, 'synonym', [{ id: 's', entry: ['a', 'b'] }], { replace: false, nowMs: 9 })
  await store.vectors.put('a model', new Map(hardTexts.map((text, at) => [`${at}`, Float32Array.of(text.length, 0.1)])))
  await store.people.refuse(user(hardTexts[5]), 2, 10)
  await store.people.signIn(user(hardTexts[6]), user('user 1'), 11)
  await store.people.putErasure('a fingerprint', { text: hardTexts[4] }, 12)
  for (const who of hardTexts.slice(0, 3)) {
    await store.audit.append({ atMs: 13, who, what: 'settings', subject: 'products', details: { who } })
  }
  const sealed = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  await store.secrets.add('pseudonyms 1', sealed, 14)
  await store.keys.put({ hash: 'ab', sealed, rights: { acl: ['search'] }, createdAtMs: 1, deletedAtMs: null })
  await store.leases.take('learn', hardTexts[4], 1, 2)
}

/** Count and checksum of every table, and the last numbers given. */
export function talliesOf(store: Store): Promise<Record<string, Tally & { given: number }>> {
  return store.snapshot(async (snapshot) => {
    const tallies = createTallies()
    for await (const { shape, rows } of snapshot.pages())
      for (const row of rows) tallies.add(shape.table, writeLine(shape, row))
    return Object.fromEntries(snapshot.tables.map(({ table, given }) => [table, { ...tallies.of(table), given }]))
  })
}
