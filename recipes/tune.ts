/**
 * Chooses settings for one entry of a recipe on folds of its training part: what the recipe tests on is never asked.
 *
 * `npx tsx recipes/tune.ts RECIPE LABEL [--fits 60 | --minutes 5] [--metric R@20] [--seed 1] [--space JSON] [--resume]`
 * LABEL `haggle.rp3beta` is the base `rp3beta` of the entry `haggle`, tuned by itself. `--space` takes the place of what
 * the model would try, like `{"ridge":{"from":20,"to":2000,"scale":"log"},"neighbours":{"among":[50,100]}}`. Settings
 * are compared with those of the recipe. `--resume` goes on with what an interrupted run of the same kind has measured.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createBreathe } from '../src/base/breathe.ts'
import { signed } from '../src/evaluate/bootstrap.ts'
import { primaryMetric } from '../src/evaluate/metrics.ts'
import { configFor, modelNamed } from '../src/models/index.ts'
import type { Model } from '../src/models/model.ts'
import type { AnySpace, Settings } from '../src/models/search-space.ts'
import type { Interactions } from '../src/preprocess/interactions.ts'
import { clearCheckpoint, openCheckpoint } from '../src/train/checkpoint.ts'
import { describeTuning, tune, type Tuning } from '../src/train/tune.ts'
import { describeSettings } from '../src/train/tuned-settings.ts'
import { foldsOf, partsOf } from '../src/train/tuning-folds.ts'
import { dataFolder, modelOf, type Recipe } from './recipe.ts'
import { recipes } from './run.ts'

export interface TuneOptions {
  readonly fits?: number
  readonly minutes?: number
  readonly metric?: string
  readonly seed?: string
  readonly space?: AnySpace
  readonly resume?: boolean
  readonly progress?: (done: number, planned: number, note: string) => void
}

const hidden = { choosing: 4, confirming: 4 }
/** Of the fold a recipe brings along. */
const parts = { choosing: 2, confirming: 1 }

/** Of the recipe's split nothing but the training part is looked at, or the fold it brings along to choose on. */
export async function tuneRecipe(
  recipe: Recipe,
  label: string,
  folder: string,
  options: TuneOptions = {},
): Promise<Tuning> {
  const { folds, data } = await foldsFor(recipe, folder, options.seed ?? 'tune')
  const { model, config } = part(recipe, label)
  const { fits = 60, minutes, seed = 'tune', resume = false, progress = () => undefined } = options
  const standard = configFor(model, config) as Settings
  const space = options.space ?? usable(model.space ?? {}, data)
  for (const [key, choices] of Object.entries(space)) {
    configFor(model, { [key]: 'among' in choices ? choices.among[0] : choices.from })
  }
  const task = {
    model,
    standard,
    space,
    hunches: [],
    metric: options.metric ?? primaryMetric(recipe.cutoffs ?? [5, 20]),
    folds,
    maximumRows: 3000,
    memoryMiB: null,
    bootstrapRounds: 2000,
    budget: minutes === undefined ? { fits } : { seconds: 60 * minutes },
    seed,
  }
  const key = [recipe.name, label, model.name, standard, space, task.metric, task.budget, seed]
  const open = () => openCheckpoint(join(tmpdir(), 'haggle-tune'), key, { startedAtMs: Date.now(), dataSequence: 0 })
  if (!resume) await clearCheckpoint((await open()).place)
  const checkpoint = await open()
  const tuning = await tune(task, { breathe: createBreathe(), checkpoint, progress })
  await clearCheckpoint(checkpoint.place)
  return tuning
}

async function foldsFor({ data }: Recipe, folder: string, seed: string) {
  const paths = data.files.map((file) => join(folder, file))
  if (data.chooseOn !== undefined) {
    const split = await data.chooseOn(paths)
    return { folds: partsOf(split, parts, seed), data: split.train }
  }
  const { train } = await data.read(paths)
  return { folds: foldsOf(train, train.ageDays === null ? 'at random' : 'latest', hidden, seed), data: train }
}

/** An entry, or a base of one: what the framework calls `bases`. */
function part({ name, entries }: Recipe, label: string): { model: Model; config: Settings } {
  const [entryName, ...rest] = label.split('.')
  if (!Object.hasOwn(entries, entryName)) {
    throw new Error(`${name} has no entry "${entryName}"; it has ${Object.keys(entries).join(', ')}.`)
  }
  const entry = entries[entryName]
  if (rest.length === 0) return { model: modelOf(entry), config: entry.config ?? {} }
  const { bases = {} } = configFor(modelOf(entry), entry.config) as {
    bases?: Readonly<Record<string, { model: string; config?: Settings }>>
  }
  const base = rest.join('.')
  if (!Object.hasOwn(bases, base)) {
    throw new Error(`${entryName} has no base "${base}"; it has ${Object.keys(bases).join(', ')}.`)
  }
  return { model: modelNamed(bases[base].model), config: bases[base].config ?? {} }
}

/** What is without effect on a table without ages, or with an order only, is not tried. */
function usable(space: AnySpace, { ageDays }: Interactions): AnySpace {
  const fades = ageDays?.some((age) => age > 1) === true
  return Object.fromEntries(Object.entries(space).filter(([key]) => fades || key !== 'halfLifeDays'))
}

/** The best of what was tried, one line each. */
function describeTrials({ trials, metric }: Tuning, count: number): string {
  return trials
    .slice(0, count)
    .map(({ settings, folds, figure, difference, failure }) => {
      const what = Object.keys(settings).length === 0 ? 'without tuning' : describeSettings(settings)
      if (failure !== null) return `  ${what}: ${failure}`
      return `  ${metric} ${figure.toFixed(4)} (${signed(difference)}) in ${folds} folds: ${what}`
    })
    .join('\n')
}

if (process.argv[1] === import.meta.filename) await main()

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      fits: { type: 'string' },
      minutes: { type: 'string' },
      metric: { type: 'string' },
      seed: { type: 'string' },
      space: { type: 'string' },
      resume: { type: 'boolean' },
    },
  })
  const [name, label] = positionals
  const recipe = recipes.find((known) => known.name === name)
  if (recipe === undefined || label === undefined) throw new Error(`Name a recipe and one of its entries: ${name}`)
  const tuning = await tuneRecipe(recipe, label, dataFolder, {
    ...values,
    fits: values.fits === undefined ? undefined : Number(values.fits),
    minutes: values.minutes === undefined ? undefined : Number(values.minutes),
    space: values.space === undefined ? undefined : (JSON.parse(values.space) as AnySpace),
    progress: (done, planned, note) => process.stderr.write(`\r${done.toFixed(1)} of ${planned} fits ${note}\x1b[K`),
  })
  process.stderr.write('\n')
  console.log(`${name}, ${label}, folds of the training part\n${describeTrials(tuning, 12)}\n${describeTuning(tuning)}`)
  const { winner, recommended } = tuning
  if (winner !== null)
    console.log(`${recommended ? 'take' : 'keep the recipe, rather than'} ${JSON.stringify(winner.settings)}`)
}
