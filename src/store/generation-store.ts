/**
 * What was learnt, which of it is live, and what to go back to when it disappoints.
 *
 * The publications that stand form a stack: the newest is live, the one below is what a rollback returns to. Publishing
 * pushes, rolling back pops, and every change stays in the history.
 */
import { createHash } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import { createBreathe } from '../base/breathe.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId, GenerationId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import { change } from './change-log.ts'
import { requireLease } from './lease-store.ts'
import type { Artefact, Generation, GenerationStore } from './store.ts'
import { takeTurn } from './take-turn.ts'
import type { Tables } from './tables.ts'

/** Written and hashed in a few milliseconds each: the shop answers between two of them. */
const partBytes = 1024 * 1024

export function createGenerationStore(db: Kysely<Tables>): GenerationStore {
  return {
    put: (generation, artefacts) =>
      change(db, async (inside, { note }) => {
        const known = await readGeneration(inside, generation.id)
        if (known !== null) {
          throw new HaggleError(
            'bad-request',
            `The store already holds generation ${generation.id}: give it another id.`,
          )
        }
        await inside.insertInto('generations').values(writeRow(generation)).execute()
        for (const artefact of artefacts) await writeArtefact(inside, generation.id, artefact)
        note({ kind: 'trained', catalogue: generation.catalogue })
      }),
    get: (id) => readGeneration(db, id),
    list: async (catalogue) => (await newestFirst(db, catalogue).execute()).map(readRow),
    latest: async (catalogue) => {
      const row = await newestFirst(db, catalogue).limit(1).executeTakeFirst()
      return row === undefined ? null : readRow(row)
    },
    artefacts: (id) => readArtefacts(db, id),
    live: async (catalogue) => (await standing(db, catalogue)).at(0)?.generation ?? null,
    standing: async (catalogue) => [
      ...new Set((await standing(db, catalogue, Number.MAX_SAFE_INTEGER)).map(({ generation }) => generation)),
    ],
    publish: (catalogue, id, nowMs, reason, lease) =>
      change(db, async (inside, { note }) => {
        if (lease !== undefined) await requireLease(inside, lease)
        await takeTurn(inside, catalogue)
        await requireReady(inside, catalogue, id)
        const previous = (await standing(inside, catalogue)).at(0)?.generation ?? null
        if (previous === id) return
        await inside
          .insertInto('publications')
          .values({ catalogue, generation: id, previous, at_ms: nowMs, reason, standing: 1 })
          .execute()
        note({ kind: 'live', catalogue })
      }),
    rollback: (catalogue, nowMs, reason) =>
      change(db, async (inside, { note }) => {
        await takeTurn(inside, catalogue)
        const [live, target] = await standing(inside, catalogue)
        if (target === undefined) return null
        await inside.updateTable('publications').set({ standing: 0 }).where('sequence', '=', live.sequence).execute()
        await inside
          .insertInto('publications')
          .values({
            catalogue,
            generation: target.generation,
            previous: live.generation,
            at_ms: nowMs,
            reason,
            standing: 0,
          })
          .execute()
        note({ kind: 'live', catalogue })
        return target.generation
      }),
    history: async (catalogue) => {
      const rows = await db
        .selectFrom('publications')
        .selectAll()
        .where('catalogue', '=', catalogue)
        .orderBy('sequence', 'desc')
        .execute()
      return rows.map((row) => ({
        generation: row.generation,
        previous: row.previous,
        atMs: row.at_ms,
        reason: row.reason,
      }))
    },
    prune: (catalogue, keep) =>
      db.transaction().execute(async (inside) => {
        await takeTurn(inside, catalogue)
        return prune(inside, catalogue, keep)
      }),
  }
}

/** The live publication and those below it: as a rule the one that a rollback returns to. */
function standing(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
  most = 2,
): Promise<{ sequence: number; generation: GenerationId }[]> {
  return db
    .selectFrom('publications')
    .select(['sequence', 'generation'])
    .where('catalogue', '=', catalogue)
    .where('standing', '=', 1)
    .orderBy('sequence', 'desc')
    .limit(most)
    .execute()
}

async function requireReady(db: Kysely<Tables>, catalogue: CatalogueId, id: GenerationId): Promise<void> {
  const generation = await readGeneration(db, id)
  if (generation === null || generation.catalogue !== catalogue) {
    throw new HaggleError('not-found', `The store has no generation ${id} of catalogue "${catalogue}" to publish.`)
  }
  if (generation.status !== 'ready') {
    throw new HaggleError(
      'refused',
      `Generation ${id} is "${generation.status}", and only one that is "ready" can go live: train again, or force it.`,
    )
  }
}

async function prune(db: Kysely<Tables>, catalogue: CatalogueId, keep: number): Promise<number> {
  const needed = new Set((await standing(db, catalogue)).map((row) => row.generation))
  const removed = (await newestFirst(db, catalogue).execute()).slice(keep).filter((row) => !needed.has(row.id))
  for (const { id } of removed) {
    await db.deleteFrom('generations').where('id', '=', id).execute()
    await db.deleteFrom('artefacts').where('generation', '=', id).execute()
    await db.deleteFrom('artefact_parts').where('generation', '=', id).execute()
    await db.updateTable('publications').set({ standing: 0 }).where('generation', '=', id).execute()
  }
  return removed.length
}

function newestFirst(db: Kysely<Tables>, catalogue: CatalogueId) {
  return db
    .selectFrom('generations')
    .selectAll()
    .where('catalogue', '=', catalogue)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
}

async function readGeneration(db: Kysely<Tables>, id: GenerationId): Promise<Generation | null> {
  const row = await db.selectFrom('generations').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : readRow(row)
}

async function writeArtefact(db: Kysely<Tables>, generation: GenerationId, artefact: Artefact): Promise<void> {
  const breathe = createBreathe()
  const { name, bytes } = artefact
  const hash = createHash('sha256')
  for (let part = 0; part * partBytes < bytes.length; part++) {
    const slice = bytes.subarray(part * partBytes, (part + 1) * partBytes)
    hash.update(slice)
    await db.insertInto('artefact_parts').values({ generation, name, part, bytes: slice }).execute()
    await breathe()
  }
  await db
    .insertInto('artefacts')
    .values({ generation, name, sha256: hash.digest('hex'), byte_length: bytes.length })
    .execute()
}

async function readArtefacts(db: Kysely<Tables>, generation: GenerationId): Promise<Artefact[]> {
  const rows = await db
    .selectFrom('artefacts')
    .selectAll()
    .where('generation', '=', generation)
    .orderBy('name')
    .execute()
  const artefacts: Artefact[] = []
  for (const row of rows) artefacts.push({ name: row.name, bytes: await readParts(db, row) })
  return artefacts
}

async function readParts(db: Kysely<Tables>, artefact: Tables['artefacts']): Promise<Uint8Array> {
  const breathe = createBreathe()
  const hash = createHash('sha256')
  const bytes = new Uint8Array(artefact.byte_length)
  let read = 0
  for (let part = 0; ; part++) {
    const row = await db
      .selectFrom('artefact_parts')
      .select('bytes')
      .where('generation', '=', artefact.generation)
      .where('name', '=', artefact.name)
      .where('part', '=', part)
      .executeTakeFirst()
    if (row === undefined || read + row.bytes.length > bytes.length) break
    hash.update(row.bytes)
    bytes.set(row.bytes, read)
    read += row.bytes.length
    await breathe()
  }
  if (read !== bytes.length || hash.digest('hex') !== artefact.sha256) {
    throw new HaggleError(
      'bad-state',
      `The stored "${artefact.name}" of generation ${artefact.generation} does not match its checksum: the data file is damaged. Roll back to another generation, or restore a backup.`,
    )
  }
  return bytes
}

function writeRow(generation: Generation): Tables['generations'] {
  return {
    id: generation.id,
    catalogue: generation.catalogue,
    created_at_ms: generation.createdAtMs,
    status: generation.status,
    parent: generation.parent,
    data_until_ms: generation.dataUntilMs,
    data_sequence: generation.dataSequence,
    seed: generation.seed,
    recipe: JSON.stringify(generation.recipe),
    report: JSON.stringify(generation.report),
  }
}

function readRow(row: Selectable<Tables['generations']>): Generation {
  return {
    id: row.id,
    catalogue: row.catalogue,
    createdAtMs: row.created_at_ms,
    status: row.status,
    parent: row.parent,
    dataUntilMs: row.data_until_ms,
    dataSequence: row.data_sequence,
    seed: row.seed,
    recipe: JSON.parse(row.recipe) as Json,
    report: JSON.parse(row.report) as Json,
  }
}
