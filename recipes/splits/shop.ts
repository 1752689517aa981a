/**
 * A shop's log as the product itself sees it: imported, cleaned, cut by time, with every behaviour feature; what a shopper
 * known before the cut first touched after it is the truth (`recommended-for-you`).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBreathe } from '../../src/base/breathe.ts'
import { dayMs } from '../../src/base/clock.ts'
import { readConfig } from '../../src/base/config.ts'
import { silentProgress } from '../../src/base/progress.ts'
import type { CatalogueId } from '../../src/domain/ids.ts'
import { openEngine } from '../../src/engine.ts'
import type { Split } from '../../src/evaluate/split.ts'
import { createWorld, defaultWorldOptions, type WorldOptions } from '../../src/simulate/world.ts'
import { writeShop } from '../../src/simulate/write-shop.ts'
import { itemKinds, prepare } from '../../src/train/prepare.ts'
import { surfaceData } from '../../src/train/surface-data.ts'

export interface ShopSplit {
  readonly split: Split
  /** Kinds of each item; absent where the catalogue has no categories. */
  readonly kinds?: readonly Int32Array[]
}

/** @param files whatever `haggle import` takes */
export async function readShop(files: readonly string[]): Promise<ShopSplit> {
  return inFolder(async (dataFolder) => {
    const config = readConfig({ dataFolder })
    const catalogue = config.catalogue as CatalogueId
    const engine = await openEngine({ config, live: false })
    try {
      await engine.import({ catalogue, files: files.map((path) => ({ path })) })
      const { lastSequence } = await engine.store.events.counts(catalogue)
      const prepared = await prepare({
        store: engine.store,
        catalogue,
        config,
        progress: silentProgress,
        breathe: createBreathe(),
        dataSequence: lastSequence,
        nowMs: engine.clock.now(),
      })
      const { test } = surfaceData(prepared, 'recommended-for-you', config)
      return { split: test, kinds: itemKinds(prepared) }
    } finally {
      await engine.close()
    }
  })
}

/** The demo's shop, or one of other options. */
export async function simulatedShop(options: Partial<WorldOptions> = {}): Promise<ShopSplit> {
  // A whole year before today: nothing in it is from the future.
  const untilMs = Math.min(defaultWorldOptions.untilMs, Date.now() - dayMs)
  const world = createWorld({ ...defaultWorldOptions, pictures: false, untilMs, ...options })
  return inFolder(async (folder) => readShop((await writeShop(world, folder)).files))
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-recipe-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
