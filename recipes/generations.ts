/**
 * Does a shop that learns again from what its shoppers do sell more? `npx tsx recipes/generations.ts [SEED …] [--out FOLDER]`
 *
 * A young simulated shop trains a first generation on its past. Then the same shoppers come at the same times to two
 * copies of it: one trains a new generation after every period, from its own live feedback, the other never does. (Both
 * take in every event at once, and both hear of new products and of stock; only the models differ.) Counted by
 * generation: clicks of 100 shown, share of visits that buy, and the true appeal of what was shown; differences are
 * paired by visit, the interval drawn over shoppers of all seeds. Writes `generations-SEED.json`, `generations.svg`.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { createManualClock, dayMs, type ManualClock } from '../src/base/clock.ts'
import { type Config, readConfig } from '../src/base/config.ts'
import { silentProgress } from '../src/base/progress.ts'
import { createRng } from '../src/base/rng.ts'
import type { CatalogueId, ItemId, UserId } from '../src/domain/ids.ts'
import { type Engine, openEngine, type RecommendRequest } from '../src/engine.ts'
import { type Interval, meanInterval, signed } from '../src/evaluate/bootstrap.ts'
import { asFile, linePlot } from '../src/evaluate/plot.ts'
import { simulateHistory } from '../src/simulate/history.ts'
import { createLiveShoppers } from '../src/simulate/live.ts'
import { poisson } from '../src/simulate/rhythm.ts'
import type { ShopDoor } from '../src/simulate/shop-door.ts'
import { createWorld, type World } from '../src/simulate/world.ts'
import { writeShop } from '../src/simulate/write-shop.ts'
import type { StoredRecipe } from '../src/train/live-model.ts'

export interface Season {
  readonly products: number
  readonly shoppers: number
  /** Of the past that the first generation learns from. */
  readonly historyDays: number
  readonly generations: number
  /** That a generation serves, in days. */
  readonly periodDays: number
  readonly training?: Partial<Config['training']>
}

const season: Season = {
  products: 1500,
  shoppers: 600,
  historyDays: 30,
  generations: 6,
  periodDays: 14,
  // What learns in seconds: thirty trainings are played.
  training: {
    models: ['popularity', 'item-knn', 'rp3beta', 'ease', 'ials', 'low-pass', 'content', 'session-knn'],
    bootstrapRounds: 200,
  },
}
const strangers = 0.1
const catalogue = 'products' as CatalogueId

export interface Visit {
  readonly shopper: string
  readonly impressions: number
  readonly clicks: number
  readonly bought: number
  /** Sum over what was shown that the world knows. */
  readonly appeal: number
}

/** By generation, visit by visit: the same shoppers at the same times in both. */
export interface Seasons {
  readonly learns: readonly (readonly Visit[])[]
  readonly stays: readonly (readonly Visit[])[]
  /** Generation → surface → the model that served it, of the shop that learns. */
  readonly models: readonly Readonly<Record<string, string>>[]
}

export async function playSeasons(seed: string, options: Season): Promise<Seasons> {
  const place = mkdtempSync(join(tmpdir(), 'haggle-generations-'))
  const [first, second] = ['learns', 'stays'].map((name) => join(place, name))
  try {
    const world = worldOf(seed, options)
    const { files } = await writeShop(world, join(place, 'shop'))
    const engine = await open(first, options, createManualClock(world.untilMs), false)
    await engine.import({ catalogue, files: files.map((path) => ({ path })), dryRun: false })
    await engine.train(catalogue)
    await engine.close()
    cpSync(first, second, { recursive: true })
    const learns = await playShop(first, world, seed, options, true)
    const stays = await playShop(second, pastOf(worldOf(seed, options)), seed, options, false)
    return { learns: learns.visits, stays: stays.visits, models: learns.models }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

function worldOf(seed: string, { products, shoppers, historyDays: days }: Season): World {
  return createWorld({ seed, products, shoppers, days, upcoming: Math.round(products / 8), pictures: false })
}

/** Carts, purchases and bestsellers come of the past having been lived through. */
function pastOf(world: World): World {
  for (const event of simulateHistory(world)) void event
  return world
}

function open(dataFolder: string, { training }: Season, clock: ManualClock, live = true): Promise<Engine> {
  const config = readConfig({
    dataFolder,
    // Visits go on for minutes of their own time; trainings come when they are called.
    preprocess: { futureMinutes: 1440 },
    training: { everyMinutes: null, afterEvents: null, ...training },
  })
  return openEngine({ config, clock, live })
}

async function playShop(folder: string, world: World, seed: string, options: Season, learns: boolean) {
  const clock = createManualClock(world.untilMs)
  const engine = await open(folder, options, clock)
  const visits: Visit[][] = []
  const models: Record<string, string>[] = []
  try {
    for (let period = 0; period < options.generations; period++) {
      const fromMs = world.untilMs + period * options.periodDays * dayMs
      clock.set(fromMs)
      await engine.change(
        catalogue,
        world.records(fromMs).map((record) => ({ kind: 'put', record })),
      )
      if (learns && period > 0) await engine.train(catalogue, {}, { progress: silentProgress })
      models.push(await servedBy(engine))
      visits.push(await playPeriod(engine, clock, world, `${seed} ${period}`, fromMs, options.periodDays))
    }
  } finally {
    await engine.close()
  }
  return { visits, models }
}

async function servedBy({ store }: Engine): Promise<Record<string, string>> {
  const live = await store.generations.live(catalogue)
  const generation = live === null ? null : await store.generations.get(live)
  const { surfaces = {} } = (generation?.recipe ?? {}) as Partial<StoredRecipe>
  return Object.fromEntries(Object.entries(surfaces).map(([surface, { model }]) => [surface, model]))
}

/** Who comes when does not hang on what the shop shows, so that both shops have the same visits. */
async function playPeriod(
  engine: Engine,
  clock: ManualClock,
  world: World,
  seed: string,
  fromMs: number,
  days: number,
): Promise<Visit[]> {
  const rng = createRng(`who comes ${seed}`)
  const live = createLiveShoppers(world, doorOf(engine, clock), { seed })
  const regulars = world.shoppers.filter(({ id, leftMs }) => !id.startsWith('guest') && leftMs === Infinity)
  const comers = regulars.flatMap((shopper) =>
    Array.from({ length: poisson(rng, shopper.visitsPerDay * days) }, () => ({ shopper, share: rng.next() })),
  )
  const guests = Array.from({ length: Math.round(strangers * comers.length) }, () => ({
    shopper: null,
    share: rng.next(),
  }))
  const visits: Visit[] = []
  for (const { shopper, share } of [...comers, ...guests].sort((a, b) => a.share - b.share)) {
    const nowMs = fromMs + Math.floor(share * days * dayMs)
    clock.set(nowMs)
    const visit = await live.playVisit(nowMs, shopper ?? world.welcome(nowMs))
    const { impressions, clicks, purchases, expectedUtility } = visit
    const appeal = (expectedUtility ?? 0) * impressions
    visits.push({ shopper: visit.shopper.id, impressions, clicks, bought: purchases > 0 ? 1 : 0, appeal })
  }
  return visits
}

function doorOf(engine: Engine, clock: ManualClock): ShopDoor {
  const shop = engine.config.catalogue as CatalogueId
  return {
    recommend: async ({ surface, userToken, objectID, limit, timeMs }) => {
      clock.set(timeMs)
      const answer = engine.recommend({
        catalogue: shop,
        surface: surface as RecommendRequest['surface'],
        userId: userToken as UserId,
        limit,
        ...(objectID === undefined ? {} : { itemId: objectID as ItemId }),
      })
      return { queryID: answer.queryId, objectIDs: answer.hits.map(({ item }) => item.id) }
    },
    send: async (events) => {
      for (let at = 0; at < events.length; at += 1000) await engine.accept({ events: events.slice(at, at + 1000) })
    },
  }
}

/** The figures by generation; each but the last is a sum over visits, divided by another. */
export const figures = {
  'clicks of 100 shown': { of: ({ clicks }: Visit) => 100 * clicks, per: ({ impressions }: Visit) => impressions },
  'visits that buy, %': { of: ({ bought }: Visit) => 100 * bought, per: () => 1 },
  'appeal of what is shown': { of: ({ appeal }: Visit) => appeal, per: ({ impressions }: Visit) => impressions },
} as const
type Figure = (typeof figures)[keyof typeof figures]

const ratio = ({ of, per }: Figure, visits: readonly Visit[]) =>
  visits.reduce((sum, visit) => sum + of(visit), 0) / visits.reduce((sum, visit) => sum + per(visit), 0)

export interface Compared {
  readonly learns: number
  readonly stays: number
  /** Relative to the shop that never learns again. */
  readonly gain: Interval
}

/**
 * One generation of one figure. The difference of two ratios, linearised: each shopper's part is
 * (of_a − ratio_a·per_a) / mean per_a − the same of b, added to the difference itself.
 */
export function compare(figure: Figure, learns: readonly Visit[], stays: readonly Visit[], seed: string): Compared {
  const [one, other] = [ratio(figure, learns), ratio(figure, stays)]
  const byShopper = new Map<string, number>()
  const addParts = (visits: readonly Visit[], own: number, sign: number) => {
    const per = visits.reduce((sum, visit) => sum + figure.per(visit), 0)
    for (const visit of visits) {
      const part = (sign * (figure.of(visit) - own * figure.per(visit))) / per
      byShopper.set(visit.shopper, (byShopper.get(visit.shopper) ?? 0) + part)
    }
  }
  addParts(learns, one, 1)
  addParts(stays, other, -1)
  const gain = (one - other) / other
  const parts = Float64Array.from(byShopper.values(), (part) => gain + (part * byShopper.size) / other)
  return { learns: one, stays: other, gain: meanInterval(parts, { rounds: 2000, rng: createRng(seed) }) }
}

if (process.argv[1] === import.meta.filename) await main()

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string', default: '.' } },
  })
  const seeds = positionals.length > 0 ? positionals : ['1', '2', '3']
  const played: Seasons[] = []
  for (const seed of seeds) {
    // A seed takes minutes: one that was played is read.
    const file = join(values.out, `generations-${seed}.json`)
    const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Seasons & { season: Season }) : null
    const fresh = kept !== null && isDeepStrictEqual(kept.season, season) ? kept : await playSeasons(seed, season)
    writeFileSync(file, JSON.stringify({ season, ...fresh }))
    console.error(`seed ${seed}: ${fresh.models.map((each) => JSON.stringify(each)).join('\n        ')}`)
    played.push(fresh)
  }
  report(played, seeds, values.out)
}

/** The visits of all seeds, generation by generation; shoppers of two seeds are two people. */
function pooled(played: readonly Seasons[], seeds: readonly string[], shop: 'learns' | 'stays'): Visit[][] {
  return Array.from({ length: season.generations }, (_, period) =>
    played.flatMap((each, at) =>
      each[shop][period].map((visit) => ({ ...visit, shopper: `${seeds[at]} ${visit.shopper}` })),
    ),
  )
}

function report(played: readonly Seasons[], seeds: readonly string[], out: string): void {
  const [learns, stays] = [pooled(played, seeds, 'learns'), pooled(played, seeds, 'stays')]
  const percent = (value: number) => `${signed(100 * value).slice(0, -2)} %`
  const line = (label: string, { learns: one, stays: other, gain }: Compared) =>
    `${label}  ${one.toFixed(3)}  ${other.toFixed(3)}  ${percent(gain.mean)} (${percent(gain.low)} … ${percent(gain.high)})`
  for (const [name, figure] of Object.entries(figures)) {
    const lines = learns.map((visits, period) => compare(figure, visits, stays[period], `${name} ${period}`))
    const bySeed = (period: number) =>
      played
        .map((each) => percent(ratio(figure, each.learns[period]) / ratio(figure, each.stays[period]) - 1))
        .join(' ')
    console.log(`\n${name}\ngeneration  learns again  stays  gain, 95 %  by seed`)
    lines.forEach((each, period) => console.log(`${line(String(period + 1), each)}  ${bySeed(period)}`))
    console.log(line('all later', compare(figure, learns.slice(1).flat(), stays.slice(1).flat(), name)))
    if (name !== 'clicks of 100 shown') continue
    const points = lines.map(({ gain }, period) => ({
      x: period + 1,
      y: 100 * gain.mean,
      low: 100 * gain.low,
      high: 100 * gain.high,
    }))
    const labels = { x: 'generation', y: 'more clicks than without learning, %' }
    writeFileSync(join(out, 'generations.svg'), asFile(linePlot(points, labels)))
  }
}
