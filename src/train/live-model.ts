/**
 * The generation that is live, as a contestant: its models as they stand, made to speak the new numbering of items.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../base/config.ts'
import { createVocabulary, type Vocabulary } from '../base/vocabulary.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId, GenerationId, ItemId } from '../domain/ids.ts'
import type { Bundle, TrainedSurface } from '../models/bundle.ts'
import { modelNamed, models } from '../models/index.ts'
import type { Fitted, Query } from '../models/model.ts'
import { decodeBundle } from '../models/state.ts'
import { renumbered } from '../preprocess/baskets.ts'
import { applyScales, type RobustScale } from '../preprocess/scales.ts'
import type { Store } from '../store/store.ts'
import type { ModelRecipe } from './contest.ts'

export interface LiveContestant {
  readonly id: GenerationId
  /** Everything it learnt from happened before. */
  readonly dataUntilMs: number
  readonly bundle: Bundle
  /** What each surface was asked to learn; its state says what became of that: settings left open, nets, counts. */
  readonly recipes: Readonly<Partial<Record<TrainedSurface, ModelRecipe>>>
}

/** What a generation keeps of how it was made. */
export interface StoredRecipe {
  readonly surfaces: LiveContestant['recipes']
  readonly preprocess: Config['preprocess']
}

/** What answers: the live generation, or the latest before it that is whole; `null` where there is none. */
export async function readLive(store: Store, catalogue: CatalogueId): Promise<LiveContestant | null> {
  for (const id of await store.generations.standing(catalogue)) {
    const generation = await store.generations.get(id)
    const artefacts = await store.generations.artefacts(id).catch(unlessDamaged)
    if (generation === null || artefacts === null) continue
    const { dataUntilMs, recipe } = generation
    const { surfaces: recipes = {} } = recipe as unknown as Partial<StoredRecipe>
    return { id, dataUntilMs, recipes, bundle: decodeBundle(artefacts) }
  }
  return null
}

/** A damaged generation must not keep the next one from being learnt. */
function unlessDamaged(error: unknown): null {
  if (error instanceof HaggleError && error.code === 'bad-state') return null
  throw error
}

/** What the live surface was trained with; `null` where it has none, or its model is no longer among ours. */
export function liveRecipe({ bundle, recipes }: LiveContestant, surface: TrainedSurface): ModelRecipe | null {
  const recipe = recipes[surface]
  if (recipe === undefined || bundle.surfaces[surface] === undefined || !Object.hasOwn(models, recipe.model))
    return null
  // A setting that is younger than the generation was at its default.
  return { model: recipe.model, config: { ...(models[recipe.model].defaults as object), ...(recipe.config as object) } }
}

export function sameRecipe(one: ModelRecipe, other: ModelRecipe): boolean {
  return one.model === other.model && isDeepStrictEqual(one.config, other.config)
}

/** The live model of a surface under the numbering `items`; items it does not know come last. */
export function liveAsItStands(
  { bundle }: LiveContestant,
  surface: TrainedSurface,
  items: Vocabulary<ItemId>,
  scales: readonly RobustScale[],
): Fitted | null {
  const state = bundle.surfaces[surface]
  if (state === undefined || !(state.model in models)) return null
  const fitted = modelNamed(state.model).load(state)
  const own = createVocabulary(bundle.items)
  const ownIndex = Int32Array.from(items.ids(), (id) => own.indexOf(id))
  const ownScores = new Float32Array(fitted.itemCount)
  return {
    itemCount: items.size,
    score: (query, scores) => {
      fitted.score(translate(query, ownIndex, scales, bundle.behaviourScales), ownScores)
      const lowest = ownScores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY)
      ownIndex.forEach((index, item) => (scores[item] = index < 0 ? lowest - 1 : ownScores[index]))
    },
    serialise: () => fitted.serialise(),
  }
}

function translate(
  { items, weights, ageDays, features, baskets }: Query,
  ownIndex: Int32Array,
  scales: readonly RobustScale[],
  ownScales: readonly RobustScale[],
): Query {
  const known = Int32Array.from(items, (_, at) => at).filter((at) => ownIndex[items[at]] >= 0)
  return {
    items: known.map((at) => ownIndex[items[at]]),
    weights: Float32Array.from(known, (at) => weights[at]),
    ageDays: ageDays === null ? null : Float32Array.from(known, (at) => ageDays[at]),
    features: features === null ? null : rescale(features, scales, ownScales),
    ...(baskets === undefined ? {} : { baskets: renumbered(baskets, (item) => ownIndex[item]) }),
  }
}

/** From one set of scales to another, feature by feature of the same name; 0, the centre, for one that is new. */
function rescale(values: Float32Array, from: readonly RobustScale[], to: readonly RobustScale[]): Float32Array {
  const raw = new Map(from.map(({ name, centre, spread }, at) => [name, values[at] * spread + centre]))
  return applyScales(
    to,
    Float32Array.from(to, ({ name }) => raw.get(name) ?? Number.NaN),
  )
}
