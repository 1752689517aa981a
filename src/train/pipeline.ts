/**
 * From log to live: prepare → choose and judge a model for each surface → gate → learn from everything → publish.
 *
 * A training that is killed or cancelled leaves what is live as it was, and its finished models for the next one to
 * carry on with. What the gate refuses is kept as a report, without models, and cannot be rolled back to.
 */
import { createBreathe } from '../base/breathe.ts'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Progress } from '../base/progress.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import { describeLeaderboard } from '../evaluate/leaderboard.ts'
import { type Bundle, type TrainedSurface, trainedSurfaces } from '../models/bundle.ts'
import type { Epoch, ModelState } from '../models/model.ts'
import { encodeBundle } from '../models/state.ts'
import type { Generation, Store } from '../store/store.ts'
import { type Checkpoint, openCheckpoint } from './checkpoint.ts'
import { type ContestContext, learn, stageName } from './contest.ts'
import { describeJudgement, passes } from './gate.ts'
import { nextGenerationId } from './generation-id.ts'
import type { GateReport, GenerationReport, SurfaceReport } from './generation-report.ts'
import { readLive } from './live-model.ts'
import { type Prepared, prepare } from './prepare.ts'
import { type ChosenSurface, chooseForSurface } from './surface.ts'

export interface TrainOptions {
  /** Goes live even where the gate objects; the generation keeps a note of it. */
  readonly force?: boolean
  /** False judges and keeps the generation without making it live. */
  readonly publish?: boolean
  readonly onEpoch?: (surface: TrainedSurface, model: string, epoch: Epoch) => void
}

export interface TrainRun extends TrainOptions {
  readonly store: Store
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly clock: Clock
  readonly progress: Progress
  readonly signal?: AbortSignal
}

export interface TrainOutcome {
  readonly generation: Generation
  readonly published: boolean
  readonly report: GenerationReport
  /** Held-out metrics of the chosen models, by surface. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** Rejects with `no-data` where there is nothing to learn from, and with `cancelled` where `signal` says so. */
export async function trainGeneration(run: TrainRun): Promise<TrainOutcome> {
  const { store, catalogue, config, clock, progress } = run
  const started = performance.now()
  const breathe = createBreathe(run.signal)
  const { lastSequence } = await store.events.counts(catalogue)
  const fresh = { startedAtMs: clock.now(), dataSequence: lastSequence }
  const settings = [catalogue, config.preprocess, config.attributes, config.training]
  const checkpoint = await openCheckpoint(config.dataFolder, settings, fresh)
  const { dataSequence, startedAtMs: nowMs } = checkpoint.plan
  const prepared = await prepare({ store, catalogue, config, progress, breathe, dataSequence, nowMs })
  const context: ContestContext = { config, progress, breathe, checkpoint, onEpoch: run.onEpoch }
  const live = await readLive(store, catalogue)
  const chosen = new Map<TrainedSurface, ChosenSurface>()
  for (const surface of Object.keys(trainedSurfaces) as TrainedSurface[]) {
    const found = await chooseForSurface(context, prepared, surface, live)
    if (found !== null) chosen.set(surface, found)
  }
  const gate = openGate(chosen, run.force === true)
  const goes = gate.passed || gate.forced
  const artefacts = goes ? encodeBundle(await learnFromEverything(context, prepared, chosen, gate.forced)) : []
  await breathe()
  const report = reportOn(prepared, checkpoint, chosen, gate, (performance.now() - started) / 1000)
  const generation = await describe(run, prepared, checkpoint, report, live?.id ?? null)
  await store.generations.put(generation, artefacts)
  const published = goes && run.publish !== false
  if (published) {
    const reason = gate.forced ? `forced although: ${gate.reasons.join('; ')}` : gate.reasons.join('; ')
    await store.generations.publish(catalogue, generation.id, clock.now(), reason)
  }
  await store.generations.prune(catalogue, config.training.keepGenerations)
  await checkpoint.clear()
  return { generation, published, report, metrics: heldOut(report) }
}

function openGate(chosen: ReadonlyMap<TrainedSurface, ChosenSurface>, force: boolean): GateReport {
  const judgements = [...chosen].map(([surface, { report }]) => ({ surface, judgement: report.judgement }))
  const worse = judgements.some(({ judgement }) => judgement.verdict === 'worse-than-live')
  const passed = judgements.some(({ judgement }) => passes(judgement)) && !worse
  const reasons = judgements.map(({ surface, judgement }) => describeJudgement(surface, judgement))
  return { passed, forced: force && !passed, reasons }
}

/** Surfaces that did not pass are left to what needs no training, unless all is forced. */
async function learnFromEverything(
  context: ContestContext,
  prepared: Prepared,
  chosen: ReadonlyMap<TrainedSurface, ChosenSurface>,
  forced: boolean,
): Promise<Bundle> {
  const surfaces: Partial<Record<TrainedSurface, ModelState>> = {}
  for (const [surface, { report, everything }] of chosen) {
    if (!forced && !passes(report.judgement)) continue
    const progress = (fraction: number, note = '') =>
      context.progress.report(stageName(surface, 'to go live'), fraction, 1, `${report.recipe.model} learns ${note}`)
    const { fitted } = await learn(context, surface, 'to go live', everything, report.recipe, progress)
    surfaces[surface] = fitted.serialise()
  }
  const { weights, halfLifeDays } = context.config.preprocess
  const behaviourScales = prepared.behavioursAt(prepared.untilMs).scales
  return { items: prepared.items.ids(), weights, halfLifeDays, behaviourScales, surfaces }
}

function reportOn(
  { quality, validationMs, testMs, untilMs }: Prepared,
  { resumed }: Checkpoint,
  chosen: ReadonlyMap<TrainedSurface, ChosenSurface>,
  gate: GateReport,
  seconds: number,
): GenerationReport {
  const surfaces = Object.fromEntries([...chosen].map(([surface, { report }]) => [surface, report]))
  return { surfaces, gate, quality, validationMs, testMs, untilMs, resumed, seconds }
}

async function describe(
  { store, catalogue, config, clock }: TrainRun,
  { untilMs }: Prepared,
  { plan }: Checkpoint,
  report: GenerationReport,
  parent: Generation['parent'],
): Promise<Generation> {
  const [latest] = await store.generations.list(catalogue)
  const models = Object.entries(report.surfaces).map(([surface, { recipe }]) => [surface, recipe])
  const recipe = { surfaces: Object.fromEntries(models) as object, preprocess: config.preprocess }
  const createdAtMs = clock.now()
  return {
    id: nextGenerationId(createdAtMs, latest?.id),
    catalogue,
    createdAtMs,
    status: report.gate.passed || report.gate.forced ? 'ready' : 'refused',
    parent,
    dataUntilMs: untilMs,
    dataSequence: plan.dataSequence,
    seed: config.training.seed,
    recipe: plain(recipe),
    report: plain(report),
  }
}

/** As it will be read back: what JSON cannot hold is gone. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

function heldOut(report: GenerationReport): Record<string, Record<string, number>> {
  const metrics = ({ test, testedAs }: SurfaceReport) =>
    test.lines.find(({ model }) => model === testedAs)?.metrics ?? {}
  return Object.fromEntries(Object.entries(report.surfaces).map(([surface, each]) => [surface, { ...metrics(each) }]))
}

/** What came of a training, for a person. */
export function describeTraining({ generation, published, report }: TrainOutcome): string {
  const boards = Object.entries(report.surfaces).map(([surface, { validation, test, recipe, split, failures }]) =>
    [
      `${surface}: ${recipe.model} (split ${split})`,
      `All models, on the ${validation.rows} rows they were chosen on:`,
      describeLeaderboard(validation),
      `The choice beside its yardsticks, on ${test.rows} rows none of them has seen:`,
      describeLeaderboard(test),
      ...Object.entries(failures).map(([model, reason]) => `${model} dropped out: ${reason}`),
    ].join('\n'),
  )
  return [...boards, ['Gate:', ...report.gate.reasons].join('\n  '), ending(generation, published, report)].join('\n\n')
}

function ending({ id }: Generation, published: boolean, { gate, seconds }: GenerationReport): string {
  const took = `after ${seconds.toFixed(1)} s`
  if (!gate.passed && !gate.forced) return `Generation ${id} was refused ${took}; what is live stays.`
  if (!published) return `Generation ${id} is ready ${took}, and not live: it was asked not to be.`
  return `Generation ${id} is live ${took}${gate.forced ? ', forced past the gate' : ''}.`
}
