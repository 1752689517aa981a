/**
 * `npx tsx bench/soak.ts [--minutes 60] [--products 2000] [--shoppers 4000]`: a server at half of what it can do, with
 * searches, recommendations and events mixed through the stock clients, and whether its memory or its answers grow.
 *
 * Finds what it can do in ten seconds of eight lanes, then asks half as often. Prints resident and heap MiB and the
 * milliseconds of answers (median, 95th percentile) each minute, and at the end their slopes an hour by least squares
 * over the second half, when what is filled once is filled. Needs `npx tsc -p tsconfig.build.json`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRng } from '../src/base/rng.ts'
import { type Kind, metric, openLoadShop, quantile } from './load-shop.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    products: { type: 'string', default: '2000' },
    shoppers: { type: 'string', default: '4000' },
  },
})
const mix: readonly Kind[] = ['search', 'recommend', 'search', 'single', 'search', 'recommend', 'batch']

const folder = mkdtempSync(join(tmpdir(), 'haggle-soak-'))
const size = { products: Number(values.products), shoppers: Number(values.shoppers), eventsEach: 10 }
const shop = await openLoadShop(folder, size, ['popularity', 'item-knn'])
const rng = createRng('soak')

/** Eight lanes until `endMs`; each waits so long between the starts of two requests, or not at all. */
async function drive(endMs: number, everyMs: number): Promise<number[]> {
  const times: number[] = []
  const lane = async (from: number) => {
    let dueMs = performance.now() + (everyMs * from) / 8
    for (let turn = from; performance.now() < endMs; turn++) {
      const waitMs = dueMs - performance.now()
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
      times.push(await shop.ask[mix[turn % mix.length]](rng))
      // Who is late does not catch up: half the load is the most that is asked for.
      dueMs = Math.max(dueMs + everyMs, performance.now())
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, from) => lane(from)))
  return times
}

/** Of least squares, by one step of the series. */
function slope(series: readonly number[]): number {
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length
  const [middle, level] = [(series.length - 1) / 2, mean(series)]
  const moment = mean(series.map((value, at) => (at - middle) * (value - level)))
  return moment / mean(series.map((_, at) => (at - middle) ** 2))
}

try {
  const full = (await drive(performance.now() + 10_000, 0)).length / 10
  console.log(`${full.toFixed(0)} requests/s at most; half of it for ${values.minutes} minutes\n`)
  const head = ['minute', 'RSS MiB', 'heap MiB', 'requests/s', 'p50 ms', 'p95 ms']
  console.log(`| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}`)
  const samples: number[][] = []
  const startMs = performance.now()
  for (let minute = 1; minute <= Number(values.minutes); minute++) {
    const times = await drive(startMs + minute * 60_000, (8 * 2 * 1000) / full)
    const gauges = ['haggle_process_resident_memory_bytes', 'haggle_nodejs_heap_size_used_bytes']
    const memory = await Promise.all(gauges.map(async (name) => (await metric(shop.server, name)) / 2 ** 20))
    samples.push([...memory, times.length / 60, quantile(times, 0.5), quantile(times, 0.95)])
    console.log(`| ${[minute, ...samples[samples.length - 1].map((figure) => figure.toFixed(1))].join(' | ')} |`)
  }
  const settled = samples.slice(samples.length >> 1)
  const hourly = [0, 1, 2, 3, 4].map((column) => (60 * slope(settled.map((sample) => sample[column]))).toFixed(1))
  console.log(`\nslope an hour over the last ${settled.length} minutes: | ${hourly.join(' | ')} |`)
} finally {
  await shop.server.kill()
  rmSync(folder, { recursive: true, force: true })
}
