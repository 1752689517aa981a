/**
 * From log to live: learn a generation, in a thread of its own (learn-generation.ts), store it, publish it.
 *
 * A training that is killed or cancelled leaves what is live as it was, and its finished models for the next one to
 * carry on with. What the gate refuses is kept as a report, without models, and cannot be rolled back to.
 */
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import { spelt } from '../evaluate/bootstrap.ts'
import { describeLeaderboard } from '../evaluate/leaderboard.ts'
import type { Ablation } from '../models/model.ts'
import type { Generation, Lease } from '../store/store.ts'
import { clearCheckpoint } from './checkpoint.ts'
import { nextGenerationId } from './generation-id.ts'
import type { GenerationReport } from './generation-report.ts'
import type { LearnOptions, LearntGeneration } from './learn-generation.ts'
import { apart, type LearningHooks } from './learning-thread.ts'
import type { StoredRecipe } from './live-model.ts'
import { describeSearch } from './search-report.ts'
import { describeTuned } from './tuned-settings.ts'

export interface TrainOptions {
  /** Goes live even where the gate objects; the generation keeps a note of it. */
  readonly force?: boolean
  /** False judges and keeps the generation without making it live. */
  readonly publish?: boolean
  readonly onEpoch?: LearningHooks['onEpoch']
}

export interface TrainRun extends TrainOptions, LearningHooks {
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly clock: Clock
  /** What it is published under: refused where another replica has taken over meanwhile. */
  readonly lease?: Lease
}

export interface TrainOutcome {
  readonly generation: Generation
  readonly published: boolean
  readonly report: GenerationReport
}

const learnApart = apart<LearnOptions, LearntGeneration>('train')

/**
 * Rejects with `no-data` where there is nothing to learn from, and with `cancelled` where `signal` says so.
 * @param learnFrom a thread of its own, so that the shop keeps answering; or `learnGeneration` itself
 */
export async function trainGeneration(run: TrainRun, learnFrom = learnApart): Promise<TrainOutcome> {
  const { store, catalogue, config, clock } = run
  const learnt = await learnFrom({ catalogue, config, nowMs: clock.now(), force: run.force === true }, run)
  const { report, artefacts, checkpoint } = learnt
  const { gate } = report
  const generation = await describe(run, learnt)
  await store.generations.put(generation, artefacts)
  const published = (gate.passed || gate.forced) && run.publish !== false
  if (published) {
    const reason = gate.forced ? `forced although: ${gate.reasons.join('; ')}` : gate.reasons.join('; ')
    await store.generations.publish(catalogue, generation.id, clock.now(), reason, run.lease)
  }
  await store.generations.prune(catalogue, config.training.keepGenerations)
  await clearCheckpoint(checkpoint)
  return { generation, published, report }
}

async function describe(
  { store, catalogue, config, clock }: TrainRun,
  { report, parent, dataSequence }: LearntGeneration,
): Promise<Generation> {
  const latest = await store.generations.latest(catalogue)
  const models = Object.entries(report.surfaces).map(([surface, { recipe }]) => [surface, recipe] as const)
  const recipe: StoredRecipe = { surfaces: Object.fromEntries(models), preprocess: config.preprocess }
  const createdAtMs = clock.now()
  return {
    id: nextGenerationId(createdAtMs, latest?.id),
    catalogue,
    createdAtMs,
    status: report.gate.passed || report.gate.forced ? 'ready' : 'refused',
    parent,
    dataUntilMs: report.untilMs,
    dataSequence,
    seed: config.training.seed,
    recipe: plain(recipe),
    report: plain(report),
  }
}

/** As it will be read back: what JSON cannot hold is gone. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

/** What came of a training, for a person. */
export function describeTraining({ generation, published, report }: TrainOutcome): string {
  const boards = Object.entries(report.surfaces).map(
    ([surface, { validation, test, recipe, split, failures, tuned, ablations = {} }]) =>
      [
        `${surface}: ${recipe.model} (split ${split})`,
        `All models, on the ${validation.rows} rows they were chosen on:`,
        describeLeaderboard(validation),
        ...Object.entries(ablations).map(([model, ablation]) => describeAblation(model, ablation)),
        `The choice beside its yardsticks, on ${test.rows} rows none of them has seen:`,
        describeLeaderboard(test),
        ...describeTuned(tuned),
        ...Object.entries(failures).map(([model, reason]) => `${model} dropped out: ${reason}`),
      ].join('\n'),
  )
  return [
    ...boards,
    ...describeTrust(report),
    ...(report.search === undefined || report.search.answers === 0 ? [] : [describeSearch(report.search)]),
    ['Gate:', ...report.gate.reasons].join('\n  '),
    ending(generation, published, report),
  ].join('\n\n')
}

/** What the parts of a model were worth, in one line. */
function describeAblation(model: string, { metric, variants, chosen }: Ablation): string {
  const told = variants.map(({ name, accuracy, gain }) =>
    gain === null ? `${name} ${accuracy.toFixed(4)}` : `${name} ${spelt(gain)}`,
  )
  return `${model} within, ${metric} on what it was not taught with: ${told.join('; ')}; ${chosen} it is.`
}

function describeTrust({ trust }: GenerationReport): string[] {
  if (trust === null) return []
  const { shoppers, doubted, meanBelief } = trust
  return [`${doubted} of ${shoppers} shoppers look hired and count less (mean weight ${meanBelief.toFixed(3)}).`]
}

function ending({ id }: Generation, published: boolean, { gate, seconds }: GenerationReport): string {
  const took = `after ${seconds.toFixed(1)} s`
  if (!gate.passed && !gate.forced) return `Generation ${id} was refused ${took}; what is live stays.`
  if (!published) return `Generation ${id} is ready ${took}, and not live: it was asked not to be.`
  return `Generation ${id} is live ${took}${gate.forced ? ', forced past the gate' : ''}.`
}
