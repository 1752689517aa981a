/**
 * Writes a simulated shop to a folder, as files the importer takes: `catalogue.jsonl`, `events.jsonl`, and `shop.json`
 * with the options it was made from and what dirt was planted.
 *
 * The same options give the same bytes. Files appear under their names once they are whole.
 */
import { mkdirSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { createBreathe } from '../base/breathe.ts'
import { dayMs } from '../base/clock.ts'
import { type Progress, silentProgress } from '../base/progress.ts'
import { createRng, type Rng } from '../base/rng.ts'
import { nothingPlanted, type Planted } from './dirt.ts'
import { simulateHistory } from './history.ts'
import type { SimulatedEvent } from './simulated-event.ts'
import type { World, WorldOptions } from './world.ts'

export interface WrittenShop {
  readonly options: WorldOptions
  readonly fromMs: number
  readonly untilMs: number
  readonly products: number
  /** Lines of `events.jsonl`, broken ones included. */
  readonly rows: number
  /** Rows by the type they say. */
  readonly types: Readonly<Record<string, number>>
  readonly planted: Planted
  /** Paths of the two files, for the importer. */
  readonly files: readonly [catalogue: string, events: string]
}

/** Share of broken lines, where `dirt` is 1. */
const malformedPerRow = 0.001
const chunkBytes = 1 << 18

export interface WriteShopOptions {
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

export async function writeShop(
  world: World,
  folder: string,
  { progress = silentProgress, signal }: WriteShopOptions = {},
): Promise<WrittenShop> {
  mkdirSync(folder, { recursive: true })
  const catalogue = join(folder, 'catalogue.jsonl')
  const events = join(folder, 'events.jsonl')
  const records = world.records(world.untilMs)
  await writeLines(catalogue, jsonLines(records), signal)

  const planted = nothingPlanted()
  const counts = { rows: 0, types: {} as Record<string, number> }
  await writeLines(events, eventLines(world, planted, counts, progress), signal)

  const { options, fromMs, untilMs } = world
  const summary = { options, fromMs, untilMs, products: records.length, ...counts, planted }
  await writeLines(join(folder, 'shop.json'), [JSON.stringify(summary, null, 2)], signal)
  return { ...summary, files: [catalogue, events] }
}

function* jsonLines(values: Iterable<object>): Generator<string> {
  for (const value of values) yield JSON.stringify(value)
}

function* eventLines(
  world: World,
  planted: Planted,
  counts: { rows: number; types: Record<string, number> },
  progress: Progress,
): Generator<string> {
  const rng = createRng(`simulated-lines/${world.options.seed}`)
  const days = (world.untilMs - world.fromMs) / dayMs
  let day = 0
  for (const event of simulateHistory(world, { planted })) {
    // Planted impossible times are no measure of how far the work is.
    const reached = Math.floor((event.time - world.fromMs) / dayMs)
    if (reached > day && reached <= days) {
      day = reached
      progress.report('simulate shoppers', day, days)
    }
    counts.rows++
    counts.types[event.type] = (counts.types[event.type] ?? 0) + 1
    yield JSON.stringify(event)
    if (rng.next() < world.options.dirt * malformedPerRow) {
      counts.rows++
      planted.malformed++
      yield brokenLine(rng, event)
    }
  }
  progress.report('simulate shoppers', days, days)
}

function brokenLine(rng: Rng, event: SimulatedEvent): string {
  const line = JSON.stringify(event)
  const { user: _user, ...anonymous } = event
  const kinds = [
    line.slice(0, line.length >> 1),
    JSON.stringify(anonymous),
    JSON.stringify({ ...event, type: 'hover' }),
  ]
  return rng.pick(kinds)
}

async function writeLines(path: string, lines: Iterable<string>, signal?: AbortSignal): Promise<void> {
  const breathe = createBreathe(signal)
  const unfinished = `${path}.part`
  const file = await open(unfinished, 'w')
  try {
    let chunk = ''
    for (const line of lines) {
      chunk += `${line}\n`
      if (chunk.length < chunkBytes) continue
      await file.write(chunk)
      chunk = ''
      await breathe()
    }
    await file.write(chunk)
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
}
