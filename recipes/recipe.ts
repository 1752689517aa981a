/**
 * One published result, rerun: a data set and its split, the models that are compared on it, several seeds each, and the
 * bands in which the figures must lie. Bands have two sides: too good is a bug too.
 *
 * The first entry is what the recipe is about: every other is compared with it by a paired bootstrap over the rows, each
 * row's figure being its mean over the entry's seeds.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createBreathe } from '../src/base/breathe.ts'
import type { Progress } from '../src/base/progress.ts'
import { createRng } from '../src/base/rng.ts'
import { type Interval, pairedDifference } from '../src/evaluate/bootstrap.ts'
import { type Evaluation, evaluate } from '../src/evaluate/evaluate.ts'
import { primaryMetric } from '../src/evaluate/metrics.ts'
import { readPublishedSplit } from '../src/evaluate/published-split.ts'
import { groupsOf } from '../src/evaluate/segments.ts'
import type { Split } from '../src/evaluate/split.ts'
import { configFor, modelNamed } from '../src/models/index.ts'
import type { Fitted, Model } from '../src/models/model.ts'

/** A split, and the kinds of its items where their categories are known. */
export interface RecipeSplit extends Split {
  readonly kinds?: readonly Int32Array[]
}

export interface DataSet {
  /** Below the data folder. */
  readonly files: readonly string[]
  /** @param paths of `files`, in their order */
  readonly read: (paths: readonly string[]) => Promise<RecipeSplit>
  /** The fold on which settings are chosen, made of the training part only; parts of that hidden by chance where absent. */
  readonly chooseOn?: (paths: readonly string[]) => Promise<Split>
}

export interface Entry {
  /** One of ours by name, or a yardstick of the recipe's own. */
  readonly model: string | Model
  /** Settings that differ from the model's defaults. */
  readonly config?: Readonly<Record<string, unknown>>
  /** One fit each; a model without chance needs one. */
  readonly seeds: readonly string[]
  /** Metric → where the mean over the seeds must lie. */
  readonly bands: Readonly<Record<string, readonly [low: number, high: number]>>
}

export interface Recipe {
  readonly name: string
  /** What it reproduces, and how its settings were chosen. */
  readonly about: string
  readonly data: DataSet
  /** 5 and 20 unless said otherwise. */
  readonly cutoffs?: readonly number[]
  /** Label → who competes. */
  readonly entries: Readonly<Record<string, Entry>>
}

export interface EntryOutcome {
  readonly means: Readonly<Record<string, number>>
  /** Sample standard deviations over the seeds; 0 for one seed. */
  readonly deviations: Readonly<Record<string, number>>
  /** Epochs played for each seed; 0 where the model has none. */
  readonly epochs: readonly number[]
  readonly secondsPerSeed: number
  /** The first entry minus this one, paired by row: metric → 95 % interval. Empty for the first itself. */
  readonly behind: Readonly<Record<string, Interval>>
  /** By how much is known of who asks, and by what they went for: the primary metric. */
  readonly segments: readonly { readonly name: string; readonly rows: number; readonly mean: number }[]
  /** A sentence for each metric outside its band. */
  readonly problems: readonly string[]
}

/** Where the data sets lie; they are not in this repository. */
export const dataFolder = process.env.HAGGLE_DATA ?? '../shared/data'

export function readData(data: DataSet, folder: string): Promise<RecipeSplit> {
  return data.read(data.files.map((file) => join(folder, file)))
}

/** The files of the CFGAN authors or of LightGCN. */
export function publishedSplit(train: string, test: string): DataSet {
  return { files: [train, test], read: ([trainPath, testPath]) => readPublishedSplit(trainPath, testPath) }
}

export function modelOf({ model }: Entry): Model {
  return typeof model === 'string' ? modelNamed(model) : model
}

/** Files of the recipe that are not in `folder`. */
export function missingFiles({ data }: Recipe, folder: string): string[] {
  return data.files.filter((file) => !existsSync(join(folder, file)))
}

export async function runRecipe(
  recipe: Recipe,
  folder: string,
  progress: Progress,
): Promise<Record<string, EntryOutcome>> {
  const { data, cutoffs = [5, 20], entries } = recipe
  const split = await readData(data, folder)
  const outcomes: Record<string, EntryOutcome> = {}
  let first: Rows | null = null
  for (const [label, entry] of Object.entries(entries)) {
    const report = (stage: string) => (done: number, note?: string) =>
      progress.report(`${recipe.name}, ${label}, ${stage}`, done, 1, note)
    const { rows, ...outcome } = await runEntry(entry, split, cutoffs, report)
    const behind = first === null ? {} : differences(first, rows, [primaryMetric(cutoffs), ...Object.keys(entry.bands)])
    first ??= rows
    outcomes[label] = { ...outcome, behind }
    // A recipe may take an hour: what it has is told as it goes.
    const metric = primaryMetric(cutoffs)
    report('done')(1, `${metric} ${outcome.means[metric].toFixed(4)} ± ${outcome.deviations[metric].toFixed(4)}`)
  }
  return outcomes
}

/** Metric → each row's mean over the seeds. */
type Rows = Readonly<Record<string, Float64Array>>

async function runEntry(
  entry: Entry,
  split: RecipeSplit,
  cutoffs: readonly number[],
  report: (stage: string) => (done: number, note?: string) => void,
): Promise<Omit<EntryOutcome, 'behind'> & { rows: Rows }> {
  const started = performance.now()
  const runs: { evaluation: Evaluation; epochs: number }[] = []
  for (const seed of entry.seeds) {
    const { fitted, epochs } = await fitEntry(entry, split, seed, report(`seed ${seed}`))
    runs.push({ evaluation: await evaluate(fitted, split, { cutoffs, kinds: split.kinds }), epochs })
  }
  const evaluations = runs.map(({ evaluation }) => evaluation)
  const shown = evaluations.map(besideAccuracy)
  const figures = (of: (values: readonly number[]) => number) =>
    Object.fromEntries(Object.keys(shown[0]).map((name) => [name, of(shown.map((all) => all[name]))]))
  const means = figures(mean)
  const rows = meanRows(evaluations.map(({ perRow }) => perRow))
  return {
    means,
    deviations: figures(deviation),
    epochs: runs.map(({ epochs }) => epochs),
    secondsPerSeed: (performance.now() - started) / 1000 / runs.length,
    segments: groupsOf(split, evaluations[0].rows).map(({ name, places }) => ({
      name,
      rows: places.length,
      mean: mean(places.map((place) => rows[primaryMetric(cutoffs)][place])),
    })),
    problems: Object.entries(entry.bands).flatMap(([name, band]) => outside(name, means[name], band)),
    rows,
  }
}

function besideAccuracy(evaluation: Evaluation): Readonly<Record<string, number>> {
  const { metrics, coverage, exposureGini, novelty, popularityLift, diversity, miscalibration } = evaluation
  return {
    ...metrics,
    coverage,
    exposureGini,
    novelty,
    popularityLift,
    ...(diversity === null ? {} : { diversity }),
    ...(miscalibration === null ? {} : { miscalibration }),
  }
}

async function fitEntry(
  entry: Entry,
  { train }: Split,
  seed: string,
  progress: (done: number, note?: string) => void,
): Promise<{ fitted: Fitted; epochs: number }> {
  const model = modelOf(entry)
  let epochs = 0
  const fitted = await model.fit(train, configFor(model, entry.config), {
    rng: createRng(seed),
    breathe: createBreathe(),
    progress,
    epoch: ({ epoch }) => {
      epochs = epoch
    },
  })
  return { fitted, epochs }
}

function meanRows(all: readonly Readonly<Record<string, Float64Array>>[]): Rows {
  return Object.fromEntries(
    Object.entries(all[0]).map(([name, values]) => [
      name,
      values.map((_, row) => mean(all.map((perRow) => perRow[name][row]))),
    ]),
  )
}

function differences(first: Rows, rows: Rows, names: readonly string[]): Record<string, Interval> {
  const measured = names.filter((name) => name in rows)
  return Object.fromEntries(
    measured.map((name) => [
      name,
      pairedDifference(first[name], rows[name], { rounds: 2000, rng: createRng(`paired ${name}`) }),
    ]),
  )
}

function outside(name: string, value: number | undefined, [low, high]: readonly [number, number]): string[] {
  if (value === undefined) return [`${name} is not measured`]
  return value >= low && value <= high ? [] : [`${name} is ${value.toFixed(4)}, outside [${low}, ${high}]`]
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Of a sample; 0 for one value. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values)
  return values.length < 2
    ? 0
    : Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1))
}
