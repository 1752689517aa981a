/**
 * Takes an erased shopper out of what is live at once, where its models allow it; the rest is said to wait.
 *
 * The shopper's rows are made once more as the training made them, each model that can takes them out (`Model.unlearn`),
 * and the result is a generation of its own that goes live. To be called before the events are gone.
 */
import { type Breathe, createBreathe } from '../base/breathe.ts'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import { allows } from '../domain/consent.ts'
import type { CatalogueId, GenerationId, UserId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import { type Bundle, type TrainedSurface, trainedSurfaces } from '../models/bundle.ts'
import { modelNamed } from '../models/index.ts'
import type { ModelState } from '../models/model.ts'
import { decodeBundle, encodeBundle } from '../models/state.ts'
import type { BehaviourLog } from '../preprocess/behaviour-log.ts'
import { buildInteractions } from '../preprocess/build-interactions.ts'
import { cleanLog } from '../preprocess/clean.ts'
import type { Unlearnt, UnlearntPart } from '../privacy/erasure.ts'
import type { Artefact, Generation, Store, StoredEvent } from '../store/store.ts'
import { nextGenerationId } from './generation-id.ts'
import type { GenerationReport } from './generation-report.ts'
import type { StoredRecipe } from './live-model.ts'
import { surfaceRecipes } from './surfaces.ts'

export interface UnlearnRun {
  readonly store: Store
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly clock: Clock
}

/** A generation larger than this is not written anew for one shopper while answers wait. */
const mostBytes = 64 * 2 ** 20
const mostEvents = 100_000

/** `null` where nothing is live, or what is live has learnt nothing from them. */
export async function unlearnShopper(run: UnlearnRun, names: readonly UserId[]): Promise<Unlearnt | null> {
  const { store, catalogue } = run
  const id = await store.generations.live(catalogue)
  const generation = id === null ? null : await store.generations.get(id)
  if (generation === null) return null
  const learnt = await eventsLearnt(store, generation, names)
  if (learnt.length === 0) return null
  const artefacts = await store.generations.artefacts(generation.id)
  const bundle = decodeBundle(artefacts)
  const breathe = createBreathe()
  const exact = await isAsTrained(run, generation, artefacts, names)
  const surfaces = exact ? await unlearnSurfaces(generation, bundle, learnt, breathe) : new Map()
  const parts = Object.entries(bundle.surfaces).map(([part, { model }]): UnlearntPart => {
    const state = surfaces.get(part) as ModelState | null | undefined
    return { part, model, removed: state ? 'at once' : state === null ? 'never learnt' : 'by the next generation' }
  })
  // What all shoppers are measured by together is learnt from each of them.
  for (const part of ['search', 'expectations', 'behaviourScales'] as const) {
    if (bundle[part] !== undefined) parts.push({ part, model: 'all shoppers', removed: 'by the next generation' })
  }
  const changed = [...surfaces].filter((entry): entry is [TrainedSurface, ModelState] => entry[1] !== null)
  const rest = { ...bundle, surfaces: { ...bundle.surfaces, ...Object.fromEntries(changed) } }
  const replacedBy = changed.length === 0 ? null : await replace(run, generation, rest)
  return { catalogue, generation: generation.id, replacedBy, parts }
}

/** Oldest first. */
async function eventsLearnt(
  store: Store,
  { catalogue, dataSequence }: Generation,
  names: readonly UserId[],
): Promise<StoredEvent[]> {
  const all: StoredEvent[] = []
  for (const name of names) all.push(...(await store.events.ofUser(catalogue, name, mostEvents)))
  return all
    .filter(({ sequence, refused = 0 }) => sequence <= dataSequence && allows({ refused }, 'training'))
    .sort((a, b) => a.sequence - b.sequence)
}

/** Whether the shopper's rows can be made as they were: nothing has moved since, and all rows counted alike. */
async function isAsTrained(
  { store, config }: UnlearnRun,
  { report }: Generation,
  artefacts: readonly Artefact[],
  names: readonly UserId[],
): Promise<boolean> {
  const { startedAtMs, trust } = report as unknown as GenerationReport
  const changedAtMs = await store.people.changedAtMs(names)
  const bytes = artefacts.reduce((sum, each) => sum + each.bytes.length, 0)
  return (
    startedAtMs !== undefined &&
    trust === null &&
    config.privacy.keepDays.events === null &&
    bytes <= mostBytes &&
    (changedAtMs ?? 0) < startedAtMs
  )
}

/** Surface → its state without the shopper; `null` where it had learnt nothing of them; absent where it must wait. */
async function unlearnSurfaces(
  { recipe, report, createdAtMs }: Generation,
  bundle: Bundle,
  events: readonly StoredEvent[],
  breathe: Breathe,
): Promise<Map<TrainedSurface, ModelState | null>> {
  const { preprocess } = recipe as unknown as StoredRecipe
  const { untilMs } = report as unknown as GenerationReport
  const context = { config: { ...preprocess, minimumEventsPerItem: 1 }, nowMs: createdAtMs, item: () => undefined }
  const { log } = await cleanLog(once(events), { ...context, breathe })
  const left = new Map<TrainedSurface, ModelState | null>()
  for (const [surface, state] of Object.entries(bundle.surfaces) as [TrainedSurface, ModelState][]) {
    const rows = rowsOf(log, surface, bundle, untilMs)
    if (rows.matrix.rowCount === 0) left.set(surface, null)
    else {
      const rest = (await modelNamed(state.model).unlearn?.(state, rows, breathe)) ?? null
      if (rest !== null) left.set(surface, rest)
    }
  }
  return left
}

/** As train/surface-data.ts makes them. */
function rowsOf(log: BehaviourLog, surface: TrainedSurface, bundle: Bundle, untilMs: number) {
  return buildInteractions(log, {
    rows: trainedSurfaces[surface],
    items: createVocabulary(bundle.items),
    asOfMs: untilMs,
    weights: bundle.weights,
    halfLifeDays: bundle.halfLifeDays,
    types: surfaceRecipes[surface].types,
  }).interactions
}

async function replace(
  { store, catalogue, clock }: UnlearnRun,
  generation: Generation,
  bundle: Bundle,
): Promise<GenerationId> {
  const latest = await store.generations.latest(catalogue)
  const id = nextGenerationId(clock.now(), latest?.id)
  const told = generation.report as unknown as GenerationReport
  const report = { ...told, unlearnt: (told.unlearnt ?? 0) + 1 } as unknown as Json
  const next = { ...generation, id, parent: generation.id, createdAtMs: clock.now(), report }
  await store.generations.put(next, encodeBundle(bundle))
  await store.generations.publish(catalogue, id, clock.now(), 'a shopper was erased and taken out of it')
  return id
}

async function* once<Each>(batch: Each): AsyncGenerator<Each> {
  yield batch
}
