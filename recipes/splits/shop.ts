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
import { filledRows } from '../../src/evaluate/split.ts'
import { csrFromTriples } from '../../src/kernels/csr.ts'
import { createWorld, defaultWorldOptions, type WorldOptions } from '../../src/simulate/world.ts'
import { writeShop } from '../../src/simulate/write-shop.ts'
import { itemKinds, prepare } from '../../src/train/prepare.ts'
import { timeFold } from '../../src/train/surface-data.ts'
import type { RecipeSplit } from '../recipe.ts'

/** With what the numbers stand for. */
interface NamedShop {
  readonly split: RecipeSplit
  /** Of each row that is asked; `null` for nobody. */
  readonly users: readonly (string | null)[]
  readonly items: readonly string[]
  readonly cutMs: number
}

/** @param files whatever `haggle import` takes */
export async function readShop(files: readonly string[]): Promise<NamedShop> {
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
      const { log, testMs: cutMs, untilMs, items } = prepared
      const { split, units } = timeFold(prepared, 'recommended-for-you', config, cutMs, untilMs)
      const users = Array.from(units, (unit) => (unit < 0 ? null : log.users.idOf(unit)))
      return { split: { ...split, kinds: itemKinds(prepared) }, users, items: items.ids(), cutMs }
    } finally {
      await engine.close()
    }
  })
}

/** The demo's shop, or one of other options. */
export async function simulatedShop(options: Partial<WorldOptions> = {}) {
  const { split } = (await simulate(options)).shop
  return { split, kinds: split.kinds }
}

/**
 * The same, asked for what its shoppers would like best of all they have not met, whether they were ever shown it or
 * not: the simulator's own truth. The log behind it is biased by exposure, for its shop shows bestsellers first.
 */
export async function simulatedTruth(options: Partial<WorldOptions> = {}): Promise<Pick<NamedShop, 'split'>> {
  const { world, shop } = await simulate(options)
  const { split, items, users, cutMs } = shop
  const shoppers = new Map(world.shoppers.map((shopper) => [shopper.id, shopper]))
  const products = items.map((item) => world.productOf(item))
  const { pointers, columns } = split.asked.matrix
  const wanted = users.flatMap((user, row) => {
    const shopper = user === null ? undefined : shoppers.get(user)
    if (shopper === undefined || pointers[row] === pointers[row + 1]) return []
    const met = new Set(columns.subarray(pointers[row], pointers[row + 1]))
    return products
      .flatMap((product, item) =>
        product === undefined || met.has(item) || !world.available(product.index, cutMs)
          ? []
          : [{ row, item, utility: world.utility(shopper, product, cutMs) }],
      )
      .sort((a, b) => b.utility - a.utility)
      .slice(0, likedBest)
  })
  const column = <K extends 'row' | 'item'>(key: K) => wanted.map((line) => line[key])
  const ones = new Float32Array(wanted.length).fill(1)
  const truth = csrFromTriples(users.length, items.length, column('row'), column('item'), ones)
  return { split: { ...split, truth, rows: filledRows(truth) } }
}

const likedBest = 20

async function simulate(options: Partial<WorldOptions>) {
  // It ends before today: nothing in it is from the future.
  const untilMs = Math.min(defaultWorldOptions.untilMs, Date.now() - dayMs)
  const world = createWorld({ ...defaultWorldOptions, pictures: false, untilMs, ...options })
  const shop = await inFolder(async (folder) => readShop((await writeShop(world, folder)).files))
  return { world, shop }
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-recipe-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
