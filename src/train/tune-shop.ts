/**
 * Tunes a shop's models, surface by surface, on folds that end before the rows a training judges on.
 *
 * Folds by time wherever the log allows: settings are chosen on up to `pasts` cuts, each as long before the next as the
 * validation part is, and confirmed on the validation part itself, the latest before the test part; where these are too
 * thin, on entries hidden at random in everything before the test part. What a model is made of is tuned before it. In a
 * thread of its own; only what was found is written, and only when all is done. A tuning that was killed goes on.
 */
import { createBreathe } from '../base/breathe.ts'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { primaryMetric } from '../evaluate/metrics.ts'
import { type TrainedSurface, trainedSurfaces } from '../models/bundle.ts'
import { modelNamed } from '../models/index.ts'
import type { AnySpace } from '../models/search-space.ts'
import { type Checkpoint, clearCheckpoint, openCheckpoint } from './checkpoint.ts'
import { apart, type LearningHooks } from './learning-thread.ts'
import { prepare } from './prepare.ts'
import type { SplitKind } from './surface-data.ts'
import { competing, withUsual } from './surfaces.ts'
import { type Budget, describeTuning, tune, type Tuning, type TuningTask } from './tune.ts'
import {
  describeTuned,
  foundInUse,
  type FoundSettings,
  readTuned,
  settingsOf,
  type TunedSettings,
  writeTuned,
} from './tuned-settings.ts'
import { groundOf } from './tuning-ground.ts'

/** How much may be spent: so many fits on each model of each surface, or so many minutes in all. */
export type TuneBudget = { readonly fits: number } | { readonly minutes: number }

export interface TuneOptions {
  /** All that compete in a training where absent. */
  readonly models?: readonly string[]
  /** All where absent. */
  readonly surfaces?: readonly TrainedSurface[]
  readonly budget?: TuneBudget
}

export interface TuneRun extends TuneOptions, LearningHooks {
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly clock: Clock
}

/** Plain data. */
export interface TuneModelsOptions extends Required<Omit<TuneOptions, 'models'>>, Pick<TuneOptions, 'models'> {
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly nowMs: number
}

/** Plain data. */
export interface SurfaceTuning {
  readonly split: SplitKind
  readonly tunings: readonly Tuning[]
}

/** Plain data. */
export interface ShopTuning {
  readonly catalogue: CatalogueId
  readonly surfaces: Readonly<Partial<Record<TrainedSurface, SurfaceTuning>>>
  /** What trainings used until now, and what they use from now on. */
  readonly before: TunedSettings
  readonly after: TunedSettings
  /** An interrupted tuning was carried on. */
  readonly resumed: boolean
  readonly checkpoint: string
}

/** Cuts to choose on, where the log is long enough. */
const pasts = 3
const defaultBudget: TuneBudget = { fits: 24 }

const tuneApart = apart<TuneModelsOptions, ShopTuning>('tune')

/**
 * Rejects with `no-data` where no surface has enough rows, and with `cancelled` where `signal` says so.
 * @param tuneFrom a thread of its own; or `tuneModels` itself
 */
export async function tuneShop(run: TuneRun, tuneFrom = tuneApart): Promise<ShopTuning> {
  const { store, catalogue, config, clock, models, budget = defaultBudget } = run
  const all = Object.keys(trainedSurfaces) as TrainedSurface[]
  const { surfaces = all } = run
  const unknown = surfaces.filter((surface) => !all.includes(surface))
  if (unknown.length > 0) {
    throw new HaggleError(
      'bad-request',
      `There is no trained surface ${unknown.join(', ')}. There are: ${all.join(', ')}.`,
    )
  }
  const tuning = await tuneFrom({ catalogue, config, nowMs: clock.now(), models, surfaces, budget }, run)
  await writeTuned(store, catalogue, tuning.after, clock.now())
  await clearCheckpoint(tuning.checkpoint)
  return tuning
}

/** Writes nothing but its checkpoint. */
export async function tuneModels(options: TuneModelsOptions, hooks: LearningHooks): Promise<ShopTuning> {
  const { catalogue, config, nowMs, models, surfaces, budget } = options
  const { store, progress } = hooks
  const breathe = createBreathe(hooks.signal)
  const tasks = surfaces.map((surface) => [surface, namesFor(surface, models, config)] as const)
  if (tasks.every(([, names]) => names.length === 0)) {
    const which = `Of ${(models ?? config.training.models ?? ['all']).join(', ')} none competes for ${surfaces.join(', ')} with settings to try.`
    throw new HaggleError('bad-request', `${which} Name other models or surfaces.`)
  }
  const { lastSequence } = await store.events.counts(catalogue)
  const settings = ['tune', catalogue, config.preprocess, config.attributes, config.training, models, surfaces, budget]
  const checkpoint = await openCheckpoint(config.dataFolder, settings, {
    startedAtMs: nowMs,
    dataSequence: lastSequence,
  })
  const { dataSequence, startedAtMs } = checkpoint.plan
  const reading = { store, catalogue, config, progress, breathe, dataSequence, nowMs: startedAtMs }
  const prepared = await prepare(reading, pasts)
  const before = await readTuned(store, catalogue)
  const after: Partial<Record<TrainedSurface, FoundSettings>> = { ...before }
  const found: Partial<Record<TrainedSurface, SurfaceTuning>> = {}
  const purse = openPurse(
    budget,
    tasks.reduce((sum, [, names]) => sum + names.length, 0),
  )
  for (const [surface, names] of tasks) {
    const ground = groundOf(prepared, surface, config)
    if (ground === null) {
      purse.skip(names.length)
      continue
    }
    const tunings: Tuning[] = []
    for (const name of names) {
      const known = { before: before[surface] ?? {}, now: after[surface] ?? {} }
      const task = { ...taskFor(name, surface, config, known), folds: ground.folds, budget: purse.share() }
      const tuning = await tune(task, {
        breathe,
        checkpoint: within(checkpoint, `${surface} ${name} ${JSON.stringify(task.standard)}`),
        progress: (done, planned, note) => progress.report(`tune ${name} for ${surface}`, done, planned, note),
      })
      purse.pay(tuning.spent.seconds)
      after[surface] = withFound(known.now, tuning)
      tunings.push(tuning)
    }
    found[surface] = { split: ground.split, tunings }
  }
  if (Object.keys(found).length === 0) throw tooLittle(catalogue)
  return { catalogue, surfaces: found, before, after, resumed: checkpoint.resumed, checkpoint: checkpoint.place }
}

function tooLittle(catalogue: CatalogueId): HaggleError {
  const what = `Catalogue ${catalogue} has too little behaviour to tell settings apart: the models' defaults are right `
  return new HaggleError('no-data', `${what}for it. Import more of the log.`)
}

/** Those of `models`, or of all, that compete for the surface and have something to try; what they are made of before them. */
function namesFor(surface: TrainedSurface, models: readonly string[] | undefined, config: Config): string[] {
  for (const name of models ?? []) modelNamed(name)
  const able = competing(surface, models ?? config.training.models)
  const wanted = models === undefined ? able : able.filter((name) => models.includes(name))
  const parts = wanted.flatMap(
    (name) => modelNamed(name).ensemble?.parts(settingsOf(name, config, withUsual(surface))) ?? [],
  )
  const whole = wanted.filter((name) => modelNamed(name).ensemble !== undefined)
  const single = [...parts, ...wanted].filter((name) => !whole.includes(name))
  return [...new Set([...single, ...whole])].filter((name) => modelNamed(name).space !== undefined)
}

/** @param found what an earlier tuning found for the surface, and what is found by now */
function taskFor(
  name: string,
  surface: TrainedSurface,
  config: Config,
  found: { readonly before: FoundSettings; readonly now: FoundSettings },
): Omit<TuningTask, 'folds' | 'budget'> {
  const model = modelNamed(name)
  const { seed, bootstrapRounds, memoryMiB, maximumTestUsers, cutoffs } = config.training
  const own = config.training.config[name] ?? {}
  // The model itself without what was found for it; what it is made of with.
  const { [name]: _, ...others } = found.now
  // What the shop's own file sets is not tried.
  const space = Object.fromEntries(
    Object.entries((model.space ?? {}) as AnySpace).filter(([key]) => !Object.hasOwn(own, key)),
  )
  const hunch = foundInUse(config, found.before)[name]
  return {
    model,
    standard: settingsOf(name, config, withUsual(surface, others)),
    space,
    hunches: hunch === undefined ? [] : [hunch],
    metric: primaryMetric(cutoffs),
    maximumRows: maximumTestUsers,
    memoryMiB,
    bootstrapRounds,
    seed: `${seed} tune ${surface} ${name}`,
  }
}

/** A winner that is not surely better leaves the standard; where nothing could be compared, all stays as it was. */
function withFound(found: FoundSettings, { model, winner, recommended }: Tuning): FoundSettings {
  if (winner === null) return found
  const { [model]: _, ...others } = found
  return recommended ? { ...others, [model]: winner.settings } : others
}

function within(checkpoint: Checkpoint, place: string): Pick<Checkpoint, 'recall' | 'note'> {
  return {
    recall: (name) => checkpoint.recall(`${place} ${name}`),
    note: (name, value) => checkpoint.note(`${place} ${name}`, value),
  }
}

/** Shares minutes evenly among the tunings that are left; what one leaves over goes to the others. */
function openPurse(budget: TuneBudget, tunings: number) {
  let left = tunings
  let seconds = 'minutes' in budget ? 60 * budget.minutes : 0
  return {
    share: (): Budget => ('fits' in budget ? budget : { seconds: seconds / left }),
    pay: (spent: number) => {
      seconds = Math.max(0, seconds - spent)
      left--
    },
    skip: (count: number) => {
      left -= count
    },
  }
}

/** What came of it, what changes, and how to take it back; for a person. */
export function describeShopTuning({ surfaces, before, after }: ShopTuning): string {
  const found = Object.entries(surfaces).map(([surface, { split, tunings }]) =>
    [
      `${surface} (folds ${split}, all before the rows a training judges on)`,
      ...tunings.map((tuning) => `  ${tuning.model}: ${describeTuning(tuning)}`),
    ].join('\n'),
  )
  return [...found, changes(before, after)].join('\n\n')
}

function changes(before: TunedSettings, after: TunedSettings): string {
  const surfaces = Object.keys(trainedSurfaces) as TrainedSurface[]
  const told = (tuned: TunedSettings, surface: TrainedSurface) => describeTuned(tuned[surface] ?? {}).join('')
  const changed = surfaces.filter((surface) => told(before, surface) !== told(after, surface))
  if (changed.length === 0) return 'Nothing changes: the next training uses the settings that the last one did.'
  const lines = changed.map(
    (surface) =>
      `  ${surface}: ${told(after, surface) || 'the defaults'} (until now ${told(before, surface) || 'the defaults'})`,
  )
  const how = 'What is live stays as it is until then. `haggle tune --undo` goes back to the defaults.'
  return ['The next `haggle train` uses other settings:', ...lines, how].join('\n')
}
