/** Where this installation keeps its memory: the file in its data folder, or the server that the configuration names. */
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { storeFile } from './folder.ts'
import { openPostgresStore } from './postgres.ts'
import { openSqliteReader, openSqliteStore } from './sqlite.ts'
import type { Store } from './store.ts'

type Place = Pick<Config, 'dataFolder' | 'store'>

export async function openStore({ dataFolder, store }: Place, log?: Log): Promise<Store> {
  const { url, schema, connections } = store
  if (url === null) return openSqliteStore({ file: storeFile(dataFolder) })
  return openPostgresStore({ url, schema, connections, log })
}

/** For a thread that only reads. */
export async function openReader({ dataFolder, store: { url, readUrl, schema } }: Place): Promise<Store> {
  if (url === null) return openSqliteReader(storeFile(dataFolder))
  return openPostgresStore({ url: readUrl ?? url, schema, connections: 2, readOnly: true })
}
