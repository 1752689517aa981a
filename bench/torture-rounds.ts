/**
 * Kills a real `haggle` at seeded moments of everything that writes, starts it again, and counts what is lost, there
 * twice or half there. The command line is torture.ts; a short form runs in test/crash.test.ts.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import pg from 'pg'
import { dayMs } from '../src/base/clock.ts'
import { createRng, type Rng } from '../src/base/rng.ts'
import { readBackup } from '../src/store/backup-file.ts'
import { storeFile } from '../src/store/folder.ts'
import { openReader } from '../src/store/open-store.ts'
import type { Store } from '../src/store/store.ts'
import { tasteEvents } from '../src/train/taste-fixture.ts'
import * as promises from './promises.ts'
import { type Call, callTo, Gone, type Place, placeIn, runCommand, runJob, serve, type Victim } from './victim.ts'

export const kinds = [
  'single events',
  'batches of events',
  'batches of objects',
  'settings',
  'rules',
  'keys',
  'training',
  'publishing',
  'import',
  'backup',
  'restore',
  'migrate',
  'compaction',
  'first start',
] as const
export type Kind = (typeof kinds)[number]

export interface TortureOptions {
  /** Where everything lies; the caller removes it. */
  readonly folder: string
  /** Where the tables go to PostgreSQL: its address. */
  readonly postgres: string | null
  readonly rounds: number
  readonly seed: string
  readonly kinds?: readonly Kind[]
  readonly onRound?: (round: Round) => void
}

export interface Round extends Readonly<promises.Faults> {
  readonly kind: Kind
  readonly killedAfterMs: number
  readonly acknowledged: number
  /** Whether what was to be cut short had ended by itself. */
  readonly hadEnded: boolean
  readonly startMs: number
}

/** What each kind of round does until it is killed, and what must hold afterwards. */
interface Work {
  readonly lanes?: readonly promises.Lane[]
  /** Cut short by the fall; given how long that is away. */
  readonly task?: (call: Call, killAfterMs: number) => Promise<unknown>
  /** Before the fall, in peace. */
  readonly prepare?: (call: Call) => Promise<unknown>
  /** After the start that follows. */
  readonly after?: (call: Call, store: Store, faults: promises.Faults) => Promise<unknown>
}

const training = { models: ['popularity', 'ease'], bootstrapRounds: 10, keepGenerations: 3 }

export async function torture(options: TortureOptions): Promise<Round[]> {
  const { folder, postgres, rounds, seed, onRound } = options
  const chosen = options.kinds ?? kinds
  const rng = createRng(seed)
  const schema = `torture_${process.pid}`
  let places = 0
  /** A place for a whole shop of its own. */
  const newPlace = (): Place => {
    const name = `${++places}`
    return placeIn(join(folder, name), { training, store: { url: postgres, schema: `${schema}_${name}` } })
  }
  const place = newPlace()
  const counts = promises.createLogCounts()
  const works = createWorks({ newPlace, folder, counts, rng })
  const expectedMs = new Map<Kind, number>()
  let victim = await serve(place)
  try {
    await fillShop(callTo(victim, place), folder)
    const done: Round[] = []
    for (let at = 0; at < rounds; at++) {
      const kind = chosen[at % chosen.length]
      const work = works(kind, at)
      const killAfterMs = Math.floor(rng.next() * (expectedMs.get(kind) ?? 400))
      const faults: promises.Faults = { lost: 0, doubled: 0, torn: 0, notes: [] }
      const call = callTo(victim, place)
      await work.prepare?.(call)
      const before = acknowledged(work)
      const fall = await bringDown(victim, work, call, killAfterMs)
      const { hadEnded, tookMs } = fall
      for (const text of fall.refusals) promises.note(faults, 'torn', 1, text)
      // As long as what it cuts short takes, and a little longer: also the moments at its end are hit.
      if (work.task !== undefined) expectedMs.set(kind, hadEnded ? tookMs * 1.1 : (expectedMs.get(kind) ?? 400) * 1.3)
      victim = await serve(place)
      const startMs = victim.startMs
      const again = callTo(victim, place)
      await withReader(place, async (store) => {
        for (const lane of work.lanes ?? []) await lane.check(again, store, faults)
        await work.after?.(again, store, faults)
        await checkLive(again, store, victim, faults)
      })
      const round = { kind, killedAfterMs: tookMs, acknowledged: acknowledged(work) - before, hadEnded, startMs }
      done.push({ ...round, ...faults })
      onRound?.(done[done.length - 1])
    }
    await victim.kill()
    await checkWhole(place, counts, done)
    return done
  } finally {
    await victim.kill()
    if (postgres !== null) await dropSchemas(postgres, schema)
  }
}

const acknowledged = ({ lanes = [] }: Work) => lanes.reduce((sum, lane) => sum + lane.acknowledged, 0)

/** Everything at once until it is killed. */
async function bringDown(victim: Victim, work: Work, call: Call, killAfterMs: number) {
  const beganMs = performance.now()
  let hadEnded = work.task === undefined
  let lastMs = 0
  const refusals: string[] = []
  const refused = (error: unknown) => {
    if (!(error instanceof Gone)) refusals.push(String(error))
  }
  const run = async (lane: promises.Lane) => {
    while (victim.isAlive()) await lane.step(call)
  }
  const lanes = (work.lanes ?? []).map((lane) => run(lane).catch(refused))
  const task = work.task?.(call, killAfterMs).then(() => {
    hadEnded = true
    lastMs = performance.now() - beganMs
  }, refused)
  await Promise.race([new Promise((resolve) => setTimeout(resolve, killAfterMs)), task ?? new Promise(() => undefined)])
  await victim.kill()
  await Promise.all([...lanes, task])
  return { hadEnded, tookMs: lastMs || performance.now() - beganMs, refusals }
}

interface Setting {
  readonly newPlace: () => Place
  readonly folder: string
  readonly counts: promises.LogCounts
  readonly rng: Rng
}

function createWorks({ newPlace, folder, counts, rng }: Setting): (kind: Kind, at: number) => Work {
  const registers = [promises.objects, promises.settings, promises.rules].map(promises.registerLane)
  const [objects, settings, rules] = registers
  const keys = promises.keyLane()
  const publications = promises.publicationLane()
  const events = (name: string, size = 1) => promises.eventLane(name, size, counts)

  /** A command of its own that makes a copy of the shop: the copy is there whole, or not at all. */
  const copying = (args: (to: Place) => { from: Place; args: string[] }, to: Place): Work => {
    const run = (killAfterMs?: number) => {
      const command = args(to)
      return runCommand(command.from, command.args, { killAfterMs })
    }
    return {
      after: async (_call, _store, faults) => {
        const cut = await run(Math.floor(rng.next() * 1.2 * (copyMs ?? 2_000)))
        const full = await run()
        if (cut.code === null) copyMs = full.tookMs
        // Where the first had come to its end there is a shop, and the second says so.
        const wasWhole = full.code === 2 && /already/.test(full.said)
        if (full.code !== 0 && !wasWhole) promises.note(faults, 'torn', 1, full.said)
        else {
          const copy = await serve(to)
          await withReader(to, (store) => checkLive(callTo(copy, to), store, copy, faults))
          await copy.kill()
        }
      },
    }
  }
  let copyMs: number | null = null

  return (kind, at) => {
    const beside = events(`beside${at}`)
    switch (kind) {
      case 'single events':
        return { lanes: [0, 1, 2, 3].map((lane) => events(`single${at}.${lane}`)) }
      case 'batches of events':
        return { lanes: [beside, ...[0, 1, 2].map((lane) => events(`batch${at}.${lane}`, 20))] }
      case 'batches of objects':
        return { lanes: [beside, objects] }
      case 'settings':
        return { lanes: [beside, settings] }
      case 'rules':
        return { lanes: [beside, rules] }
      case 'keys':
        return { lanes: [beside, keys] }
      case 'training': {
        const train = (call: Call) => runJob(call, 'train', { force: true })
        return { lanes: [beside], task: train, after: train }
      }
      case 'publishing':
        return { lanes: [beside, publications] }
      case 'import': {
        const file = join(folder, `import${at}.jsonl`)
        const users = Array.from({ length: 3_000 }, (_, row) => `import${at}.${row}`)
        writeFileSync(file, users.map((user) => `${line(user, 'i1', 'view', Date.now() - dayMs)}\n`).join(''))
        const run = (call: Call) => runJob(call, 'import', { files: [{ path: file }] })
        return {
          lanes: [beside],
          task: run,
          after: async (call, store, faults) => {
            await run(call)
            const held = await counts.read(store)
            const wrong = (than: (count: number) => boolean) => users.filter((user) => than(held.get(user) ?? 0)).length
            const [missing, twice] = [wrong((count) => count < 1), wrong((count) => count > 1)]
            if (missing > 0) promises.note(faults, 'lost', missing, `${missing} rows of an import`)
            if (twice > 0) promises.note(faults, 'doubled', twice, `${twice} rows of an import`)
          },
        }
      }
      case 'backup': {
        const file = join(folder, `${at}.backup`)
        const run = (call: Call) => runJob(call, 'backup', { file })
        return {
          lanes: [beside],
          task: run,
          after: async (call) => {
            // It has its name only when it is whole.
            if (existsSync(file)) await readBackup(file)
            else await run(call)
            await readBackup(file)
            rmSync(file)
          },
        }
      }
      case 'restore': {
        const file = join(folder, `${at}.backup`)
        const to = newPlace()
        return {
          prepare: (call) => runJob(call, 'backup', { file }),
          lanes: [beside],
          ...copying(() => ({ from: to, args: ['restore', file] }), to),
        }
      }
      case 'migrate': {
        // Nobody may serve what is moved: a copy is moved, from where `migrate` may be killed.
        const [file, from, to] = [join(folder, `${at}.backup`), newPlace(), newPlace()]
        const target = to.store.url === null ? [to.dataFolder] : [to.store.url, '--schema', to.store.schema]
        return {
          prepare: async (call) => {
            await runJob(call, 'backup', { file })
            await runCommand(from, ['restore', file])
          },
          lanes: [beside],
          ...copying(() => ({ from, args: ['migrate', '--to', ...target] }), to),
        }
      }
      case 'compaction': {
        const forgotten = events(`forgotten${at}`, 5)
        return {
          prepare: async (call) => {
            for (let shopper = 0; shopper < 60; shopper++) await forgotten.step(call)
          },
          lanes: [events(`beside${at}`, 20), promises.erasureLane(forgotten, counts)],
        }
      }
      case 'first start': {
        const fresh = newPlace()
        return {
          lanes: [beside],
          after: async (_call, _store, faults) => {
            await runCommand(fresh, ['serve', '--port', '0'], { killAfterMs: 300 + Math.floor(rng.next() * 2_500) })
            const first = await serve(fresh)
            await callTo(first, fresh)('GET', '/1/keys').catch((error: unknown) => {
              promises.note(faults, 'lost', 1, `the admin key: ${String(error)}`)
            })
            await first.kill()
          },
        }
      }
    }
  }
}

/** The live generation is whole, was loaded and answers, and nothing went wrong on the way. */
async function checkLive(call: Call, store: Store, victim: Victim, faults: promises.Faults): Promise<void> {
  const live = await store.generations.live(promises.products)
  if (live === null) promises.note(faults, 'lost', 1, 'no generation is live')
  else await store.generations.artefacts(live)
  const asked = { indexName: promises.products, model: 'recommended-for-you', queryParameters: { userToken: 'u1' } }
  const { results } = (await call('POST', '/1/indexes/*/recommendations', { requests: [asked] })) as {
    results: { hits: unknown[] }[]
  }
  if (results[0].hits.length === 0) promises.note(faults, 'lost', 1, 'nothing is recommended')
  for (const [bad] of victim.log().matchAll(/^.*"level":[56]0.*$/gm)) promises.note(faults, 'torn', 1, bad)
}

/** Everything once more at the end, read from the beginning. */
async function checkWhole(place: Place, counts: promises.LogCounts, rounds: readonly Round[]): Promise<void> {
  const last = rounds.at(-1)
  if (last === undefined) return
  const check = (holds: boolean, what: string) => {
    if (!holds) promises.note(last, 'lost', 1, what)
  }
  await withReader(place, async (store) => {
    const [known, held] = [await counts.read(store), await promises.createLogCounts().read(store)]
    check(known.size === held.size, `${held.size} shoppers in the log, not ${known.size}`)
    for (const [user, count] of known) check(held.get(user) === count, `events of ${user} at the end`)
  })
  if (place.store.url !== null) return
  const database = new Database(storeFile(place.dataFolder), { readonly: true })
  const said = database.prepare('pragma integrity_check').get() as { integrity_check: string }
  check(said.integrity_check === 'ok', said.integrity_check)
  database.close()
}

async function withReader<Result>(place: Place, work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openReader(place)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

const line = (user: string, item: string, type: string, time: number) => JSON.stringify({ user, item, type, time })

/** A small shop with two generations. */
async function fillShop(call: Call, folder: string): Promise<void> {
  const tastes = { users: 60, groups: 3, itemsPerGroup: 8, fromDay: 0, untilDay: 50, visitsPerUser: 6, seed: 'torture' }
  const log = tasteEvents(tastes)
  const shiftMs = Date.now() - dayMs - (log.at(-1)?.timeMs ?? 0)
  const lines = log.map(({ userId, itemId, type, timeMs }) => line(userId, itemId ?? '', type, timeMs + shiftMs))
  const file = join(folder, 'log.jsonl')
  writeFileSync(file, lines.join('\n'))
  const goods = Array.from({ length: 24 }, (_, at) => ({ objectID: `i${at}`, title: `Thing ${at}`, price: at }))
  const requests = goods.map((body) => ({ action: 'addObject', body }))
  await call('POST', `/1/indexes/${promises.products}/batch`, { requests })
  await runJob(call, 'import', { files: [{ path: file }] })
  await runJob(call, 'train', { force: true })
  await runJob(call, 'train', { force: true })
}

async function dropSchemas(url: string, start: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    'select nspname as name from pg_namespace where starts_with(nspname, $1)',
    [start],
  )
  for (const { name } of rows) await client.query(`drop schema ${name} cascade`)
  await client.end()
}
