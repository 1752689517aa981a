/** What concerns shoppers as persons: what they agreed to, as whom they are known, what was erased of them. */
import { type Kysely, sql } from 'kysely'
import { everythingRefused, nothingRefused, purposeBit, type Refusal } from '../domain/consent.ts'
import type { UserId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import { change } from './change-log.ts'
import type { Held, PeopleStore, Renewed } from './store.ts'
import type { Tables } from './tables.ts'

/** @param afterErase lets the database drop what it still holds of the erased rows outside its tables */
export function createPeopleStore(db: Kysely<Tables>, afterErase: () => Promise<void>): PeopleStore {
  return {
    consents: async (userIds) => {
      let all = db.selectFrom('consents').select(['user_id', 'refused'])
      if (userIds !== undefined) all = all.where('user_id', 'in', [...userIds])
      const rows = await all.execute()
      return new Map(rows.map((row) => [row.user_id, row.refused]))
    },
    refuse: async (userId, refused, nowMs) => {
      const renewed = await renewing(db, [userId], async (inside) => {
        await inside
          .insertInto('consents')
          .values({ user_id: userId, refused, at_ms: nowMs })
          .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ refused, at_ms: nowMs }))
          .execute()
        await mark(inside, userId, refused)
      })
      await afterErase()
      return renewed
    },
    signIn: (visitor, account, nowMs) =>
      renewing(db, [account, visitor], async (inside) => {
        await inside
          .insertInto('logins')
          .values({ visitor, account, at_ms: nowMs })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        const wordOf = (userId: UserId) =>
          inside.selectFrom('consents').select('refused').where('user_id', '=', userId).executeTakeFirst()
        let row = await wordOf(account)
        if (row === undefined) {
          // What a visitor said holds for an account that has said nothing itself.
          row = await wordOf(visitor)
          if (row !== undefined) {
            await inside
              .insertInto('consents')
              .values({ user_id: account, ...row, at_ms: nowMs })
              .execute()
          }
        }
        if (row !== undefined) await mark(inside, visitor, row.refused)
        for (const table of ['events', 'exposures'] as const) {
          await inside.updateTable(table).set({ user_id: account }).where('user_id', '=', visitor).execute()
        }
      }),
    namesOf: async (userId) => {
      const accounts = db.selectFrom('logins').select('account as name').where('visitor', '=', userId)
      const visitors = db.selectFrom('logins').select('visitor as name').where('account', '=', userId)
      const rows = await accounts.union(visitors).execute()
      return [...new Set([userId, ...rows.map(({ name }) => name).sort()])]
    },
    changedAtMs: async (userIds) => {
      const names = [...userIds]
      const logins = db
        .selectFrom('logins')
        .select('at_ms')
        .where((row) => row.or([row('visitor', 'in', names), row('account', 'in', names)]))
      const consents = db.selectFrom('consents').select('at_ms').where('user_id', 'in', names)
      const row = await db
        .selectFrom(logins.unionAll(consents).as('changes'))
        .select(({ fn }) => fn.max<number | null>('at_ms').as('last'))
        .executeTakeFirst()
      return row?.last ?? null
    },
    held: (userIds) => overTables(userIds, (table, columns) => countRows(db, table, columns, userIds)),
    erase: async (userIds) => {
      let removed: Held = noRows
      const renewed = await renewing(db, userIds, async (inside) => {
        removed = await overTables(userIds, (table, columns) => deleteRows(inside, table, columns, userIds))
      })
      await afterErase()
      return { removed, renewed }
    },
    putErasure: async (subject, certificate, nowMs) => {
      const row = { certificate: JSON.stringify(certificate), at_ms: nowMs }
      await db
        .insertInto('erasures')
        .values({ subject, ...row })
        .onConflict((conflict) => conflict.column('subject').doUpdateSet(row))
        .execute()
    },
    erasure: async (subject) => {
      const row = await db
        .selectFrom('erasures')
        .select('certificate')
        .where('subject', '=', subject)
        .executeTakeFirst()
      return row === undefined ? null : (JSON.parse(row.certificate) as Json)
    },
  }
}

/** Does it in one transaction, and has every replica read these shoppers anew. */
async function renewing(
  db: Kysely<Tables>,
  userIds: readonly UserId[],
  work: (inside: Kysely<Tables>) => Promise<void>,
): Promise<Renewed[]> {
  const renewed: Renewed[] = []
  for (const [at, userId] of userIds.entries()) {
    const number = await change(db, async (inside, { take, note, whisper }) => {
      if (at === 0) await work(inside)
      note({ kind: 'erased' })
      whisper(userId)
      return take()
    })
    renewed.push({ change: number, userId })
  }
  return renewed
}

/** Refuses what is held of a shopper. */
async function mark(db: Kysely<Tables>, userId: UserId, refused: Refusal): Promise<void> {
  if (refused === nothingRefused) return
  const more = sql<Refusal>`refused | ${sql.lit(refused)}`
  for (const table of ['events', 'exposures'] as const) {
    await db.updateTable(table).set({ refused: more }).where('user_id', '=', userId).execute()
    await db.deleteFrom(table).where('user_id', '=', userId).where('refused', '=', everythingRefused).execute()
  }
  if ((refused & purposeBit('analytics')) !== 0) {
    await db.updateTable('exposures').set({ user_id: null }).where('user_id', '=', userId).execute()
  }
}

const noRows = { events: 0, exposures: 0, consents: 0, logins: 0 }

/** Where a shopper is named. */
const namedIn = {
  events: ['user_id'],
  exposures: ['user_id'],
  consents: ['user_id'],
  logins: ['visitor', 'account'],
} as const satisfies Record<keyof Held, readonly string[]>

async function overTables(
  userIds: readonly UserId[],
  each: (table: keyof Held, columns: readonly string[]) => Promise<number>,
): Promise<Held> {
  const counts = { ...noRows }
  if (userIds.length === 0) return counts
  for (const table of Object.keys(counts) as (keyof Held)[]) counts[table] = await each(table, namedIn[table])
  return counts
}

async function countRows(
  db: Kysely<Tables>,
  table: keyof Held,
  columns: readonly string[],
  userIds: readonly UserId[],
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(table)} where ${naming(columns, userIds)}`.execute(db)
  return Number(rows[0].count)
}

async function deleteRows(
  db: Kysely<Tables>,
  table: keyof Held,
  columns: readonly string[],
  userIds: readonly UserId[],
): Promise<number> {
  const { numAffectedRows } = await sql`delete from ${sql.table(table)} where ${naming(columns, userIds)}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

function naming(columns: readonly string[], userIds: readonly UserId[]) {
  const each = columns.map((column) => sql`${sql.ref(column)} in (${sql.join(userIds)})`)
  return sql.join(each, sql` or `)
}
