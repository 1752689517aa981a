/**
 * What knowing the shopper is worth in search: `npx tsx recipes/personal-search.ts [demo] [amazon] [--seeds 1,2,3]`.
 *
 * A shop runs through the product itself, in order of time: shoppers search, are shown a page, act, and name the answer.
 * After a while the shop trains; from then on each search that led to a purchase is judged as it was asked, before the
 * shopper acted: the reciprocal rank of what was then bought, among the first 1,000, in the order of the words alone, in
 * the order for everybody, and in the shopper's own.
 * - demo: the simulated shop (src/simulate); its shoppers type what they want and look less the further down, so that
 *   what is shown is favoured: while it is judged, a coin decides whether that is the order for everybody or their own.
 *   Only its searches are answered by the product, its other pages show bestsellers.
 * - amazon: Amazon 2023, whose log has no searches: each review is a purchase, searched for with one, two or three words
 *   drawn from the product's title, its brand or its category. A shopper finds it where it stands among the first 100
 *   of the order for everybody.
 * Seeds make the world or the words. The interval is a paired bootstrap by shopper. `HAGGLE_DATA` names the data folder.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import Papa from 'papaparse'
import { createManualClock, dayMs, type ManualClock, minuteMs } from '../src/base/clock.ts'
import { readConfig } from '../src/base/config.ts'
import { createRng, type Rng } from '../src/base/rng.ts'
import type { ShopEvent } from '../src/domain/event.ts'
import type { CatalogueId, EventId, ItemId, QueryId, UserId } from '../src/domain/ids.ts'
import { type Engine, openEngine } from '../src/engine.ts'
import { meanInterval } from '../src/evaluate/bootstrap.ts'
import { tokenise } from '../src/preprocess/text.ts'
import { shelves } from '../src/simulate/goods.ts'
import { createLiveShoppers } from '../src/simulate/live.ts'
import { plainTerms } from '../src/simulate/search-terms.ts'
import { popularDoor, type ShopDoor } from '../src/simulate/shop-door.ts'
import { createWorld } from '../src/simulate/world.ts'
import { writeShop } from '../src/simulate/write-shop.ts'
import { describeSearch } from '../src/train/search-report.ts'
import { dataFolder } from './recipe.ts'

const catalogue = 'products' as CatalogueId
const deepest = 1_000
const orders = ['words', 'everybody', 'shopper'] as const
type Ranks = Readonly<Record<(typeof orders)[number], ReadonlyMap<string, number>>>

/** One search that led to a purchase. */
interface Judged {
  readonly userId: string
  readonly kind: string
  readonly worth: Readonly<Record<(typeof orders)[number], number>>
}

/** Who competes for the shoppers' tastes: what learns in seconds. */
const models = ['rp3beta', 'ials', 'content']

/** Where products stand in every order. */
function ranksFor(engine: Engine, query: string, userId: UserId): Ranks {
  const search = (enablePersonalization: boolean) =>
    engine.search({
      index: catalogue,
      userId,
      parameters: {
        query,
        hitsPerPage: deepest,
        enablePersonalization,
        attributesToRetrieve: [],
        attributesToHighlight: [],
      },
    }).shown
  const everybody = search(false)
  const words = everybody.toSorted((a, b) => (b.textual?.[0] ?? -Infinity) - (a.textual?.[0] ?? -Infinity) || 0)
  const ranksOf = (list: typeof everybody) => new Map(list.map(({ item }, at) => [item.id as string, at + 1]))
  return { words: ranksOf(words), everybody: ranksOf(everybody), shopper: ranksOf(search(true)) }
}

/** Shows a page. */
function ask(engine: Engine, query: string, userId: UserId, shown: number, enablePersonalization = false) {
  const answer = engine.search({
    index: catalogue,
    userId,
    parameters: {
      query,
      hitsPerPage: shown,
      clickAnalytics: true,
      enablePersonalization,
      attributesToRetrieve: [],
      attributesToHighlight: [],
    },
  })
  return { queryId: answer.queryId as QueryId, items: answer.shown.map(({ item }) => item.id) }
}

function judge(userId: string, kind: string, itemId: string, ranks: Ranks): Judged {
  const worth = orders.map((order) => [order, 1 / (ranks[order].get(itemId) ?? Infinity)])
  return { userId, kind, worth: Object.fromEntries(worth) as Judged['worth'] }
}

async function withEngine<Result>(
  clock: ManualClock,
  work: (engine: Engine, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-personal-search-'))
  const preprocess = { robotEventsPerDay: 1e6, robotViewsWithoutAct: 1e6, futureMinutes: 1440 }
  const quiet = { everyMinutes: null, afterEvents: null, onDrift: null, models }
  const config = readConfig({ dataFolder: folder, preprocess, training: quiet })
  const engine = await openEngine({ config, clock })
  try {
    return await work(engine, folder)
  } finally {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function train(engine: Engine): Promise<void> {
  await engine.shop(catalogue).flush()
  const { report, published } = await engine.train(catalogue)
  console.log(`  ${published ? 'published' : 'refused'}: ${report.surfaces['recommended-for-you']?.recipe.model}`)
  if (report.search !== undefined) {
    console.log(`  ${describeSearch(report.search).replaceAll('\n', '\n  ')}`)
    const places = report.search.examination.slice(0, 12).map((each) => each.toFixed(2))
    console.log(`  places: ${places.join(' ')}`)
  }
}

const visits = { taught: 4_000, judged: 8_000 }

async function demo(seed: string): Promise<Judged[]> {
  const world = createWorld({ seed, products: 1_000, shoppers: 300, days: 40, dirt: 0, pictures: false })
  const clock = createManualClock(world.untilMs)
  return withEngine(clock, async (engine, folder) => {
    const { files } = await writeShop(world, join(folder, 'shop'))
    await engine.import({ catalogue, files: files.map((path) => ({ path })), dryRun: false })
    const plain = new Set(shelves.map((_, shelf) => plainTerms(shelf).text))
    const coin = createRng(`shown ${seed}`)
    const asked = new Map<string, { ranks: Ranks; userId: string; kind: string }>()
    const bought: Judged[] = []
    let judging = false
    const door: ShopDoor = {
      ...popularDoor(world),
      search: async ({ query, userToken, limit, timeMs }) => {
        clock.set(Math.max(clock.now(), timeMs))
        const userId = userToken as UserId
        const personal = judging && coin.next() < 0.5
        const kind = `${plain.has(query) ? 'the shelf alone' : 'more than the shelf'}, shown ${personal ? 'their own' : "everybody's"}`
        const ranks = judging ? ranksFor(engine, query, userId) : null
        const { queryId, items } = ask(engine, query, userId, limit, personal)
        if (ranks !== null) asked.set(queryId, { ranks, userId: userToken, kind })
        return { queryID: queryId, objectIDs: items }
      },
      send: async (events) => {
        for (const { eventSubtype, objectIDs = [], objectData = [], queryID } of judging ? events : []) {
          if (eventSubtype !== 'purchase') continue
          objectIDs.forEach((itemId, at) => {
            const own = asked.get(objectData[at]?.queryID ?? queryID ?? '')
            if (own !== undefined) bought.push(judge(own.userId, own.kind, itemId, own.ranks))
          })
        }
        await engine.accept({ events })
      },
    }
    const shoppers = createLiveShoppers(world, door, { pace: 0.05 })
    const play = async (count: number, days: number) => {
      const fromMs = clock.now()
      for (let at = 0; at < count; at++) {
        clock.set(Math.max(clock.now(), fromMs + Math.floor((at * days * dayMs) / count)))
        await shoppers.playVisit(clock.now())
      }
    }
    await play(visits.taught, 30)
    await train(engine)
    judging = true
    await play(visits.judged, 60)
    return bought
  })
}

const searchesTaught = 5_000

async function amazon(seed: string): Promise<Judged[]> {
  const [items, reviews] = await Promise.all(
    ['items', 'interactions'].map((name) => rowsOf(`amazon2023/${name}.csv.gz`)),
  )
  const byId = new Map(items.map((item) => [item.item_id, item]))
  const all = reviews
    .filter(({ item_id }) => byId.has(item_id))
    .sort((a, b) => Number(a.timestamp) - Number(b.timestamp))
  const clock = createManualClock(Number(all[0].timestamp))
  const cut = Math.floor(0.8 * all.length)
  return withEngine(clock, async (engine) => {
    const puts = items.map(({ item_id, title, brand, category, price }) => ({
      kind: 'put' as const,
      record: {
        objectID: item_id,
        title,
        brand,
        categories: category ? [category] : [],
        ...(price ? { price: Number(price) } : {}),
      },
    }))
    await engine.change(catalogue, puts)
    const rng = createRng(`personal search ${seed}`)
    const known = new Set<string>()
    const judged: Judged[] = []
    let untold: ShopEvent[] = []
    for (const [at, { user_id, item_id, timestamp }] of all.entries()) {
      clock.set(Math.max(clock.now() + 1, Number(timestamp)))
      const userId = user_id as UserId
      const { kind, query } = queryFor(byId.get(item_id) ?? {}, rng)
      // Searched are the latest before the cut, to teach, and after it those whose shoppers are known by something.
      const searches = at < cut ? at >= cut - searchesTaught : known.has(user_id)
      known.add(user_id)
      if (searches || at === cut || untold.length >= 1000) {
        await engine.acceptEvents(untold)
        untold = []
      }
      if (at === cut) await train(engine)
      let queryId: QueryId | null = null
      if (searches) {
        const shown = ask(engine, query, userId, 100)
        if (at >= cut) judged.push(judge(user_id, kind, item_id, ranksFor(engine, query, userId)))
        // Who does not find it comes by it otherwise.
        if (shown.items.some((id) => id === item_id)) ({ queryId } = shown)
        clock.set(clock.now() + minuteMs)
      }
      untold.push(purchase(at, user_id, item_id, clock.now(), queryId))
    }
    return judged
  })
}

async function rowsOf(path: string): Promise<Record<string, string>[]> {
  const text = gunzipSync(await readFile(join(dataFolder, path))).toString('utf8')
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data
}

/** The category alone, with a word of the title, the brand with one, or one, two or three words of the title. */
function queryFor({ title = '', brand = '', category = '' }: Record<string, string>, rng: Rng) {
  const words = rng.shuffle([...new Set(tokenise(title).filter((word) => /^\p{L}{3,}$/u.test(word)))])
  const kinds: Readonly<Record<string, string>> = {
    category: category,
    'category and a word': `${category} ${words[0] ?? ''}`,
    'brand and a word': `${brand} ${words[0] ?? ''}`,
    'one word': words[0] ?? category,
    'two words': words.slice(0, 2).join(' '),
    'three words': words.slice(0, 3).join(' '),
  }
  const kind = rng.pick(Object.keys(kinds))
  return { kind, query: kinds[kind].trim() }
}

function purchase(at: number, userId: string, itemId: string, timeMs: number, queryId: QueryId | null): ShopEvent {
  return {
    ...{ id: `e${at}` as EventId, catalogue, type: 'purchase', userId: userId as UserId, timeMs },
    ...{ itemId: itemId as ItemId, query: null, queryId, position: null, quantity: 1, priceMinor: null },
    ...{ rating: null, orderId: `o${at}`, name: 'Purchased' },
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function grouped(judged: readonly Judged[], by: (each: Judged) => string): Map<string, Judged[]> {
  const groups = new Map<string, Judged[]>()
  for (const each of judged) groups.set(by(each), [...(groups.get(by(each)) ?? []), each])
  return groups
}

/** Share by which the shopper's order beats another, with shoppers drawn whole. */
function gain(judged: readonly Judged[], over: 'words' | 'everybody') {
  const byShopper = grouped(judged, ({ userId }) => userId)
  const differences = [...byShopper.values()].map((own) =>
    own.reduce((sum, { worth }) => sum + worth.shopper - worth[over], 0),
  )
  const base = mean(judged.map(({ worth }) => worth[over]))
  const scale = byShopper.size / judged.length / base
  const interval = meanInterval(differences, { rounds: 4000, rng: createRng('personal search') })
  const percent = (value: number) => `${value * scale < 0 ? '−' : '+'}${Math.abs(100 * value * scale).toFixed(1)} %`
  return `${percent(interval.mean)} (95 % ${percent(interval.low)} … ${percent(interval.high)})`
}

function tell(label: string, judged: readonly Judged[]): void {
  const [words, everybody, shopper] = orders.map((order) => mean(judged.map(({ worth }) => worth[order])).toFixed(4))
  const shoppers = new Set(judged.map(({ userId }) => userId)).size
  console.log(
    `${label}: ${judged.length} searches of ${shoppers} shoppers, MRR words ${words}, everybody ${everybody}, shopper ${shopper}`,
  )
  console.log(
    `  the shopper's order over everybody's ${gain(judged, 'everybody')}, over the words' ${gain(judged, 'words')}`,
  )
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '1,2,3' } },
})
const shops = { demo, amazon } as const
for (const name of positionals.length > 0 ? positionals : Object.keys(shops)) {
  const all: Judged[] = []
  for (const seed of values.seeds.split(',')) {
    console.log(`${name}, seed ${seed}`)
    const judged = await shops[name as keyof typeof shops](seed)
    tell(`  ${name}, seed ${seed}`, judged)
    all.push(...judged.map((each) => ({ ...each, userId: `${seed} ${each.userId}` })))
  }
  tell(`${name}, seeds ${values.seeds}`, all)
  const kinds = grouped(all, ({ kind }) => kind)
  if (kinds.size > 1) for (const [kind, own] of kinds) tell(`  ${kind}`, own)
}
process.exit(0)
