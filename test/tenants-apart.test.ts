/** Several shops as processes and people meet them: a flood at one, the command line, the console, replicas. */
import { spawn, spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { algoliasearch } from 'algoliasearch'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { dropSchemas, type PostgresServer, startPostgres } from '../src/store/postgres-fixture.ts'
import { openBrowser, stepsIn } from './chromium.ts'
import { openReader } from './console-walk.ts'
import { temporaryFolder } from './open-shop.ts'

const main = new URL('../dist/cli/main.js', import.meta.url).pathname
const schema = `apart_${process.pid}`
const folders: string[] = []
const ends: (() => void)[] = []
let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterEach(() => {
  for (const end of ends.splice(0)) end()
})
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  await dropSchemas(postgres, [`${schema}_acme`, `${schema}_oak`])
  await postgres.stop()
})

function newFolder(settings: object): string {
  const folder = temporaryFolder()
  folders.push(folder)
  writeFileSync(join(folder, 'haggle.config.json'), JSON.stringify(settings))
  return folder
}

/** A real `haggle serve` of all shops. */
async function serve(cwd: string): Promise<string> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0'], { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
  ends.push(() => child.kill('SIGKILL'))
  let said = ''
  for await (const text of child.stdout as AsyncIterable<Buffer>) {
    said += text.toString()
    const url = /http:\/\/[\d.:]+\d/.exec(said)?.[0]
    if (url !== undefined) return url
  }
  throw new Error(`the server ended: ${said}`)
}

function haggle(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd, encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}` }
}

const keys = { acme: 'the key of acme', oak: 'the key of oak' }
const shops = (acme: object = {}) => ({
  acme: { server: { adminKey: keys.acme }, ...acme },
  oak: { server: { adminKey: keys.oak } },
})
const clientOf = (url: string, id: keyof typeof keys) =>
  algoliasearch(id, keys[id], {
    hosts: [{ url: new URL(url).host, accept: 'readWrite', protocol: 'http' }],
  })

/** Without the two seconds after which a stock client gives up on a busy machine. */
async function fill(url: string, id: keyof typeof keys, objects: readonly object[]): Promise<void> {
  const requests = objects.map((body) => ({ action: 'addObject', body }))
  const headers = { 'x-algolia-application-id': id, 'x-algolia-api-key': keys[id] }
  const body = JSON.stringify({ requests })
  expect((await fetch(`${url}/1/indexes/products/batch`, { method: 'POST', headers, body })).status).toBe(200)
}

describe('the command line', () => {
  it('works on the shop it is told, also through the server of all, and says which there are', async () => {
    const folder = newFolder({ shops: shops(), training: { models: ['popularity'], bootstrapRounds: 20 } })
    const without = haggle(folder, 'check')
    expect([without.status, without.said]).toEqual([2, expect.stringMatching(/Which shop\? .*--shop.*acme, oak/)])
    expect(haggle(folder, '--shop', 'elm', 'check')).toMatchObject({ status: 4 })
    haggle(folder, 'simulate', '--products', '60', '--shoppers', '20', '--days', '10', '--out', 'made')
    const files = ['made/catalogue.jsonl', 'made/events.jsonl']
    // Without a server, in its own folder; then through one, files from anywhere: who runs it is no shop's people.
    expect(haggle(folder, '--shop', 'acme', 'import', ...files)).toMatchObject({ status: 0 })
    expect(haggle(folder, '--shop', 'oak', 'train')).toMatchObject({ status: 3 })
    await serve(folder)
    expect(haggle(folder, '--shop', 'oak', 'import', files[0])).toMatchObject({ status: 0 })
    const looked = haggle(folder, '--shop', 'oak', 'doctor').said
    expect(looked).toMatch(/catalogue products +60 items/)
    expect(looked).toMatch(/owner +process \d+ \(serve\) http.*\/shops\/oak/)
    expect(haggle(folder, '--shop', 'acme', 'train').said).toMatch(/generation/i)
    expect(haggle(folder, '--shop', 'acme', 'backup', 'acme.haggle')).toMatchObject({ status: 0 })
    expect(haggle(folder, '--shop', 'oak', 'backup', 'acme.haggle').status).not.toBe(0)
    const alone = newFolder({ shops: { acme: {} } })
    const restored = haggle(alone, '--shop', 'acme', 'restore', join(folder, 'acme.haggle'))
    expect([restored.status, restored.said]).toEqual([0, expect.stringMatching(/shops\/acme\/haggle\.db/)])
    const moved = haggle(alone, '--shop', 'acme', 'migrate', '--to', postgres.url)
    expect([moved.status, moved.said]).toEqual([0, expect.stringMatching(/schema haggle_acme/)])
    await dropSchemas(postgres, ['haggle_acme'])
  }, 240_000)
})

describe('replicas of several shops', () => {
  it('see what was changed at another one in the same shop, and in no other', async () => {
    const settings = { store: { url: postgres.url, schema, connections: 3 }, shops: shops() }
    const [one, two] = await Promise.all([serve(newFolder(settings)), serve(newFolder(settings))])
    await Promise.all([one, two].map((url) => fill(url, 'oak', [{ objectID: 'first', name: 'of both' }])))
    await fill(one, 'acme', [{ objectID: 'first', name: 'a first' }])
    const body = { objectID: 'p', name: 'only at acme' }
    const { taskID } = await clientOf(one, 'acme').saveObject({ indexName: 'products', body })
    await clientOf(two, 'acme').waitForTask({ indexName: 'products', taskID })
    const asked = { indexName: 'products', searchParams: { query: 'acme' } }
    expect((await clientOf(two, 'acme').searchSingleIndex(asked)).nbHits).toBe(1)
    await clientOf(one, 'oak').saveObject({ indexName: 'products', body: { objectID: 'q', name: 'oak' } })
    expect((await clientOf(one, 'oak').searchSingleIndex(asked)).nbHits).toBe(0)
  }, 120_000)
})

const flooders = 20

describe('a flood at one shop', () => {
  it('is turned away there, and the other one goes on answering', async () => {
    const url = await serve(newFolder({ shops: shops({ limits: { requestsPerSecond: 10 } }) }))
    const objects = Array.from({ length: 200 }, (_, at) => ({ objectID: `p${at}`, name: `thing ${at}` }))
    for (const id of ['acme', 'oak'] as const) {
      await fill(url, id, objects)
    }
    const ask = async (id: keyof typeof keys): Promise<{ status: number; tookMs: number }> => {
      const startMs = performance.now()
      const headers = { 'x-algolia-application-id': id, 'x-algolia-api-key': keys[id] }
      const answer = await fetch(`${url}/1/indexes/products/query`, {
        method: 'POST',
        headers,
        body: '{"query":"thing"}',
      })
      await answer.arrayBuffer()
      return { status: answer.status, tookMs: performance.now() - startMs }
    }
    /** One shopper after the other at oak, beside `others` at acme who ask again at once. */
    const measure = async (others: number) => {
      let isOver = false
      const startMs = performance.now()
      const refused = { 200: 0, 429: 0 } as Record<number, number>
      const flood = Array.from({ length: others }, async () => {
        while (!isOver) refused[(await ask('acme')).status]++
      })
      const answers = []
      for (let at = 0; at < 300; at++) answers.push(await ask('oak'))
      isOver = true
      await Promise.all(flood)
      const seconds = (performance.now() - startMs) / 1000
      const times = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b)
      return {
        refused,
        seconds,
        statuses: new Set(answers.map(({ status }) => status)),
        p50: times[150],
        p99: times[296],
      }
    }
    await measure(0)
    const quiet = await measure(0)
    const flooded = await measure(flooders)
    const short = ({ p50, p99 }: typeof quiet) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
    console.log(`oak alone: ${short(quiet)}; beside a flood of acme: ${short(flooded)}`, flooded.refused)
    expect(flooded.refused[429]).toBeGreaterThan(flooded.refused[200])
    expect(flooded.refused[200]).toBeLessThanOrEqual(10 * (flooded.seconds + 3))
    expect([...flooded.statuses]).toEqual([200])
    // As if it stood in line behind each of them; client and server share the machine, and most of it is the client.
    expect(flooded.p99).toBeLessThan((flooders + 1) * quiet.p99)
  }, 240_000)
})

describe('the console of one of several shops', () => {
  let browser: Browser | undefined
  let reason = ''
  beforeAll(async () => {
    const opened = await openBrowser()
    if (typeof opened === 'string') reason = opened
    else browser = opened
  }, 400_000)
  afterAll(() => browser?.close())

  stepsIn(() => reason, 120_000)('is at the path of the shop, and signed in there alone', async () => {
    const url = await serve(newFolder({ shops: shops() }))
    await fill(url, 'acme', [{ objectID: 'lamp', name: 'A lamp of acme' }])
    const reader = await openReader(browser as Browser, { url: `${url}/shops/acme`, key: keys.acme })
    // Deep, so that what the page loads is not found from where it stands.
    await reader.open('/catalogue/lamp')
    await reader.page.getByText('A lamp of acme').first().waitFor()
    await reader.page.goto(`${url}/shops/oak/console/`)
    await reader.page.getByLabel('Admin key').waitFor()
    await reader.open('/overview')
    await reader.close()
  })
})
