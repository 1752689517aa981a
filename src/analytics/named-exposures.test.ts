import { expect, it } from 'vitest'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId, QueryId } from '../domain/ids.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { namedExposures } from './named-exposures.ts'

const shown = (queryId: string): Exposure => ({
  queryId: queryId as QueryId,
  catalogue: 'shop' as CatalogueId,
  timeMs: 0,
  userId: null,
  surface: 'session',
  generation: null,
  arm: null,
  items: [],
})

it('asks the store once for each answer that is named and not at hand, known or not', async () => {
  const store = await openSqliteStore({ file: ':memory:' })
  await store.exposures.append(['q1', 'q2', 'q3'].map(shown))
  const asked: QueryId[] = []
  const get = (queryId: QueryId) => {
    asked.push(queryId)
    return store.exposures.get(queryId)
  }
  const named = ['q2', null, 'gone', 'q1', 'q2', 'gone', 'q3'].map((queryId) => ({
    queryId: queryId as QueryId | null,
  }))
  const found = await namedExposures(named, [shown('q3')], { exposures: { ...store.exposures, get } })
  expect(found).toEqual([shown('q2'), shown('q1')])
  expect(asked).toEqual(['q2', 'gone', 'q1'])
  await store.close()
})
