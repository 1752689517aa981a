/**
 * What a training learns: prepare → choose and judge a model for each surface → gate → learn from everything.
 *
 * Reads the store and writes nothing but its checkpoint, so that it can run in a thread of its own (learning-thread.ts)
 * or here and now, with the same bytes for the same data and seed.
 */
import { createBreathe } from '../base/breathe.ts'
import type { Config } from '../base/config.ts'
import type { CatalogueId, GenerationId } from '../domain/ids.ts'
import { type Bundle, type TrainedSurface, trainedSurfaces } from '../models/bundle.ts'
import type { ModelState } from '../models/model.ts'
import { encodeBundle } from '../models/state.ts'
import { type Checkpoint, openCheckpoint } from './checkpoint.ts'
import { type ContestContext, learn, stageName } from './contest.ts'
import { describeJudgement, passes } from './gate.ts'
import type { GateReport, GenerationReport } from './generation-report.ts'
import { learnSearch, type LearntSearch } from './learn-search.ts'
import type { LearningHooks } from './learning-thread.ts'
import { readLive } from './live-model.ts'
import { itemKinds, type Prepared, prepare } from './prepare.ts'
import { type ChosenSurface, chooseForSurface } from './surface.ts'
import { heldOutExpectations } from './held-out-expectations.ts'
import { trustReport } from './trust/trust-shoppers.ts'
import { mainSurface } from './surfaces.ts'
import { readTuned } from './tuned-settings.ts'

/** Plain data. */
export interface LearnOptions {
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly nowMs: number
  /** Learns for going live even where the gate objects. */
  readonly force: boolean
}

/** Plain data. */
export interface LearntGeneration {
  readonly report: GenerationReport
  /** The bundle in bytes; nothing where the gate refused it. */
  readonly artefacts: readonly { readonly name: string; readonly bytes: Uint8Array }[]
  /** What was live when it was judged. */
  readonly parent: GenerationId | null
  readonly dataSequence: number
  /** Where its finished models lie until it is stored. */
  readonly checkpoint: string
}

/** Rejects with `no-data` where there is nothing to learn from, and with `cancelled` where `hooks.signal` says so. */
export async function learnGeneration(options: LearnOptions, hooks: LearningHooks): Promise<LearntGeneration> {
  const { catalogue, config, nowMs, force } = options
  const { store, progress, onEpoch } = hooks
  const started = performance.now()
  const breathe = createBreathe(hooks.signal)
  const { lastSequence } = await store.events.counts(catalogue)
  const tuned = await readTuned(store, catalogue)
  const settings = [catalogue, config.preprocess, config.attributes, config.training, tuned]
  const fresh = { startedAtMs: nowMs, dataSequence: lastSequence }
  const checkpoint = await openCheckpoint(config.dataFolder, settings, fresh)
  const { dataSequence, startedAtMs } = checkpoint.plan
  const prepared = await prepare({ store, catalogue, config, progress, breathe, dataSequence, nowMs: startedAtMs })
  const kinds = itemKinds(prepared)
  const context: ContestContext = { config, tuned, progress, breathe, checkpoint, kinds, onEpoch }
  const live = await readLive(store, catalogue)
  const chosen = new Map<TrainedSurface, ChosenSurface>()
  for (const surface of Object.keys(trainedSurfaces) as TrainedSurface[]) {
    const found = await chooseForSurface(context, prepared, surface, live)
    if (found !== null) chosen.set(surface, found)
  }
  const gate = openGate(chosen, force)
  const goes = gate.passed || gate.forced
  const times = chosen.get(mainSurface)?.asked ?? []
  const search = await learnSearch(prepared, { store, catalogue, config, breathe, times })
  const artefacts = goes ? encodeBundle(await learnFromEverything(context, prepared, chosen, search, gate.forced)) : []
  await breathe()
  const seconds = (performance.now() - started) / 1000
  const report = { ...reportOn(prepared, checkpoint, chosen, gate, seconds), search: search.report }
  return { report, artefacts, parent: live?.id ?? null, dataSequence, checkpoint: checkpoint.place }
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
  { state: search }: LearntSearch,
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
  const expectations = await heldOutExpectations(context, prepared, chosen.get(mainSurface)?.asked ?? [])
  const searched = search === null ? {} : { search }
  return { items: prepared.items.ids(), weights, halfLifeDays, behaviourScales, expectations, ...searched, surfaces }
}

function reportOn(
  prepared: Prepared,
  { resumed, plan: { startedAtMs } }: Checkpoint,
  chosen: ReadonlyMap<TrainedSurface, ChosenSurface>,
  gate: GateReport,
  seconds: number,
): GenerationReport {
  const surfaces = Object.fromEntries([...chosen].map(([surface, { report }]) => [surface, report]))
  const trust = trustReport(prepared.trustAt(prepared.untilMs))
  const { quality, validationMs, testMs, untilMs } = prepared
  return { surfaces, gate, quality, trust, validationMs, testMs, untilMs, startedAtMs, resumed, seconds }
}
