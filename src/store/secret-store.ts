/** Small secrets that all processes of a shop share; sealed before they come here. */
import type { Kysely } from 'kysely'
import type { SecretStore } from './store.ts'
import type { Tables } from './tables.ts'

export function createSecretStore(db: Kysely<Tables>): SecretStore {
  return {
    list: async () => {
      const rows = await db.selectFrom('secrets').selectAll().orderBy('created_at_ms').orderBy('name').execute()
      return rows.map(({ name, sealed, created_at_ms }) => ({ name, sealed, createdAtMs: created_at_ms }))
    },
    add: async (name, sealed, nowMs) => {
      await db
        .insertInto('secrets')
        .values({ name, sealed, created_at_ms: nowMs })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute()
    },
    remove: async (name) => {
      await db.deleteFrom('secrets').where('name', '=', name).execute()
    },
  }
}
