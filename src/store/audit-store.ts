/**
 * The record of who changed what: lines that are only ever added, each sealed with the hash of the one before.
 *
 *   hash(n) = SHA-256(hash(n − 1), sequence, time, who, what, subject, details), hash(0) = ''
 *
 * A line that is changed, removed or put in between no longer fits the next one. Whoever can write the database could
 * compute every hash after it anew: only a head kept elsewhere (the log of the process has each) tells that.
 */
import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Json } from '../domain/item.ts'
import type { AuditEntry, AuditRecord, AuditStore } from './store.ts'
import type { AuditRow, Tables } from './tables.ts'
import { takeTurn } from './take-turn.ts'

const pageRows = 1_000

export function createAuditStore(db: Kysely<Tables>): AuditStore {
  const lines = () => db.selectFrom('audit').selectAll()
  return {
    append: ({ details, ...about }) =>
      db.transaction().execute(async (inside) => {
        // As it will be read back.
        const entry = { ...about, details: JSON.parse(JSON.stringify(details)) as Json }
        await takeTurn(inside, 'audit')
        const last = await inside
          .selectFrom('audit')
          .select(['sequence', 'hash'])
          .orderBy('sequence', 'desc')
          .limit(1)
          .executeTakeFirst()
        const sequence = (last?.sequence ?? 0) + 1
        const record = { ...entry, sequence, hash: lineHash(last?.hash ?? '', { ...entry, sequence }) }
        await inside.insertInto('audit').values(writeRow(record)).execute()
        return record
      }),
    latest: async (limit, before = Number.MAX_SAFE_INTEGER) => {
      const rows = await lines().where('sequence', '<', before).orderBy('sequence', 'desc').limit(limit).execute()
      return rows.map(readRow)
    },
    last: async (what) => {
      const row = await lines().where('what', '=', what).orderBy('sequence', 'desc').limit(1).executeTakeFirst()
      return row === undefined ? null : readRow(row)
    },
    scan: async function* () {
      for (let last = 0; ; ) {
        const rows = await lines().where('sequence', '>', last).orderBy('sequence').limit(pageRows).execute()
        if (rows.length > 0) yield rows.map(readRow)
        if (rows.length < pageRows) return
        last = rows[rows.length - 1].sequence
      }
    },
  }
}

/** 64 hex digits. */
export function lineHash(previous: string, line: AuditEntry & { readonly sequence: number }): string {
  const { sequence, atMs, who, what, subject, details } = line
  const text = JSON.stringify([previous, sequence, atMs, who, what, subject, details])
  return createHash('sha256').update(text).digest('hex')
}

function writeRow({ sequence, atMs, who, what, subject, details, hash }: AuditRecord): AuditRow {
  return { sequence, at_ms: atMs, who, what, subject, details: JSON.stringify(details), hash }
}

function readRow({ at_ms, details, ...row }: AuditRow): AuditRecord {
  return { ...row, atMs: at_ms, details: JSON.parse(details) as Json }
}
