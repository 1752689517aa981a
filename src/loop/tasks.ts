/** What takes its time, one of a kind at once for each catalogue, and what a person decides about generations. */
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Turn } from '../base/fair-turns.ts'
import { type Progress, silentProgress } from '../base/progress.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId, GenerationId, UserId } from '../domain/ids.ts'
import type { ImportReport } from '../events/import/import-report.ts'
import { type ImportRequest, runImport } from '../events/import/run-import.ts'
import type { Observer } from '../monitor/observe.ts'
import type { TrainingWatch } from '../monitor/training-watch.ts'
import type { QualityReport } from '../preprocess/quality-report.ts'
import type { Audit } from '../privacy/audit.ts'
import type { People } from '../privacy/people.ts'
import { loadGeneration } from '../serve/live-generation.ts'
import type { LiveShops } from '../serve/live-shops.ts'
import type { Store } from '../store/store.ts'
import { type Alone, busy } from '../train/alone.ts'
import { checkShop } from '../train/check-shop.ts'
import { type EvaluateOptions, evaluateShop, type ShopEvaluation } from '../train/evaluate-shop.ts'
import { type TrainOptions, type TrainOutcome, trainGeneration } from '../train/pipeline.ts'
import { type ShopTuning, type TuneOptions, tuneShop } from '../train/tune-shop.ts'
import { forgetTuned, readTuned, type TunedSettings } from '../train/tuned-settings.ts'
import type { EngineTurns } from './engine-turns.ts'
import { requireRoom, requireShopperRoom } from './room.ts'

/** What every task that takes longer than a moment is given. */
export interface Task {
  readonly progress: Progress
  readonly signal?: AbortSignal
}

/** What takes its time, and what a person decides about generations. */
export interface Tasks {
  import(request: ImportRequest, task?: Task): Promise<ImportReport>
  check(catalogue: CatalogueId, task?: Task): Promise<QualityReport>
  train(catalogue: CatalogueId, options?: TrainOptions, task?: Task): Promise<TrainOutcome>
  /** Looks for better settings, and has later trainings use what it found. */
  tune(catalogue: CatalogueId, options?: TuneOptions, task?: Task): Promise<ShopTuning>
  /** What tuning found and trainings use. */
  tuned(catalogue: CatalogueId): Promise<TunedSettings>
  /** Has later trainings use the models' defaults again; returns what had been found. */
  untune(catalogue: CatalogueId): Promise<TunedSettings>
  evaluate(catalogue: CatalogueId, options?: EvaluateOptions, task?: Task): Promise<ShopEvaluation>
  /** Makes a generation live that has passed the gate. */
  publish(catalogue: CatalogueId, id: GenerationId): Promise<void>
  /** Makes the previous generation live again and returns it. */
  rollback(catalogue: CatalogueId): Promise<GenerationId>
}

export interface TaskOptions {
  readonly store: Store
  readonly clock: Clock
  readonly config: Config
  readonly alone: Alone
  readonly shops: LiveShops
  readonly people: People
  readonly audit: Audit
  readonly watch: Observer
  readonly trainings: TrainingWatch
  /** Resolves once what answers is in line with the store. */
  readonly followed: () => Promise<void>
  readonly turns: EngineTurns
}

const idle: Task = { progress: silentProgress }

export function createTasks(options: TaskOptions): Tasks {
  const { store, clock, config, alone, shops, people, audit, watch, trainings, followed, turns } = options
  const learnInTurn = inTurn(turns.learn)
  const importInTurn = inTurn(turns.import)
  /** What a person makes live is whole, or nothing changes. */
  const tryOut = (catalogue: CatalogueId, id: GenerationId) =>
    loadGeneration(store, catalogue, id).catch((error: unknown) => {
      if (error instanceof HaggleError && error.code !== 'bad-state') throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new HaggleError('refused', `Generation ${id} is damaged and cannot go live: ${why}`, { cause: error })
    })
  return {
    import: (request, task = idle) =>
      importInTurn(request.catalogue, task, () =>
        alone(request.catalogue, task.signal, async ({ signal }) => {
          const coming = new Set<UserId>()
          const report = await runImport(request, {
            ...{ store, clock, config: config.preprocess, admit: people.admit },
            room: async (itemIds, events) => {
              requireShopperRoom(events, shops, config.limits, coming)
              await requireRoom(store, config.limits, request.catalogue, itemIds)
            },
            ...task,
            signal,
          })
          if (request.dryRun) return report
          await people.signIn([])
          await store.catalogues.renewed(request.catalogue, clock.now())
          await shops.reporting(request.catalogue, task.progress, followed)
          return report
        }),
      ),
    check: async (catalogue, task = idle) => {
      const report = await turns.learn(() => checkShop({ store, catalogue, config, clock, ...task }), waiting(task))
      watch.quality(catalogue, report.rules)
      return report
    },
    train: (catalogue, trainOptions = {}, task = idle) =>
      learnInTurn(catalogue, task, () =>
        alone(catalogue, task.signal, async (held) => {
          const seen = trainings.begin(catalogue)
          const onEpoch = watch.epochs(catalogue, seen.epochs(trainOptions.onEpoch))
          const progress = watch.progress(catalogue, seen.progress(task.progress))
          const run = { ...trainOptions, ...held, store, catalogue, config, clock, onEpoch, progress }
          const outcome = await seen.end(trainGeneration(run)).catch((error: unknown) => watch.failed(catalogue, error))
          watch.trained(catalogue)
          if (outcome.published) {
            const { id } = outcome.generation
            await audit.note({ who: 'training', what: 'promote', subject: catalogue, details: { generation: id } })
          }
          await followed()
          if (outcome.published) shops.requireLive(catalogue)
          watch.generation(outcome)
          return outcome
        }),
      ),
    tune: (catalogue, tuneOptions = {}, task = idle) =>
      learnInTurn(catalogue, task, () =>
        alone(catalogue, task.signal, ({ signal }) =>
          tuneShop({ ...tuneOptions, ...task, signal, store, catalogue, config, clock }),
        ),
      ),
    tuned: (catalogue) => readTuned(store, catalogue),
    untune: (catalogue) => alone(catalogue, undefined, () => forgetTuned(store, catalogue, clock.now())),
    publish: async (catalogue, id) => {
      await tryOut(catalogue, id)
      await store.generations.publish(catalogue, id, clock.now(), 'made live by hand')
      await followed()
      shops.requireLive(catalogue)
    },
    evaluate: (catalogue, evaluateOptions = {}, task = idle) =>
      turns.learn(() => evaluateShop({ ...evaluateOptions, store, catalogue, config, clock, ...task }), waiting(task)),
    rollback: async (catalogue) => {
      const [, before] = await store.generations.standing(catalogue)
      if (before !== undefined) await tryOut(catalogue, before)
      const previous = await store.generations.rollback(catalogue, clock.now(), 'rolled back by hand')
      if (previous === null)
        throw new HaggleError('not-found', `Catalogue ${catalogue} has no earlier generation to go back to.`)
      await followed()
      shops.requireLive(catalogue)
      watch.rolledBack(catalogue, previous)
      return previous
    },
  }
}

/** What waits for others of this process; of two that change the same catalogue the second is refused at once. */
function inTurn(turn: Turn) {
  const asked = new Set<CatalogueId>()
  return async <Result>(catalogue: CatalogueId, task: Task, work: () => Promise<Result>): Promise<Result> => {
    if (asked.has(catalogue)) throw busy(catalogue)
    asked.add(catalogue)
    return turn(work, waiting(task)).finally(() => asked.delete(catalogue))
  }
}

function waiting({ signal, progress }: Task) {
  return { signal, onWait: () => void progress.report('waiting for other shops', 0, 1) }
}
