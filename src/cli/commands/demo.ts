/** `haggle demo`: the whole loop before one's eyes, on a simulated shop or on a real log. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Config, loadConfig, readConfig } from '../../base/config.ts'
import { createLog } from '../../base/log.ts'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId } from '../../domain/ids.ts'
import { describeImport, describeQuality, describeTraining, type Engine, type TrainOutcome } from '../../engine.ts'
import { createWorld, type World } from '../../simulate/world.ts'
import { writeShop } from '../../simulate/write-shop.ts'
import { type Player, replayPlayer, worldPlayer } from '../demo-players.ts'
import { type OpenServer, openServer } from '../open-server.ts'
import { createBars, say, table } from '../terminal.ts'
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
      const server = await openServer(demoConfig(folder, options.port), createLog('warn'))
      try {
        const player =
          options.data === undefined
            ? await simulated(server, folder, options)
            : await real(server, folder, options.data)
        say(`\nServing at ${server.url}; admin key in ${join(folder, 'admin.key')}. Ctrl-C ends the demo.`)
        await playLive(server, player, options.seconds)
      } finally {
        await server.stop()
      }
    })
}

/** Learns again after 3,000 new events, so that generations come and go while one looks. */
function demoConfig(dataFolder: string, port: number | undefined): Config {
  const base = loadConfig(null)
  return readConfig({
    ...base,
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
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  writeFileSync(mark, '')
  return folder
}

async function simulated(server: OpenServer, folder: string, options: Options): Promise<Player> {
  const { seed, products, shoppers, days } = options
  say(`A shop of ${products} products, ${shoppers} shoppers and ${days} days (seed ${seed}).`)
  const world: World = createWorld({ seed, products, shoppers, days, untilMs: server.engine.clock.now() })
  const bars = createBars()
  const { files } = await writeShop(world, join(folder, 'shop'), { progress: bars })
  bars.stop()
  await learn(server.engine, [...files])
  return worldPlayer(world, server)
}

/** Holds back the last tenth of the log and plays it as it really went on. */
async function real(server: OpenServer, folder: string, paths: readonly string[]): Promise<Player> {
  const files = paths.flatMap(filesBelow)
  const player = await replayPlayer(server, join(folder, 'source'), files)
  await train(server.engine)
  return player
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) throw new HaggleError('bad-data', `${path} does not exist.`)
  if (!statSync(path).isDirectory()) return [resolve(path)]
  return readdirSync(path).map((name) => resolve(path, name))
}

async function learn(engine: Engine, files: readonly string[]): Promise<void> {
  const bars = createBars()
  const catalogue = engine.config.catalogue as CatalogueId
  const report = await engine.import(
    { catalogue, files: files.map((path) => ({ path })), dryRun: false },
    { progress: bars },
  )
  bars.stop()
  say(describeImport(report))
  say(`\n${describeQuality(await engine.check(catalogue))}`)
  await train(engine)
}

async function train(engine: Engine): Promise<void> {
  const bars = createBars()
  const outcome = await engine.train(engine.config.catalogue as CatalogueId, {}, { progress: bars })
  bars.stop()
  say(`\n${describeTraining(outcome)}\n\n${curves(outcome)}`)
}

/** Learning curves, at most ten epochs of each model. */
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
  return table([['surface', 'model', 'epoch', 'losses'], ...rows])
}

async function playLive({ engine }: OpenServer, player: Player, seconds: number | undefined): Promise<void> {
  const shop = engine.shop(engine.config.catalogue as CatalogueId)
  let stopped = false
  const stop = () => {
    stopped = true
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const endMs = seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1000
  let nextLineMs = 0
  say(player.headings.map((heading) => heading.padStart(12)).join(''))
  while (!stopped && performance.now() < endMs && (await player.play(shop.generation))) {
    if (performance.now() < nextLineMs) continue
    nextLineMs = performance.now() + 2000
    say(
      player
        .figures()
        .map((figure) => figure.padStart(12))
        .join(''),
    )
  }
  say(`\nBy generation:\n${player.byGeneration()}`)
}
