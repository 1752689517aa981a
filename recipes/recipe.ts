/**
 * One published result, rerun: the authors' data and split, one of our models, several seeds, and the band in which the
 * figures must lie. Bands have two sides: too good is a bug too.
 */
import { join } from 'node:path'
import { createBreathe } from '../src/base/breathe.ts'
import type { Progress } from '../src/base/progress.ts'
import { createRng } from '../src/base/rng.ts'
import { evaluate } from '../src/evaluate/evaluate.ts'
import { readPublishedSplit } from '../src/evaluate/published-split.ts'
import type { Split } from '../src/evaluate/split.ts'
import { configFor, modelNamed } from '../src/models/index.ts'

export interface Recipe {
  readonly name: string
  /** What it reproduces, and how its settings were chosen. */
  readonly about: string
  /** Paths below the data folder. */
  readonly train: string
  readonly test: string
  readonly model: string
  /** Settings that differ from the model's defaults. */
  readonly config: Readonly<Record<string, unknown>>
  /** One fit each; a model without chance needs one. */
  readonly seeds: readonly string[]
  /** Metric → where the mean over the seeds must lie. */
  readonly bands: Readonly<Record<string, readonly [low: number, high: number]>>
}

export interface RecipeOutcome {
  readonly means: Readonly<Record<string, number>>
  /** Sample standard deviations over the seeds; 0 for one seed. */
  readonly deviations: Readonly<Record<string, number>>
  /** Epochs played for each seed; 0 where the model has none. */
  readonly epochs: readonly number[]
  readonly secondsPerSeed: number
  /** A sentence for each metric outside its band. */
  readonly problems: readonly string[]
}

const cutoffs = [5, 20]

export async function runRecipe(recipe: Recipe, dataFolder: string, progress: Progress): Promise<RecipeOutcome> {
  const split = await readPublishedSplit(join(dataFolder, recipe.train), join(dataFolder, recipe.test))
  const started = performance.now()
  const runs: { metrics: Readonly<Record<string, number>>; epochs: number }[] = []
  for (const seed of recipe.seeds) {
    const stage = `${recipe.name}, seed ${seed}`
    runs.push(await runSeed(recipe, split, seed, (done, note) => progress.report(stage, done, 1, note)))
  }
  const names = Object.keys(runs[0].metrics)
  const valuesOf = (name: string) => runs.map(({ metrics }) => metrics[name])
  const means = Object.fromEntries(names.map((name) => [name, mean(valuesOf(name))]))
  return {
    means,
    deviations: Object.fromEntries(names.map((name) => [name, deviation(valuesOf(name))])),
    epochs: runs.map(({ epochs }) => epochs),
    secondsPerSeed: (performance.now() - started) / 1000 / runs.length,
    problems: Object.entries(recipe.bands).flatMap(([name, band]) => outside(name, means[name], band)),
  }
}

async function runSeed(
  { model: modelName, config }: Recipe,
  split: Split,
  seed: string,
  progress: (fraction: number, note?: string) => void,
): Promise<{ metrics: Readonly<Record<string, number>>; epochs: number }> {
  const model = modelNamed(modelName)
  const breathe = createBreathe()
  let epochs = 0
  const fitted = await model.fit(split.train, configFor(model, config), {
    rng: createRng(seed),
    breathe,
    progress,
    epoch: ({ epoch }) => {
      epochs = epoch
    },
  })
  const { metrics } = await evaluate(fitted, split, { cutoffs, breathe })
  return { metrics, epochs }
}

function outside(name: string, value: number | undefined, [low, high]: readonly [number, number]): string[] {
  if (value === undefined) return [`${name} is not measured`]
  return value >= low && value <= high ? [] : [`${name} is ${value.toFixed(4)}, outside [${low}, ${high}]`]
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function deviation(values: readonly number[]): number {
  const centre = mean(values)
  return values.length < 2
    ? 0
    : Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1))
}
