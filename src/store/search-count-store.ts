/** Searches that are counted and no more, by day: one line for each kind, whoever typed it. */
import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Searched } from '../domain/exposure.ts'
import { createBulkStatement } from './bulk.ts'
import type { SearchCount, SearchCountStore } from './store.ts'
import type { SearchCountRow, Tables } from './tables.ts'
import { takeTurn } from './take-turn.ts'

const key = ['catalogue', 'day', 'index_name', 'kind'] as const
const words = ['query', 'filters', 'tags'] as const
const sums = ['searches', 'without_results', 'hits'] as const

export function createSearchCountStore(db: Kysely<Tables>): SearchCountStore {
  return {
    add: (counts) =>
      db.transaction().execute(async (inside) => {
        // Two that add to the same lines in different orders would wait for each other for good.
        await takeTurn(inside, 'search counts')
        await addUp(inside, merged(counts.map(writeRow)))
      }),
    list: async (catalogue, index, fromDay, untilDay) => {
      const rows = await db
        .selectFrom('search_counts')
        .selectAll()
        .where('catalogue', '=', catalogue)
        .where('day', '>=', fromDay)
        .where('day', '<', untilDay)
        .where('index_name', '=', index)
        .orderBy('day')
        .execute()
      return rows.map(readRow)
    },
    forgetBefore: async (day) => {
      const { numDeletedRows } = await db.deleteFrom('search_counts').where('day', '<', day).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

const addUp = createBulkStatement<SearchCountRow, never>([...key, ...words, ...sums], (db, rows) =>
  db
    .insertInto('search_counts')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns([...key]).doUpdateSet((row) => ({
        searches: row('search_counts.searches', '+', row.ref('excluded.searches')),
        without_results: row('search_counts.without_results', '+', row.ref('excluded.without_results')),
        hits: row('search_counts.hits', '+', row.ref('excluded.hits')),
      })),
    )
    .$castTo<never>(),
)

/** One row a key: a statement may not change a row twice. */
function merged(rows: readonly SearchCountRow[]): SearchCountRow[] {
  const byKey = new Map<string, SearchCountRow>()
  for (const row of rows) {
    const name = JSON.stringify(key.map((column) => row[column]))
    const known = byKey.get(name)
    if (known === undefined) byKey.set(name, row)
    else for (const column of sums) known[column] += row[column]
  }
  return [...byKey.values()]
}

function writeRow(count: SearchCount): SearchCountRow {
  const kind = { query: count.query, filters: JSON.stringify(count.filters), tags: JSON.stringify(count.tags) }
  return {
    catalogue: count.catalogue,
    day: count.day,
    index_name: count.index,
    kind: createHash('sha256').update(JSON.stringify(kind)).digest('hex'),
    ...kind,
    searches: count.searches,
    without_results: count.withoutResults,
    hits: count.hits,
  }
}

function readRow(row: SearchCountRow): SearchCount {
  return {
    catalogue: row.catalogue,
    day: row.day,
    index: row.index_name,
    query: row.query,
    filters: JSON.parse(row.filters) as Searched['filters'],
    tags: JSON.parse(row.tags) as Searched['tags'],
    searches: row.searches,
    withoutResults: row.without_results,
    hits: row.hits,
  }
}
