/** Who may do what: keys by their hash, with their rights. */
import type { Kysely } from 'kysely'
import type { Json } from '../domain/item.ts'
import { change } from './change-log.ts'
import type { KeyStore } from './store.ts'
import type { Tables } from './tables.ts'

export function createKeyStore(db: Kysely<Tables>): KeyStore {
  return {
    list: async () => {
      const rows = await db.selectFrom('keys').selectAll().orderBy('created_at_ms').orderBy('hash').execute()
      return rows.map((row) => ({
        hash: row.hash,
        sealed: row.sealed,
        rights: JSON.parse(row.rights) as Json,
        createdAtMs: row.created_at_ms,
        deletedAtMs: row.deleted_at_ms,
      }))
    },
    put: async ({ hash, sealed, rights, createdAtMs, deletedAtMs }) => {
      const row = { sealed, rights: JSON.stringify(rights), created_at_ms: createdAtMs, deleted_at_ms: deletedAtMs }
      await change(db, async (inside, { note }) => {
        await inside
          .insertInto('keys')
          .values({ hash, ...row })
          .onConflict((conflict) => conflict.column('hash').doUpdateSet(row))
          .execute()
        note({ kind: 'keys' })
      })
    },
  }
}
