/** Where this installation keeps its memory: the file in its data folder, or the server that the configuration names. */
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { HaggleError } from '../domain/errors.ts'
import { storeFile } from './folder.ts'
import { openPostgresStore } from './postgres.ts'
import { openSqliteReader, openSqliteStore } from './sqlite.ts'
import { keptFromReading } from './standby.ts'
import type { Store } from './store.ts'

type Place = Pick<Config, 'dataFolder' | 'store'>

export async function openStore({ dataFolder, store }: Place, log?: Log): Promise<Store> {
  const { url, schema, connections } = store
  if (url === null) return openSqliteStore({ file: storeFile(dataFolder) })
  return openPostgresStore({ url, schema, connections, log })
}

/** Cuts its log by month (months.ts). Rejects with `bad-request` where it lies in a file. */
export async function cutByMonth({ dataFolder, store: { url, schema } }: Place, nowMs: number): Promise<boolean> {
  if (url === null) {
    throw new HaggleError(
      'bad-request',
      `The shop in ${dataFolder} lies in a file: only a log in PostgreSQL is cut by month. Name it by store.url.`,
    )
  }
  const store = await openPostgresStore({ url, schema, connections: 2, longestMs: 0 })
  try {
    return await store.months.cut(nowMs)
  } finally {
    await store.close()
  }
}

/** For a thread that only reads: from the standby, where there is one that has all that was written before. */
export async function openReader(
  { dataFolder, store: { url, readUrl, schema } }: Place,
  log?: Pick<Log, 'warn'>,
): Promise<Store> {
  if (url === null) return openSqliteReader(storeFile(dataFolder))
  const primary = { url, schema, connections: 2, readOnly: true }
  if (readUrl === null) return openPostgresStore(primary)
  const standby = { ...primary, url: readUrl }
  const reason = await keptFromReading(primary, standby)
  if (reason === null) return openPostgresStore(standby)
  log?.warn({ reason }, 'store.readUrl cannot be read; reading from store.url instead')
  return openPostgresStore(primary)
}
