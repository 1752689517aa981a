/** `haggle demo`: the whole loop before one's eyes, on a simulated shop or on a real log. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Clock, createManualClock, systemClock } from '../../base/clock.ts'
import { type Config, loadConfig, readConfig } from '../../base/config.ts'
import { createLog } from '../../base/log.ts'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId } from '../../domain/ids.ts'
import {
  describeImport,
  describeQuality,
  describeTraining,
  type Engine,
  readOwner,
  type TrainOutcome,
} from '../../engine.ts'
import { createWorld, type World } from '../../simulate/world.ts'
import { writeShop } from '../../simulate/write-shop.ts'
import { dressShelves, setUpShelves } from '../demo-shelves.ts'
import { storefrontRoutes } from '../demo-storefront.ts'
import { holdBack, type Player, replayPlayer, worldPlayer } from '../demo-players.ts'
import { type OpenServer, openServer } from '../open-server.ts'
import { withEngine } from '../session.ts'
import { createBars, print, say, table } from '../terminal.ts'
import { wholeNumber } from './recommend.ts'

interface Options {
  data?: string[]
  seed: string
  products: number
  shoppers: number
  days: number
  port?: number
  seconds?: number
}

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('make a shop (or take a log), import it, train, serve, and play live shoppers against it')
    .option('--data <paths...>', 'a real log instead: files, or folders of files')
    .option('--seed <seed>', 'of the simulated shop', '7')
    .option('--products <n>', 'of the simulated shop', wholeNumber, 3000)
    .option('--shoppers <n>', 'of the simulated shop', wholeNumber, 800)
    .option('--days <n>', 'of history', wholeNumber, 120)
    .option('--port <port>', 'port to listen on', wholeNumber)
    .option('--seconds <n>', 'end after so many seconds of live shopping; without it, at Ctrl-C', wholeNumber)
    .action(async (options: Options) => {
      const folder = freshFolder('haggle-demo')
      const config = demoConfig(folder, options.port)
      const show = options.data === undefined ? await simulated(config, options) : await logged(config, options.data)
      const server = await openServer(config, createLog('warn'), { clock: show.clock, more: [storefrontRoutes] })
      try {
        await setUpShelves(server.engine)
        if (options.data === undefined) await dressShelves(server.engine)
        await train(server.engine)
        say(`\nServing at ${server.url}. Ctrl-C ends the demo.`)
        say(`Shop: ${server.url}/shop/`)
        say(`Console: ${server.url}/console/ with the admin key ${server.engine.adminKey}`)
        await playLive(server, show.player(server), options.seconds)
      } finally {
        say('\nClosing the shop …')
        await server.stop()
      }
    })
}

/** What the folder was filled with, and who plays the shoppers once the door is open. */
interface Show {
  /** Where time does not pass by the wall clock. */
  readonly clock?: Clock
  player(server: OpenServer): Player
}

/** Learns again after 3,000 new events, so that generations come and go while one looks. */
function demoConfig(dataFolder: string, port: number | undefined): Config {
  const base = loadConfig(null)
  return readConfig({
    ...base,
    shops: {},
    dataFolder,
    server: { ...base.server, port: port ?? base.server.port },
    // Simulated visits go on for minutes of their own time.
    preprocess: { ...base.preprocess, futureMinutes: 1440 },
    training: { ...base.training, afterEvents: 3000 },
  })
}

/** Empties only a folder that an earlier demo has made. */
function freshFolder(name: string): string {
  const folder = resolve(name)
  const mark = join(folder, 'made-by-haggle-demo')
  if (existsSync(folder) && !existsSync(mark)) {
    throw new HaggleError(
      'bad-request',
      `${folder} is there and was not made by a demo: move it or run the demo elsewhere.`,
    )
  }
  const owner = readOwner(folder)
  if (owner !== null) {
    throw new HaggleError('busy', `Another demo (process ${owner.pid}) plays in ${folder}: end it first.`)
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  writeFileSync(mark, '')
  return folder
}

async function simulated(config: Config, options: Options): Promise<Show> {
  const { seed, products, shoppers, days } = options
  say(`A shop of ${products} products, ${shoppers} shoppers and ${days} days (seed ${seed}).`)
  const world: World = createWorld({ seed, products, shoppers, days, untilMs: systemClock.now(), chinese: true })
  const bars = createBars()
  const { files } = await writeShop(world, join(config.dataFolder, 'shop'), { progress: bars })
  bars.stop()
  await fill(config, (engine) => takeIn(engine, files))
  return { player: (server) => worldPlayer(world, server) }
}

/** Holds back the last tenth of the log and plays it as it really went on. */
async function logged(config: Config, paths: readonly string[]): Promise<Show> {
  const files = paths.flatMap(filesBelow)
  const source = join(config.dataFolder, 'source')
  mkdirSync(source)
  const future = await fill({ ...config, dataFolder: source }, async (whole) => {
    await takeIn(whole, files)
    return fill(config, (past) => holdBack(whole, past))
  })
  const clock = createManualClock(future[0]?.timeMs ?? systemClock.now())
  return { clock, player: (server) => replayPlayer(server, future, clock) }
}

/** Works on a folder before the door opens; nothing is trained meanwhile. */
function fill<Result>(config: Config, work: (engine: Engine) => Promise<Result>): Promise<Result> {
  const quiet = { ...config, training: { ...config.training, afterEvents: null } }
  return withEngine({ config: quiet, catalogue: config.catalogue as CatalogueId }, false, work)
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) throw new HaggleError('bad-data', `${path} does not exist.`)
  if (!statSync(path).isDirectory()) return [resolve(path)]
  return readdirSync(path).map((name) => resolve(path, name))
}

async function takeIn(engine: Engine, files: readonly string[]): Promise<void> {
  const progress = createBars()
  const catalogue = engine.config.catalogue as CatalogueId
  try {
    const request = { catalogue, files: files.map((path) => ({ path })), dryRun: false }
    const report = await engine.import(request, { progress })
    const quality = await engine.check(catalogue, { progress })
    progress.stop()
    say(`${describeImport(report)}\n\n${describeQuality(quality)}`)
  } finally {
    progress.stop()
  }
}

async function train(engine: Engine): Promise<void> {
  const progress = createBars()
  try {
    const outcome = await engine.train(engine.config.catalogue as CatalogueId, {}, { progress })
    progress.stop()
    say(`\n${describeTraining(outcome)}\n${curves(outcome)}`)
  } finally {
    progress.stop()
  }
}

/** Learning curves, at most ten epochs of each model; empty where none learns by epochs. */
function curves({ report }: TrainOutcome): string {
  const rows = Object.entries(report.surfaces).flatMap(([surface, each]) =>
    Object.entries(each.curves).flatMap(([model, epochs]) => {
      const step = Math.max(1, Math.ceil(epochs.length / 10))
      const kept = epochs.filter((_, at) => at % step === 0 || at === epochs.length - 1)
      return kept.map(({ epoch, losses }) => [
        surface,
        model,
        String(epoch),
        Object.entries(losses)
          .map(([name, value]) => `${name} ${value.toFixed(4)}`)
          .join('  '),
      ])
    }),
  )
  return rows.length === 0 ? '' : `\n${table([['surface', 'model', 'epoch', 'losses'], ...rows])}`
}

const lineMs = 2000

async function playLive({ engine }: OpenServer, player: Player, seconds: number | undefined): Promise<void> {
  const shop = engine.shop(engine.config.catalogue as CatalogueId)
  let stopped = false
  const stop = () => {
    stopped = true
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const endMs = seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1000
  const line = (figures: readonly string[]) => figures.map((figure) => figure.padStart(12)).join('')
  let nextLineMs = 0
  let live = shop.generation
  say(line(player.headings))
  while (!stopped && performance.now() < endMs && (await player.play(shop.generation))) {
    if (shop.generation !== live) say(`${' '.repeat(6)}Generation ${shop.generation} goes live; its own figures:`)
    live = shop.generation
    if (performance.now() < nextLineMs) continue
    nextLineMs = performance.now() + lineMs
    say(`${line(player.figures())}   ${await learning(engine)}`.trimEnd())
  }
  print(player.byGeneration(), `\nBy generation:\n${table(player.table())}`)
}

/** How far the next generation is; empty while none is trained. */
async function learning({ telemetry }: Engine): Promise<string> {
  const share = (await telemetry.training.get()).values[0]?.value ?? 0
  return share > 0 ? 'learns again from what they do' : ''
}
