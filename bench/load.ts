/**
 * `npx tsx bench/load.ts [--products 50000] [--shoppers 100000] [--events 10] [--seconds 20] [--smaller 100,10]
 * [--models popularity,item-knn]`: what one server process takes and answers a second, through the stock clients, at
 * this size and at sizes so many times smaller.
 *
 * Durable events singly (64 at once) and in requests of 20 (16 at once), recommendations for known shoppers (8 at once),
 * and all together with searches: of ten requests six search, three recommend, one brings an event. Prints rates,
 * milliseconds (median, 99th percentile) and their ratios to the smallest size. The clients share the machine with the
 * server. Needs `npx tsc -p tsconfig.build.json`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRng } from '../src/base/rng.ts'
import { type Kind, type LoadShop, loads, metric, openLoadShop, quantile, type Size } from './load-shop.ts'

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '50000' },
    shoppers: { type: 'string', default: '100000' },
    events: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '20' },
    smaller: { type: 'string', default: '100,10' },
    models: { type: 'string', default: 'popularity,item-knn' },
  },
})
const seconds = Number(values.seconds)

interface Measured {
  readonly what: string
  /** Events or answers. */
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

/** `lanes` shoppers at once, each asking as soon as it is answered. */
async function drive(shop: LoadShop, lanes: number, next: (turn: number) => Kind): Promise<Map<Kind, number[]>> {
  const times = new Map<Kind, number[]>()
  const endMs = performance.now() + seconds * 1000
  const lane = async (number: number) => {
    const rng = createRng(`lane ${number}`)
    for (let turn = number; performance.now() < endMs; turn++) {
      const kind = next(turn)
      const own = times.get(kind) ?? []
      times.set(kind, own)
      own.push(await shop.ask[kind](rng))
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)))
  return times
}

function measured(what: string, kind: Kind, times: Map<Kind, number[]>): Measured {
  const own = times.get(kind) ?? []
  const perSecond = (own.length * Math.max(1, loads[kind])) / seconds
  return { what, perSecond, p50: quantile(own, 0.5), p99: quantile(own, 0.99) }
}

const mix: readonly Kind[] = [...Array<Kind>(6).fill('search'), ...Array<Kind>(3).fill('recommend'), 'single']

async function measure(size: Size): Promise<{ readonly notes: string; readonly lines: Measured[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-load-'))
  const shop = await openLoadShop(folder, size, values.models.split(','))
  try {
    const only = async (what: string, kind: Kind, lanes: number) =>
      measured(what, kind, await drive(shop, lanes, () => kind))
    const lines = [
      await only('recommendations', 'recommend', 8),
      await only('events, 20 a request', 'batch', 16),
      await only('events, single', 'single', 64),
    ]
    const together = await drive(shop, 8, (turn) => mix[turn % mix.length])
    for (const kind of ['search', 'recommend', 'single'] as const) {
      lines.push(measured(`together: ${kind}`, kind, together))
    }
    const mib = (await metric(shop.server, 'haggle_process_resident_memory_bytes')) / 2 ** 20
    const notes = `trained in ${shop.trainSeconds.toFixed(0)} s, start ${(shop.server.startMs / 1000).toFixed(1)} s, ${mib.toFixed(0)} MiB`
    return { notes, lines }
  } finally {
    await shop.server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

let smallest: readonly Measured[] | null = null
for (const times of [
  ...values.smaller
    .split(',')
    .filter((text) => text !== '')
    .map(Number),
  1,
]) {
  const of = (text: string) => Math.max(1, Math.round(Number(text) / times))
  const size = { products: of(values.products), shoppers: of(values.shoppers), eventsEach: Number(values.events) }
  const { notes, lines } = await measure(size)
  smallest ??= lines
  const head = ['', 'a second', 'p50 ms', 'p99 ms', 'rate to smallest', 'p50 to smallest']
  const rows = lines.map(({ what, perSecond, p50, p99 }, at) => {
    const first = (smallest ?? lines)[at]
    const ratios = [perSecond / first.perSecond, p50 / first.p50].map((ratio) => ratio.toFixed(2))
    return [what, perSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1), ...ratios]
  })
  console.log(
    `\n${size.products} products, ${size.shoppers} shoppers, ${size.shoppers * size.eventsEach} events: ${notes}`,
  )
  console.log([head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'))
}
