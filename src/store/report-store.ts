/** The latest figures of each kind, for whoever looks after the shop. */
import type { Kysely } from 'kysely'
import type { Json } from '../domain/item.ts'
import type { ReportStore } from './store.ts'
import type { Tables } from './tables.ts'

export function createReportStore(db: Kysely<Tables>): ReportStore {
  return {
    put: async (catalogue, kind, report, nowMs) => {
      const figures = { report: JSON.stringify(report), at_ms: nowMs }
      await db
        .insertInto('reports')
        .values({ catalogue, kind, ...figures })
        .onConflict((conflict) => conflict.columns(['catalogue', 'kind']).doUpdateSet(figures))
        .execute()
    },
    latest: async (catalogue, kind) => {
      const row = await db
        .selectFrom('reports')
        .select(['report', 'at_ms'])
        .where('catalogue', '=', catalogue)
        .where('kind', '=', kind)
        .executeTakeFirst()
      return row === undefined ? null : { report: JSON.parse(row.report) as Json, atMs: row.at_ms }
    },
  }
}
