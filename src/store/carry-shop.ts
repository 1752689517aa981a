/**
 * Brings a whole shop into an empty place: from a backup file, or from where it lies now.
 *
 * All or nothing: a folder gets its data file only when it is whole, a database commits once. The tables are made as
 * they were when the snapshot was taken and only then brought up to date, so that a backup of any version that was
 * released can be restored by every later one.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Config } from '../base/config.ts'
import { HaggleError } from '../domain/errors.ts'
import { type FolderKeys, readBackup } from './backup-file.ts'
import { fillFrom, type FillOptions } from './fill.ts'
import { claimFolder, type FolderClaim, storeFile } from './folder.ts'
import { knowsStep, migrate } from './migrate.ts'
import { sqliteTypes } from './migrations.ts'
import { openStore } from './open-store.ts'
import { bringUpToDate, postgresDatabase, type PostgresOptions, wherePostgres } from './postgres.ts'
import { emptySqliteLog, sqliteDatabase } from './sqlite.ts'
import type { Snapshot, Tally } from './store.ts'

export type ShopPlace = Pick<Config, 'dataFolder' | 'store'>

export interface Carried {
  /** Where it is now, without a password. */
  readonly place: string
  readonly tables: Readonly<Record<string, Tally>>
}

export interface Restored extends Carried {
  /** Of when the backup is. */
  readonly atMs: number
  readonly untilMs: number | null
  /** Files of the folder that came with it. */
  readonly keys: readonly string[]
}

/** Rejects with `bad-data` where the file is damaged, with `bad-request` where there is a shop already. */
export async function restoreShop(file: string, place: ShopPlace, options: FillOptions = {}): Promise<Restored> {
  const backup = await readBackup(file, options)
  if (!knowsStep(sqliteTypes, backup.step)) {
    throw new HaggleError(
      'bad-data',
      `Backup ${file} was written by a newer Haggle (step ${backup.step}): restore it with that version.`,
    )
  }
  return withFolders([place.dataFolder], async () => {
    const carried = await fillPlace(place, backup, backup.keys ?? {}, options)
    const about = { atMs: backup.atMs, untilMs: options.untilMs ?? null, keys: Object.keys(backup.keys ?? {}) }
    return { ...carried, ...about }
  })
}

/** Copies the shop of one place into another; the first stays as it is. Nobody may serve either meanwhile. */
export async function moveShop(from: ShopPlace, to: ShopPlace, options: FillOptions = {}): Promise<Carried> {
  if (from.store.url === null && !existsSync(storeFile(from.dataFolder))) {
    throw new HaggleError('not-found', `There is no shop in ${from.dataFolder} to move: name its folder.`)
  }
  return withFolders([from.dataFolder, to.dataFolder], async () => {
    const source = await openStore(from)
    try {
      return await source.snapshot((snapshot) => fillPlace(to, snapshot, folderKeys(from.dataFolder), options))
    } finally {
      await source.close()
    }
  })
}

const keyFiles = ['admin.key', 'search.key']

/** The keys that lie in a data folder: without them nobody can read the shop's own keys again. */
export function folderKeys(folder: string): FolderKeys {
  const files = keyFiles.map((name) => [name, join(folder, name)]).filter(([, file]) => existsSync(file))
  return Object.fromEntries(files.map(([name, file]) => [name, readFileSync(file, 'utf8').trim()]))
}

function requireSameKey(folder: string, name: string, key: string): void {
  if (!keyFiles.includes(name))
    throw new HaggleError('bad-data', `The backup holds a key file "${name}" that is none of ours.`)
  if ((folderKeys(folder)[name] ?? key) === key) return
  throw new HaggleError(
    'bad-request',
    `The folder ${folder} has another ${name} than the shop that is to come: move it away, or name an empty folder.`,
  )
}

/** Owns the folders while `work` runs. */
async function withFolders<Result>(folders: readonly string[], work: () => Promise<Result>): Promise<Result> {
  const claims: FolderClaim[] = []
  try {
    for (const folder of new Set(folders.map((folder) => resolve(folder)))) {
      claims.push(await claimFolder(folder, { role: 'copying a shop' }))
    }
    return await work()
  } finally {
    for (const claim of claims) claim.release()
  }
}

/** With the keys in its folder before anything counts: a shop without them could not be filled again. */
async function fillPlace(
  { dataFolder, store }: ShopPlace,
  snapshot: Snapshot,
  keys: FolderKeys,
  options: FillOptions,
): Promise<Carried> {
  for (const [name, key] of Object.entries(keys)) requireSameKey(dataFolder, name, key)
  const writeKeys = () => {
    for (const [name, key] of Object.entries(keys)) writeFileSync(join(dataFolder, name), key, { mode: 0o600 })
  }
  const { url, schema } = store
  return url === null
    ? fillFile(storeFile(dataFolder), snapshot, writeKeys, options)
    : fillDatabase({ url, schema, connections: 2, longestMs: 0 }, snapshot, writeKeys, options)
}

async function fillFile(
  file: string,
  snapshot: Snapshot,
  writeKeys: () => void,
  options: FillOptions,
): Promise<Carried> {
  if (existsSync(file)) {
    throw new HaggleError(
      'bad-request',
      `There is a shop in ${file} already, and nothing is written over it: name an empty folder.`,
    )
  }
  const draft = `${file}.filling`
  const clear = () => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${draft}${end}`, { force: true })
  }
  clear() // of a copy that was killed
  try {
    const tables = await inDraft(draft, snapshot, options)
    writeKeys()
    await rename(draft, file)
    return { place: file, tables }
  } catch (error) {
    clear()
    throw error
  }
}

async function inDraft(draft: string, snapshot: Snapshot, options: FillOptions): Promise<Record<string, Tally>> {
  const db = sqliteDatabase(draft)
  try {
    await migrate(db, sqliteTypes, draft, { step: snapshot.step })
    const tables = await db.transaction().execute((inside) => fillFrom(inside, snapshot, draft, options))
    await migrate(db, sqliteTypes, draft)
    await emptySqliteLog(db)
    return tables
  } finally {
    await db.destroy()
  }
}

async function fillDatabase(
  to: PostgresOptions,
  snapshot: Snapshot,
  writeKeys: () => void,
  options: FillOptions,
): Promise<Carried> {
  const place = wherePostgres(to)
  const db = postgresDatabase(to)
  try {
    await bringUpToDate(db, to, snapshot.step)
    const tables = await db.transaction().execute(async (inside) => {
      const filled = await fillFrom(inside, snapshot, place, options)
      writeKeys()
      return filled
    })
    await bringUpToDate(db, to)
    return { place, tables }
  } finally {
    await db.destroy()
  }
}
