/** The power goes, again and again: no acknowledged event is lost, none is counted twice, and the shop starts again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, describe, expect, it } from 'vitest'
import { type Kind, torture } from '../bench/torture-rounds.ts'
import { createRng } from '../src/base/rng.ts'
import { startPostgres } from '../src/store/postgres-fixture.ts'
import { openSqliteStore } from '../src/store/sqlite.ts'
import { noon, temporaryFolder } from './open-shop.ts'

const main = new URL('../dist/cli/main.js', import.meta.url).pathname
const folders: string[] = []
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = temporaryFolder()
  folders.push(folder)
  return folder
}

function start(folder: string, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [main, '--data-folder', folder, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

async function serve(folder: string): Promise<{ child: ChildProcess; url: string }> {
  const child = start(folder, ['serve', '--port', '0'])
  let said = ''
  for await (const text of child.stdout as AsyncIterable<Buffer>) {
    said += text.toString()
    const url = /http:\/\/[\d.:]+\d/.exec(said)?.[0]
    if (url !== undefined) return { child, url }
  }
  throw new Error(`the server ended: ${said}`)
}

const ended = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => child.once('exit', () => resolve()))

async function readAll(child: ChildProcess): Promise<string> {
  let said = ''
  for await (const text of child.stdout as AsyncIterable<Buffer>) said += text.toString()
  await ended(child)
  return said
}

/** Looks again as soon as other work has had its turn. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

/** How many rows of its only import a folder holds, asked from outside while the owner writes. */
function rowsDone(folder: string): number {
  const file = join(folder, 'haggle.db')
  if (!existsSync(file)) return 0
  const database = new Database(file, { readonly: true })
  try {
    const row = database.prepare('select rows_done from imports').get() as { rows_done: number } | undefined
    return row?.rows_done ?? 0
  } catch {
    // The table may not be there yet.
    return 0
  } finally {
    database.close()
  }
}

async function stored(folder: string): Promise<string[]> {
  const store = await openSqliteStore({ file: join(folder, 'haggle.db') })
  const users: string[] = []
  for await (const events of store.events.scan({ catalogue: 'products' as never })) {
    users.push(...events.map((event) => event.userId))
  }
  await store.close()
  return users
}

describe('kill -9', () => {
  it('loses no acknowledged event and doubles none, in eight rounds on one folder', async () => {
    const folder = newFolder()
    const rng = createRng('kill')
    const acknowledged: string[] = []
    const sent: object[][] = []
    for (let round = 0; round < 8; round++) {
      const { child, url } = await serve(folder)
      const killAfter = 1 + rng.int(25)
      let answered = 0
      const send = async (lane: number) => {
        for (let number = 0; child.signalCode === null; number++) {
          const userToken = `r${round}-${lane}-${number}`
          const events = [
            { eventType: 'view', eventName: 'v', index: 'products', userToken, objectIDs: ['p'], timestamp: noon },
          ]
          sent.push(events)
          const ok = await fetch(`${url}/1/events`, { method: 'POST', body: JSON.stringify({ events }) }).then(
            (response) => response.ok,
            () => false,
          )
          if (!ok) return
          acknowledged.push(userToken)
          if (++answered === killAfter) child.kill('SIGKILL')
        }
      }
      await Promise.all([0, 1, 2, 3].map(send))
      await ended(child)
    }
    expect(acknowledged.length).toBeGreaterThan(8)
    const before = new Set(await stored(folder))
    expect(acknowledged.filter((user) => !before.has(user))).toEqual([])

    // A client that got no answer sends again.
    const { child, url } = await serve(folder)
    await fetch(`${url}/1/events`, { method: 'POST', body: JSON.stringify({ events: sent.flat().slice(0, 1000) }) })
    child.kill('SIGTERM')
    await ended(child)
    const after = await stored(folder)
    expect(new Set(after).size).toBe(after.length)
  })

  it('an import killed half way, twice, goes on where it was and ends with every row once', async () => {
    const folder = newFolder()
    const file = join(folder, 'events.jsonl')
    const rowCount = 150_000
    const rows = Array.from({ length: rowCount }, (_, at) => ({
      user: `u${at % 500}`,
      item: `i${at % 700}`,
      type: 'view',
      time: noon - at * 1000,
    }))
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    let before = 0
    for (const share of [0.1, 0.4]) {
      const child = start(folder, ['import', file])
      await until(() => rowsDone(folder) > share * rowCount)
      child.kill('SIGKILL')
      await ended(child)
      const after = rowsDone(folder)
      expect(after).toBeGreaterThan(before)
      expect(after).toBeLessThan(rowCount)
      expect(await stored(folder)).toHaveLength(after)
      before = after
    }
    const child = start(folder, ['--json', 'import', file])
    const said = await readAll(child)
    expect(child.exitCode).toBe(0)
    expect(JSON.parse(said)).toMatchObject({ files: [{ outcome: 'resumed', rows: { read: rowCount, duplicates: 0 } }] })
    expect(await stored(folder)).toHaveLength(rowCount)
  })

  const falls: readonly [string, readonly Kind[]][] = [
    ['a folder', ['batches of objects', 'training', 'publishing', 'backup', 'compaction']],
    ['PostgreSQL', ['batches of events', 'rules', 'publishing']],
  ]

  it.each(falls)(
    'at any moment of whatever writes leaves a whole shop on %s',
    async (where, kinds) => {
      const server = where === 'PostgreSQL' ? await startPostgres() : null
      const options = { folder: newFolder(), postgres: server?.url ?? null, rounds: kinds.length, seed: where, kinds }
      const rounds = await torture(options).finally(() => server?.stop())
      expect(rounds.map(({ kind, notes }) => [kind, ...notes])).toEqual(kinds.map((kind) => [kind]))
      expect(rounds.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(0)
    },
    300_000,
  )

  it('a second process is refused while the first one lives', async () => {
    const folder = newFolder()
    const { child } = await serve(folder)
    const second = start(folder, ['serve', '--port', '0'])
    let said = ''
    for await (const text of second.stderr as AsyncIterable<Buffer>) said += text.toString()
    await ended(second)
    expect(second.exitCode).toBe(5)
    expect(said).toMatch(/process \d+/)
    child.kill('SIGTERM')
    await ended(child)
    expect(child.exitCode).toBe(0)
  })
})
