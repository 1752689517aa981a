/**
 * What changed, in order, for whoever holds the shop in memory: every replica reads here what it has not taken over yet.
 *
 * A transaction that changes something others remember takes the next number and writes one line. Whoever takes a number
 * holds it until the commit, so that numbers come into view in order. A line names what to read anew and holds
 * no content: reading it twice, late, or together with its successors leads to the same state. The last 10,000 are kept.
 */
import { type Kysely, sql } from 'kysely'
import type { CatalogueId, ItemId, UserId } from '../domain/ids.ts'
import type { ItemRecord } from '../domain/item.ts'
import { readRecords } from './records.ts'
import type { ChangeLog, News } from './store.ts'
import { isPostgres } from './table-shapes.ts'
import type { Tables } from './tables.ts'

/** What one transaction did to a catalogue, or to all. */
export type Effect =
  | {
      readonly kind: 'items'
      readonly catalogue: CatalogueId
      readonly cleared: boolean
      readonly ids: readonly ItemId[]
    }
  /** `whole`: read it anew, or let go of it where it is gone. */
  | { readonly kind: 'settings' | 'whole' | 'live' | 'trained'; readonly catalogue: CatalogueId }
  | { readonly kind: 'keys' }
  /** Of whom stands nowhere. */
  | { readonly kind: 'erased' }

export interface Change {
  /** Greater than that of every change before. From here to the commit every other change waits. */
  readonly take: () => Promise<number>
  readonly note: (effect: Effect) => void
  /** Tells the replicas that listen now, and is written nowhere. */
  readonly whisper: (userId: UserId) => void
}

const mostKept = 10_000
/** Longer ones PostgreSQL refuses. */
const mostWhispered = 4_000

/** A transaction that others are told of once it is committed. */
export function change<Result>(
  db: Kysely<Tables>,
  work: (inside: Kysely<Tables>, change: Change) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (inside) => {
    const effects: Effect[] = []
    let [taken, whispered] = [0, '']
    const take = async () => (taken ||= await nextNumber(inside))
    const result = await work(inside, {
      take,
      note: (effect) => void effects.push(effect),
      whisper: (userId) => {
        whispered = userId
      },
    })
    if (effects.length === 0) return result
    const number = await take()
    await inside
      .insertInto('changes')
      .values({ number, what: JSON.stringify(effects) })
      .execute()
    await inside
      .deleteFrom('changes')
      .where('number', '<=', number - mostKept)
      .execute()
    await wake(inside, whispered === '' || whispered.length > mostWhispered ? '' : `${number} ${whispered}`)
    return result
  })
}

/** The channel all shops of a database share; a message begins with the schema it is about. */
export const channel = 'haggle'

/** Wakes the other replicas once the transaction is committed. With SQLite there are none. */
export async function wake(inside: Kysely<Tables>, more = ''): Promise<void> {
  if (!isPostgres(inside)) return
  await sql`select pg_notify(${channel}, current_schema() || ${more === '' ? '' : ` ${more}`})`.execute(inside)
}

export function createChangeLog(db: Kysely<Tables>, listen: ChangeLog['listen']): ChangeLog {
  const last = () => lastNumber(db)
  return {
    last,
    since: async (number) => ((await last()) === number ? null : inOneMoment(db, (moment) => readNews(moment, number))),
    listen,
  }
}

async function nextNumber(inside: Kysely<Tables>): Promise<number> {
  const { value } = await inside
    .insertInto('counters')
    .values({ name: 'task', value: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((row) => ({ value: row('counters.value', '+', 1) })))
    .returning('value')
    .executeTakeFirstOrThrow()
  return value
}

async function lastNumber(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom('counters').select('value').where('name', '=', 'task').executeTakeFirst()
  return row?.value ?? 0
}

/** Lines and records are of the same moment, so that no batch is seen by half. */
function inOneMoment<Result>(db: Kysely<Tables>, read: (moment: Kysely<Tables>) => Promise<Result>): Promise<Result> {
  if (!isPostgres(db)) return db.transaction().execute(read)
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)
}

async function readNews(db: Kysely<Tables>, after: number): Promise<News> {
  const number = await lastNumber(db)
  // Further ahead than the log: the database is another one, or an older state of it.
  const gap = number - after > mostKept || number < after
  const lines = gap
    ? []
    : await db.selectFrom('changes').selectAll().where('number', '>', after).orderBy('number').execute()
  const effects = lines.flatMap(({ number: line, what }) =>
    (JSON.parse(what) as Effect[]).map((effect) => ({ line, effect })),
  )
  const touched = new Map<CatalogueId, { cleared: boolean; ids: Set<ItemId> }>()
  const named = (kind: Effect['kind']) =>
    new Set(effects.flatMap(({ effect }) => (effect.kind === kind && 'catalogue' in effect ? [effect.catalogue] : [])))
  for (const { effect } of effects) {
    if (effect.kind !== 'items') continue
    const known = touched.get(effect.catalogue)
    // What a clear took away is gone from what was touched before, too.
    const ids = known === undefined || effect.cleared ? new Set<ItemId>() : known.ids
    for (const id of effect.ids) ids.add(id)
    touched.set(effect.catalogue, { cleared: effect.cleared || known?.cleared === true, ids })
  }
  const items = new Map<CatalogueId, { cleared: boolean; records: Map<ItemId, ItemRecord | null> }>()
  for (const [catalogue, { cleared, ids }] of touched) {
    const found = await readRecords(db, catalogue, [...ids])
    items.set(catalogue, { cleared, records: new Map([...ids].map((id) => [id, found.get(id) ?? null])) })
  }
  return {
    ...{ number, gap, items, settings: named('settings'), whole: named('whole'), live: named('live') },
    trained: named('trained'),
    keys: gap || effects.some(({ effect }) => effect.kind === 'keys'),
    erased: effects.flatMap(({ line, effect }) => (effect.kind === 'erased' ? [line] : [])),
  }
}
