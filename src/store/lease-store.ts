/**
 * Who does what only one of all replicas may do: held for a while, prolonged while it lasts, free once it runs out.
 *
 * A holder that was held up may believe it still holds what another one took since. So every holder has a number
 * greater than those before, and what only the holder may write is refused to any other number, whatever the clocks say.
 */
import type { Kysely } from 'kysely'
import { HaggleError } from '../domain/errors.ts'
import type { Lease, LeaseStore } from './store.ts'
import type { Tables } from './tables.ts'

export function createLeaseStore(db: Kysely<Tables>): LeaseStore {
  return {
    take: async (name, holder, nowMs, untilMs) => {
      const row = await db
        .insertInto('leases')
        .values({ name, holder, number: 1, until_ms: untilMs })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet((row) => ({ holder, number: row('leases.number', '+', 1), until_ms: untilMs }))
            .where((row) => row.or([row('leases.until_ms', '<=', nowMs), row('leases.holder', '=', holder)])),
        )
        .returning('number')
        .executeTakeFirst()
      return row === undefined ? null : { name, number: row.number }
    },
    renew: (lease, untilMs) => setUntil(db, lease, untilMs),
    release: async (lease) => {
      await setUntil(db, lease, 0)
    },
  }
}

async function setUntil(db: Kysely<Tables>, { name, number }: Lease, untilMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('leases')
    .set({ until_ms: untilMs })
    .where('name', '=', name)
    .where('number', '=', number)
    .executeTakeFirst()
  return numUpdatedRows > 0
}

/** To the end of the transaction nobody else can take it. Rejects with `refused` where somebody has. */
export async function requireLease(inside: Kysely<Tables>, { name, number }: Lease): Promise<void> {
  const { numUpdatedRows } = await inside
    .updateTable('leases')
    .set((row) => ({ number: row.ref('number') }))
    .where('name', '=', name)
    .where('number', '=', number)
    .executeTakeFirst()
  if (numUpdatedRows > 0) return
  throw new HaggleError(
    'refused',
    `Another replica has taken over "${name}" meanwhile, so that nothing of this is published: what is live stays.`,
  )
}
