/**
 * `npx tsx bench/search-http.ts [PRODUCTS …] [--seconds 10]`: what a shop's page waits for: a server of its own process,
 * asked over HTTP through the stock client, with words, slips, filters and facets in the mix.
 *
 * Prints how long importing and starting again take, milliseconds of a search alone (median, 95th and 99th percentile)
 * beside those of `/healthz` in turn (what HTTP itself costs here), searches a second from 8 at once, how soon a changed
 * product is found, and the server's memory. Needs `npm run build`. Default: 10,000 and 100,000 products.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { algoliasearch } from 'algoliasearch'
import { createRng, type Rng } from '../src/base/rng.ts'
import { madeUpProducts, queriesFor } from './made-up-products.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '10' } },
})
const seconds = Number(values.seconds)
const program = new URL('../dist/cli/main.js', import.meta.url).pathname
const indexName = 'products'
const port = 18_108

interface Question {
  readonly indexName: string
  readonly query: string
  readonly hitsPerPage: number
  readonly facets?: readonly string[]
  readonly filters?: string
  readonly facetFilters?: readonly (readonly string[])[]
}

/** A page of InstantSearch asks for facets with every search; every other shopper has narrowed the list. */
function questionsFor(queries: readonly string[], brands: readonly string[], rng: Rng): Question[] {
  return queries.map((query) => {
    const narrowed = rng.int(4)
    return {
      indexName,
      query,
      hitsPerPage: 20,
      facets: ['brand', 'category', 'price'],
      ...(narrowed === 0 ? { filters: `price ${rng.int(2) === 0 ? '<' : '>'} ${10 + rng.int(90)}` } : {}),
      ...(narrowed === 1 ? { facetFilters: [[`brand:${rng.pick(brands)}`, `brand:${rng.pick(brands)}`]] } : {}),
    }
  })
}

const quantiles = (times: readonly number[]): string => {
  const sorted = [...times].sort((a, b) => a - b)
  return [0.5, 0.95, 0.99].map((share) => sorted[Math.floor(share * sorted.length)].toFixed(2)).join(' / ')
}

const memoryOf = (server: ChildProcess): number =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? Number.NaN)

async function until(done: () => Promise<boolean>): Promise<number> {
  const start = performance.now()
  while (!(await done().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 5))
  return performance.now() - start
}

async function race(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-bench-'))
  const rng = createRng('search over http')
  const made = madeUpProducts(count, rng)
  const products = made.map(({ id, ...fields }, at) => ({
    ...{ objectID: id, ...fields },
    category: `${fields.brand.slice(0, 1)} > ${fields.title.split(' ')[0]}`,
    price: Math.round(100 * 2 ** (1 + 6 * rng.next())) / 100,
    stock: at % 10 === 0 ? 0 : 5,
  }))
  const file = join(folder, 'catalogue.jsonl')
  const lines = products.map((product) => JSON.stringify(product))
  writeFileSync(file, lines.join('\n'))
  const sourceBytes = lines.reduce((sum, line) => sum + line.length, 0) / count
  const flags = ['--data-folder', join(folder, 'data')]
  const importStart = performance.now()
  execFileSync(process.execPath, [program, ...flags, 'import', file], { stdio: 'ignore' })
  const importSeconds = (performance.now() - importStart) / 1000
  const serve = () => spawn(process.execPath, [program, ...flags, 'serve', '--port', `${port}`], { stdio: 'ignore' })
  const ready = () => until(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok)
  let server = serve()
  await ready()
  server.kill()
  await new Promise((resolve) => server.once('exit', resolve))
  server = serve()
  const startSeconds = (await ready()) / 1000
  try {
    const hosts = [{ url: `127.0.0.1:${port}`, accept: 'readWrite' as const, protocol: 'http' as const }]
    const client = algoliasearch('app', readFileSync(join(folder, 'data', 'admin.key'), 'utf8').trim(), { hosts })
    const brands = [...new Set(products.map(({ brand }) => brand))]
    // So many that none is asked twice in a round.
    const questions = questionsFor(queriesFor(made, 20_000, rng), brands, rng)
    const ask = (at: number) => client.search({ requests: [questions[at % questions.length]] as never })
    // The meaning of products is learnt beside the first answers.
    for (let at = 0; at < 200; at++) await ask(at)
    await new Promise((resolve) => setTimeout(resolve, 20_000))
    const [alone, bare]: number[][] = [[], []]
    let at = 0
    for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
      const start = performance.now()
      await ask(at++)
      alone.push(performance.now() - start)
      const bareStart = performance.now()
      await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()
      bare.push(performance.now() - bareStart)
    }
    let answered = 0
    const together: number[] = []
    const end = performance.now() + seconds * 1000
    const shopper = async (from: number) => {
      for (let own = at + from; performance.now() < end; own += 8) {
        const start = performance.now()
        await ask(own)
        together.push(performance.now() - start)
        answered++
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, each) => shopper(each)))
    const changeStart = performance.now()
    await client.partialUpdateObject({ indexName, objectID: 'p7', attributesToUpdate: { title: 'zanzibarian' } })
    await until(async () => {
      const { results } = await client.search({ requests: [{ indexName, query: 'zanzibarian' }] })
      return (results[0] as { nbHits: number }).nbHits === 1
    })
    const changeMs = performance.now() - changeStart
    console.log(
      [
        `\n${count} products, ${Math.round(sourceBytes)} bytes of source each`,
        `  import       ${importSeconds.toFixed(1)} s, ${Math.round(count / importSeconds)} products/s, process start included`,
        `  start again  ${startSeconds.toFixed(1)} s, ${Math.round(count / startSeconds)} products/s`,
        `  alone        ${quantiles(alone)} ms (p50 / p95 / p99); /healthz in turn ${quantiles(bare)} ms`,
        `  8 at once    ${Math.round(answered / seconds)} searches/s, ${quantiles(together)} ms`,
        `  changed      found after ${changeMs.toFixed(0)} ms`,
        `  memory       ${Math.round(memoryOf(server) / 2 ** 20)} MB, ${Math.round(memoryOf(server) / count - sourceBytes)} bytes a product above its source`,
      ].join('\n'),
    )
  } finally {
    server.kill()
    await new Promise((resolve) => server.once('exit', resolve))
    rmSync(folder, { recursive: true, force: true })
  }
}

for (const count of positionals.length > 0 ? positionals.map(Number) : [10_000, 100_000]) await race(count)
