/** A real Prometheus scrapes a server under load: every expression of every board has data, every alert fires as meant. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTelemetry } from '../src/base/telemetry.ts'
import type { CatalogueId } from '../src/domain/ids.ts'
import { freePort } from '../src/store/postgres-fixture.ts'
import { tasteEvents } from '../src/train/taste-fixture.ts'
import { unpackedPackage } from './debian-package.ts'
import { type OpenShop, openShopForTest } from './open-shop.ts'

interface Board {
  readonly title: string
  readonly panels: readonly {
    readonly title: string
    readonly description?: string
    readonly fieldConfig?: { readonly defaults?: { readonly unit?: string } }
    readonly targets?: readonly { readonly expr: string }[]
  }[]
  readonly annotations: { readonly list: readonly { readonly expr: string }[] }
}

const folder = new URL('../monitoring/', import.meta.url).pathname
const boards = readdirSync(join(folder, 'grafana/boards')).map(
  (file) => JSON.parse(readFileSync(join(folder, 'grafana/boards', file), 'utf8')) as Board,
)
const panels = boards.flatMap(({ title, panels: own }) =>
  own.flatMap((panel) =>
    (panel.targets ?? []).map(({ expr }) => ({ name: `${title}, ${panel.title}`, expr: filledIn(expr) })),
  ),
)
const program = unpackedPackage('prometheus', 'promtool')
const reason = 'missing' in program ? program.missing : null
const bin = 'bin' in program ? program.bin : ''

/** What Grafana would put in; windows shorter, for a server that has been up for seconds. */
function filledIn(expr: string): string {
  return expr.replaceAll('$catalogue', '.*').replaceAll(/\[(\$__rate_interval|\d+[mh])\]/g, '[20s]')
}

let shop: OpenShop
let prometheus: ChildProcess | undefined
let api = ''

beforeAll(async () => {
  if (reason !== null) {
    console.log(`skipped: no Prometheus (${reason})`)
    return
  }
  shop = await openShopForTest({ training: { models: ['popularity', 'item-knn', 'gru'], bootstrapRounds: 50 } })
  const port = await freePort()
  api = `http://127.0.0.1:${port}/api/v1`
  prometheus = startPrometheus(port, new URL(shop.url).host)
  await fillShop()
  const end = performance.now() + 150_000
  const isOver = () => panels.every(({ expr }) => withData.has(expr)) || performance.now() > end
  // How fast a model learns is shown only while one does.
  const learning = learnUntil(isOver)
  while (!isOver()) {
    for (let at = 0; at < 20; at++) await visit()
    await look()
  }
  await learning
}, 240_000)

afterAll(async () => {
  prometheus?.kill()
  if (reason === null) await shop.close()
})

const withData = new Set<string>()

function startPrometheus(port: number, target: string): ChildProcess {
  const data = join(shop.folder, 'prometheus')
  mkdirSync(data)
  const config = readFileSync(join(folder, 'prometheus/prometheus.yml'), 'utf8')
    .replace('scrape_interval: 5s', 'scrape_interval: 1s')
    .replace('alerts.yml', join(folder, 'prometheus/alerts.yml'))
    .replace('127.0.0.1:8108', target)
  writeFileSync(join(data, 'prometheus.yml'), config)
  const flags = [`--config.file=${join(data, 'prometheus.yml')}`, `--storage.tsdb.path=${data}`]
  return spawn(join(bin, 'prometheus'), [...flags, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
}

async function learnUntil(isOver: () => boolean): Promise<void> {
  do await shop.engine.train('products' as CatalogueId, { force: true })
  while (!isOver())
}

const users = 120

async function fillShop(): Promise<void> {
  const events = tasteEvents({
    users,
    groups: 3,
    itemsPerGroup: 10,
    fromDay: 100,
    untilDay: 150,
    visitsPerUser: 6,
    seed: 'watched',
  }).map((event) => ({ ...event, catalogue: 'products' as CatalogueId }))
  const objects = Array.from({ length: 30 }, (_, at) => ({ objectID: `i${at}`, title: `Thing ${at}`, price: 10 }))
  await shop.admin.saveObjects({ indexName: 'products', objects, waitForTasks: true })
  await shop.engine.acceptEvents(events)
  await shop.engine.check('products' as CatalogueId)
}

let visits = 0

/**
 * A shopper sees a list, clicks and buys what stands at some place of it, and one event in ten is wrong.
 * After the known shoppers come new ones: a shopper who came back for long would own all things, and see an empty list.
 */
async function visit(): Promise<void> {
  const userToken = `u${visits++}`
  const timestamp = shop.clock.now()
  const asked = { indexName: 'products', model: 'recommended-for-you', threshold: 0, queryParameters: { userToken } }
  const { results } = await shop.recommend.getRecommendations({ requests: [asked as never] })
  const { hits, queryID } = results[0] as { hits: { objectID: string }[]; queryID?: string }
  const { objectID } = hits[visits % hits.length]
  const act = { index: 'products', userToken, timestamp, queryID, objectIDs: [objectID] }
  const click = { ...act, eventType: 'click', eventName: 'Clicked', positions: [1 + (visits % hits.length)] }
  const purchase = {
    ...act,
    eventType: 'conversion',
    eventSubtype: 'purchase',
    eventName: 'Bought',
    objectData: [{ price: 10, quantity: 1 }],
  }
  const wrong = visits % 10 === 0 ? [{ ...act, eventType: 'dance', eventName: 'Danced' }] : []
  const body = JSON.stringify({ events: [click, purchase, ...wrong] })
  await fetch(`${shop.url}/1/events`, { method: 'POST', body })
}

interface Answer {
  readonly status: string
  readonly error?: string
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] }
}

async function query(expr: string): Promise<Answer> {
  try {
    return (await (
      await fetch(`${api}/query`, { method: 'POST', body: new URLSearchParams({ query: expr }) })
    ).json()) as Answer
  } catch {
    return { status: 'error', error: 'Prometheus does not answer yet' }
  }
}

async function look(): Promise<void> {
  for (const { expr } of panels) {
    if (!withData.has(expr) && hasData(await query(expr))) withData.add(expr)
  }
}

function hasData({ data }: Answer): boolean {
  return (data?.result ?? []).some(({ value: [, number] }) => Number.isFinite(Number(number)))
}

describe('the boards', () => {
  it('say of every panel what it shows, and in what unit', () => {
    for (const { title, panels: own } of boards) {
      for (const panel of own.filter(({ targets }) => targets !== undefined)) {
        expect(panel.description?.length, `${title}, ${panel.title}`).toBeGreaterThan(5)
        expect(panel.fieldConfig?.defaults?.unit, `${title}, ${panel.title}`).toBeTruthy()
      }
    }
  })

  it('show everything that is counted, each on one of them', async () => {
    const { registry } = createTelemetry()
    const counted = (await registry.getMetricsAsJSON()).map(({ name }) => name)
    // What comes with Node besides is there for whoever asks for it.
    const own = counted.filter((name) => !/^haggle_(process|nodejs)_/.test(name))
    expect(own.length).toBeGreaterThan(25)
    expect(own.filter((name) => !panels.some(({ expr }) => expr.includes(name)))).toEqual([])
  })
})

describe.skipIf(reason !== null)('the boards under load', () => {
  it.each(panels)('have data: $name', async ({ expr }) => {
    const answer = await query(expr)
    expect(answer.error).toBeUndefined()
    expect([...withData]).toContain(expr)
  })

  it('mark new generations', async () => {
    for (const { annotations } of boards) {
      for (const { expr } of annotations.list) expect(await query(expr)).toMatchObject({ status: 'success' })
    }
  })
})

describe.skipIf(reason !== null)('the alerts', () => {
  it('are read by Prometheus, every expression of them', () => {
    const files = ['rules', join(folder, 'prometheus/alerts.yml')]
    expect(execFileSync(join(bin, 'promtool'), ['check', ...files], { encoding: 'utf8' })).toContain(
      'SUCCESS: 13 rules',
    )
  })

  it('fire on what they are for, and are silent otherwise', () => {
    const told = execFileSync(join(bin, 'promtool'), ['test', 'rules', join(folder, 'prometheus/alerts-test.yml')], {
      encoding: 'utf8',
    })
    expect(told).toContain('SUCCESS')
  }, 180_000)

  it('stand in the book of the operator, each with its runbook', () => {
    const rules = readFileSync(join(folder, 'prometheus/alerts.yml'), 'utf8')
    const operations = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8')
    for (const [, alert] of rules.matchAll(/alert: (\w+)/g)) {
      expect(operations, alert).toContain(`### ${alert}\n`)
      expect(rules).toContain(`docs/operations.md#${alert.toLowerCase()}`)
    }
  })
})
