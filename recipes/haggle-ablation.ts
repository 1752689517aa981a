/**
 * What the adversary is worth: `npx tsx recipes/haggle-ablation.ts [SET …] [--seeds 5] [--keep 0.5] [--candidates 500]`.
 *
 * Each set's variants (recipes/game.ts) on the same test rows: means ± deviation over the seeds, and each minus listwise
 * and minus the ensemble's mean, paired by row (a row's figure is its mean over the seeds), 95 %; then the same by how
 * much is known of who asks, and what the lists are like. `--keep` leaves only so many of the entries that models learn
 * from (drawn anew for each seed): a shop with less behaviour. `--candidates` is how many the generator proposes.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRng } from '../src/base/rng.ts'
import { pairedDifference, spelt } from '../src/evaluate/bootstrap.ts'
import { type Group, groupsOf } from '../src/evaluate/segments.ts'
import type { Split } from '../src/evaluate/split.ts'
import type { Outcome } from '../src/evaluate/tally.ts'
import { type Interactions, keepEntries } from '../src/preprocess/interactions.ts'
import { amazonShop } from './amazon-shop.ts'
import easeMl100k from './ease-ml100k.ts'
import { exposureVariants, type Played, play, type Variant, variantsOf } from './game.ts'
import { haggleRecipes } from './haggle.ts'
import { dataFolder, deviation, mean, readData, type Recipe, type RecipeSplit } from './recipe.ts'
import { readShop, simulatedShop, simulatedTruth } from './splits/shop.ts'
import { tafengHaggle } from './tafeng.ts'

interface GameSet {
  readonly read: (folder: string) => Promise<RecipeSplit>
  /** Of the haggle, where they differ from its defaults. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly cutoffs?: readonly number[]
  /** Shown in the tables; the first is the one that groups are told by. */
  readonly shown?: readonly string[]
  /** Variants that only this set is for. */
  readonly more?: Readonly<Record<string, Variant>>
}

/** The set of a recipe of the haggle, with the bases and settings it chose. */
function setOf(recipe: Recipe, shown?: readonly string[]): GameSet {
  const { data, entries, cutoffs } = recipe
  return { read: (folder) => readData(data, folder), settings: entries.haggle.config ?? {}, cutoffs, shown }
}

function recipeNamed(name: string): Recipe {
  const recipe = haggleRecipes.find((known) => known.name === name)
  if (recipe === undefined) throw new Error(`The haggle has no recipe "${name}".`)
  return recipe
}

const popularity = { model: 'popularity', weight: 0 }
/** More than twice the demo's, half its products. */
const manyShoppers = { shoppers: 2000, products: 1500 }

const gameSets: Readonly<Record<string, GameSet>> = {
  ciao: setOf(recipeNamed('haggle-ciao')),
  ml100k: {
    read: (folder) => readData(easeMl100k.data, folder),
    settings: {
      bases: {
        ease: { model: 'ease', config: { ridge: 300 } },
        'user-ease': { model: 'ease', config: { ridge: 300, diagonalExponent: 0 } },
        rp3beta: { model: 'rp3beta', weight: 0 },
        ials: { model: 'ials' },
        'user-knn': { model: 'user-knn', weight: 0 },
        'low-pass': { model: 'low-pass', weight: 0 },
        popularity,
      },
      folds: 4,
    },
  },
  beauty: setOf(recipeNamed('haggle-beauty'), ['G@10', 'HR@10']),
  'beauty-shuffled': setOf(recipeNamed('haggle-beauty-shuffled'), ['G@10', 'HR@10']),
  tafeng: setOf(tafengHaggle, ['G@10', 'R@10']),
  'online-retail': {
    read: async (folder) => (await readShop([join(folder, 'online-retail/online_retail_I_2010-2011.csv.gz')])).split,
    settings: shopSettings(),
  },
  amazon: {
    read: (folder) => readData(amazonShop.data, folder),
    settings: shopSettings(),
  },
  demo: { read: async () => (await simulatedShop(manyShoppers)).split, settings: shopSettings() },
  'demo-truth': {
    read: async () => (await simulatedTruth(manyShoppers)).split,
    settings: shopSettings(),
    more: exposureVariants,
  },
}

function shopSettings() {
  return {
    bases: {
      ease: { model: 'ease' },
      rp3beta: { model: 'rp3beta' },
      ials: { model: 'ials' },
      'item-knn': { model: 'item-knn', weight: 0 },
      'user-knn': { model: 'user-knn', weight: 0 },
      popularity,
    },
  }
}

if (process.argv[1] === import.meta.filename) await main()

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '5' },
      keep: { type: 'string', default: '1' },
      candidates: { type: 'string' },
    },
  })
  if (positionals.length === 0) console.log(`Sets: ${Object.keys(gameSets).join(', ')}`)
  for (const name of positionals) {
    if (!Object.hasOwn(gameSets, name)) {
      throw new Error(`There is no set "${name}". There are: ${Object.keys(gameSets).join(', ')}.`)
    }
    const { cutoffs = [5, 20], settings, shown = [`G@${cutoffs[1]}`, `P@${cutoffs[0]}`], read, more } = gameSets[name]
    const split = await read(dataFolder)
    const candidates = values.candidates === undefined ? {} : { candidates: Number(values.candidates) }
    const seen = split.train.signals?.names.length ?? 0
    const variants: Record<string, Variant> = { ...variantsOf(false), ...(seen > 0 ? withSignals() : {}), ...more }
    const rounds: Played[] = []
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      const say = (note: string) => console.error(`${name}, seed ${seed}: ${note}`)
      const thinned = thin(split, Number(values.keep), `${name} ${seed}`)
      rounds.push(await play(thinned, { ...settings, ...candidates }, variants, `${seed}`, { cutoffs, say }))
      say(JSON.stringify({ certificate: rounds[seed - 1].certificate, chosen: rounds[seed - 1].chosen }))
    }
    const { columns, rowCount, columnCount } = split.train.matrix
    console.log(
      `${name}: ${rowCount} × ${columnCount}, ${columns.length} entries, ${seen} signals, ${split.rows.length} asked, ` +
        `${values.seeds} seeds, keep ${values.keep}, ${rounds[0].lessons} lessons`,
    )
    console.log(describe(split, rounds, Object.keys(variants), shown))
  }
}

function withSignals(): Record<string, Variant> {
  const { mean: _, ...others } = variantsOf(true)
  return Object.fromEntries(Object.entries(others).map(([label, variant]) => [`${label}, signals`, variant]))
}

/** The same rows are asked for the same; less is known of them and of everyone. A row keeps at least one entry. */
function thin(split: RecipeSplit, keep: number, seed: string): RecipeSplit {
  if (keep >= 1) return split
  const rng = createRng(seed).fork('thin')
  const drop = (table: Interactions): Interactions => {
    const { pointers } = table.matrix
    const kept = Uint8Array.from(table.matrix.columns, () => (rng.next() < keep ? 1 : 0))
    for (let row = 0; row < table.matrix.rowCount; row++) {
      const [start, end] = [pointers[row], pointers[row + 1]]
      if (end > start && !kept.subarray(start, end).includes(1)) kept[start + rng.int(end - start)] = 1
    }
    return keepEntries(table, (entry) => kept[entry] === 1)
  }
  const train = drop(split.train)
  // What was dropped is no answer either.
  return {
    ...split,
    train,
    asked: split.asked === split.train ? train : split.asked,
    masked: split.masked ?? split.asked.matrix,
  }
}

function describe(
  split: Split,
  rounds: readonly Played[],
  labels: readonly string[],
  shown: readonly string[],
): string {
  const groups = groupsOf(split, split.rows)
  const everyone: Group = { name: 'all', places: Array.from(split.rows.keys()) }
  return [
    `  certificate L_D/|M| (2 ln 2 = 1.3863), never-trained fold: against p_0 ${spread(rounds.map(({ certificate }) => certificate[0]))}, against p_1 ${spread(rounds.map(({ certificate }) => certificate[1]))}`,
    ...labels.map((label) => lineOf(label, rounds, shown)),
    ...shown.flatMap((metric) => [
      `  ${metric}, paired 95 %: minus listwise; minus the mean`,
      ...labels.map((label) => `    ${label}: ${against(rounds, label, metric, everyone)}`),
    ]),
    ...groups.flatMap(({ name, places }) => [
      `  ${shown[0]}, ${name} (${places.length} rows): minus listwise; minus the mean`,
      ...labels.map((label) => `    ${label}: ${against(rounds, label, shown[0], { name, places })}`),
    ]),
  ].join('\n')
}

function lineOf(label: string, rounds: readonly Played[], shown: readonly string[]): string {
  const outcomes = rounds.map((round) => round.outcomes[label])
  const figure = (of: (outcome: Outcome) => number) => spread(outcomes.map(of))
  const chosen = rounds.flatMap((round) => (label in round.chosen ? [round.chosen[label] ?? 'none'] : []))
  return [
    `  ${label}:`,
    ...shown.map((metric) => `${metric} ${figure(({ metrics }) => metrics[metric])}`),
    `coverage ${figure(({ coverage }) => coverage)}`,
    `Gini ${figure(({ exposureGini }) => exposureGini)}`,
    `novelty ${figure(({ novelty }) => novelty)}`,
    `lift ${figure(({ popularityLift }) => popularityLift)}`,
    ...(outcomes[0].diversity === null ? [] : [`diversity ${figure(({ diversity }) => diversity ?? 0)}`]),
    ...(outcomes[0].miscalibration === null ? [] : [`miscal. ${figure(({ miscalibration }) => miscalibration ?? 0)}`]),
    ...(chosen.length === 0 ? [] : [`μ ${chosen.join(', ')}`]),
  ].join('  ')
}

/** This minus listwise, and minus the mean, within a group of rows. */
function against(rounds: readonly Played[], label: string, metric: string, { places }: Group): string {
  // With signals it is the listwise net with signals that it is measured by.
  const listwise = label.endsWith(', signals') && label !== 'listwise, signals' ? 'listwise, signals' : 'listwise'
  const own = rowMeans(rounds, label, metric, places)
  return [listwise, 'mean']
    .map((other) => {
      if (other === label) return '–'
      const rng = createRng(`paired ${metric}`)
      const theirs = rowMeans(rounds, other, metric, places)
      return spelt(pairedDifference(own, theirs, { rounds: 2000, rng }))
    })
    .join('; ')
}

function rowMeans(rounds: readonly Played[], label: string, metric: string, places: readonly number[]): Float64Array {
  return Float64Array.from(places, (place) => mean(rounds.map(({ outcomes }) => outcomes[label].perRow[metric][place])))
}

function spread(values: readonly number[]): string {
  return `${mean(values).toFixed(4)} ± ${deviation(values).toFixed(4)}`
}
