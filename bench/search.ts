/**
 * `npx tsx bench/search.ts [PRODUCTS …] [--rounds 5] [--against minisearch,orama,flexsearch]`: our lexical index beside MiniSearch, Orama and FlexSearch, on the
 * same made-up catalogue and the same queries (a third with a typo in one word), in rounds that take turns.
 *
 * Prints, as ratios to ours in the same run: seconds to build, median and 95th percentile of a query, heap and buffers
 * kept after the build. Default 10,000 and 100,000 products; 1,000,000 by name only (`npx tsx bench/search.ts 1000000`).
 * Each library does what it offers for a shop's search box: all words, the last as a prefix, one typo from four letters
 * on; FlexSearch has no typo tolerance by distance and is given its own phonetic encoder, so its answers to misspelt
 * queries are fewer. Run with `node --expose-gc --import tsx` for steady figures of memory.
 */
import { parseArgs } from 'node:util'
import { create, insert, search } from '@orama/orama'
import FlexSearch from 'flexsearch'
import MiniSearch from 'minisearch'
import { createRng } from '../src/base/rng.ts'
import type { ItemId } from '../src/domain/ids.ts'
import { createLexicalIndex } from '../src/retrieve/lexical-index.ts'
import { madeUpProducts, type Product, queriesFor } from './made-up-products.ts'

interface Contestant {
  readonly name: string
  readonly build: (products: readonly Product[]) => Promise<(query: string) => unknown>
}

const contestants: readonly Contestant[] = [
  {
    name: 'haggle',
    build: async (products) => {
      const index = createLexicalIndex({ searchableAttributes: ['title', 'brand', 'description'] })
      for (const { id, ...fields } of products) index.put(id as ItemId, { objectID: id, ...fields })
      return (query) => index.search(query, { limit: 20 })
    },
  },
  {
    name: 'minisearch',
    build: async (products) => {
      const index = new MiniSearch<Product>({ fields: ['title', 'brand', 'description'] })
      index.addAll(products)
      const fuzzy = (term: string): number => (term.length >= 8 ? 2 : term.length >= 4 ? 1 : 0)
      const last = (_: string, at: number, terms: string[]): boolean => at === terms.length - 1
      return (query) => index.search(query, { combineWith: 'AND', prefix: last, fuzzy }).slice(0, 20)
    },
  },
  {
    name: 'orama',
    build: async (products) => {
      const index = create({ schema: { title: 'string', brand: 'string', description: 'string' } as const })
      for (const { id, ...fields } of products) await insert(index, { id, ...fields })
      return (query) => search(index, { term: query, tolerance: 1, threshold: 0, limit: 20 })
    },
  },
  {
    name: 'flexsearch',
    build: async (products) => {
      const index = new FlexSearch.Document<Product>({
        document: { id: 'id', index: ['title', 'brand', 'description'] },
        tokenize: 'forward',
        encoder: FlexSearch.Charset.LatinBalance,
      })
      for (const product of products) index.add(product)
      return (query) => index.search(query, { limit: 20, merge: true })
    },
  },
]

interface Figures {
  buildSeconds: number
  megabytes: number
  /** Milliseconds by query, over all rounds. */
  readonly times: number[]
}

const memory = (): number => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

async function race(count: number, rounds: number, rivals: ReadonlySet<string>): Promise<void> {
  const products = madeUpProducts(count, createRng(1))
  const queries = queriesFor(products, 100, createRng(2))
  const ready: { name: string; ask: (query: string) => unknown; figures: Figures }[] = []
  for (const { name, build } of contestants.filter((each) => rivals.has(each.name))) {
    const before = memory()
    const start = performance.now()
    const ask = await build(products)
    const buildSeconds = (performance.now() - start) / 1000
    ready.push({ name, ask, figures: { buildSeconds, megabytes: memory() - before, times: [] } })
  }
  for (let round = 0; round <= rounds; round++) {
    for (const { ask, figures } of ready) {
      for (const query of queries) {
        const start = performance.now()
        await ask(query)
        // The first round warms up.
        if (round > 0) figures.times.push(performance.now() - start)
      }
    }
  }
  const [{ figures: ours }] = ready
  const at = ({ times }: Figures, share: number): number =>
    [...times].sort((a, b) => a - b)[Math.floor(share * times.length)]
  const source = products.reduce((sum, product) => sum + JSON.stringify(product).length, 0) / count
  console.log(`\n${count} products, ${Math.round(source)} bytes of source each`)
  console.log(
    `haggle: ${Math.round(count / ours.buildSeconds)} products/s, ${Math.round((ours.megabytes * 2 ** 20) / count)} bytes a product, p50 ${at(ours, 0.5).toFixed(2)} ms, p95 ${at(ours, 0.95).toFixed(2)} ms`,
  )
  console.log('ratios to haggle (above 1: it takes more)      build   p50    p95    memory')
  for (const { name, figures } of ready.slice(1)) {
    const ratios = [
      figures.buildSeconds / ours.buildSeconds,
      at(figures, 0.5) / at(ours, 0.5),
      at(figures, 0.95) / at(ours, 0.95),
      figures.megabytes / ours.megabytes,
    ]
    console.log(`  ${name.padEnd(44)} ${ratios.map((ratio) => ratio.toPrecision(2).padEnd(6)).join(' ')}`)
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    against: { type: 'string', default: 'minisearch,orama,flexsearch' },
  },
})
for (const count of positionals.length > 0 ? positionals.map(Number) : [10_000, 100_000]) {
  await race(count, Number(values.rounds), new Set(['haggle', ...values.against.split(',')]))
}
