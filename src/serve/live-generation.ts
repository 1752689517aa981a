/**
 * The trained state that answers right now: its models in memory, and its items lined up with the live catalogue.
 *
 * Loaded and tried out before it goes live, so that a broken one never answers. A swap is one assignment and answers
 * are made in one go, so that each answer comes whole from one generation.
 */
import { createVocabulary } from '../base/vocabulary.ts'
import type { Log } from '../base/log.ts'
import { createRng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId, GenerationId, ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { Bundle, TrainedSurface } from '../models/bundle.ts'
import { explainScore } from '../models/explain.ts'
import { modelNamed } from '../models/index.ts'
import type { Explanation, Fitted, ModelState, Query } from '../models/model.ts'
import { strangerQuery } from '../models/query.ts'
import { createSearchOrder, type SearchOrder } from '../models/search-order.ts'
import { decodeBundle } from '../models/state.ts'
import type { Generation, Store } from '../store/store.ts'
import { type ItemListener, type LiveCatalogue, sellable } from './live-catalogue.ts'

export interface LiveModel {
  readonly name: string
  /** Scores for every item of the vocabulary, in a buffer that holds until the next call. */
  score(query: Query): Float32Array
  /** The scores of these items alone, each once, in microseconds; absent where all must be scored for it. */
  readonly scoreOf?: Fitted['scoreOf']
  /** Why it scores an item as it does. */
  explain(query: Query, item: number): Explanation
  /** What scoring one query takes, measured when it was loaded. */
  readonly scoreMs: number
}

export interface LiveGeneration {
  readonly id: GenerationId
  readonly bundle: Bundle
  /** -1 for an item it was not trained with. */
  readonly indexOf: (itemId: ItemId) => number
  readonly idOf: (index: number) => ItemId
  /** By index: the item as it may be shown now; `null` where it is gone, hidden or out of stock. */
  readonly items: (Item | null)[]
  /** `null` where searches have taught it nothing. */
  readonly searchOrder: SearchOrder | null
  /** `undefined` where the surface's data was too thin to learn from. */
  model(surface: TrainedSurface): LiveModel | undefined
  /** Items on sale that it was not trained with. */
  readonly unknown: ReadonlySet<ItemId>
  /** Lines `items` up with the catalogue; then `follow` keeps them so. */
  align(live: LiveCatalogue): void
  readonly follow: ItemListener
}

/** @throws (as a rejection) `not-found`; `bad-request` for one without models; `bad-state`. Nothing has changed then. */
export async function loadGeneration(store: Store, catalogue: CatalogueId, id: GenerationId): Promise<LiveGeneration> {
  await readyGeneration(store, catalogue, id)
  const bundle = decodeBundle(await store.generations.artefacts(id))
  const models = new Map(
    Object.entries(bundle.surfaces).map(([surface, state]) => [
      surface,
      loadModel(state, bundle.items.length, surface),
    ]),
  )
  const vocabulary = createVocabulary(bundle.items)
  const shown = (item: Item | null) => (item !== null && sellable(item) ? item : null)
  const items = bundle.items.map((): Item | null => null)
  const unknown = new Set<ItemId>()
  const follow: ItemListener = (itemId, item) => {
    const index = vocabulary.indexOf(itemId)
    if (index >= 0) items[index] = shown(item)
    else if (shown(item) === null) unknown.delete(itemId)
    else unknown.add(itemId)
  }
  return {
    id,
    bundle,
    indexOf: (itemId) => vocabulary.indexOf(itemId),
    idOf: (index) => vocabulary.idOf(index),
    items,
    searchOrder: bundle.search === undefined ? null : createSearchOrder(bundle.search.stages),
    model: (surface) => models.get(surface),
    unknown,
    align: (live) => {
      for (const item of live.items()) follow(item.id, item)
    },
    follow,
  }
}

export interface Standing {
  /** `null` where none can be loaded. */
  readonly generation: LiveGeneration | null
  /** The one that should answer and cannot be loaded. */
  readonly broken: GenerationId | null
}

/** The live generation; where it is broken, what a rollback would return to, and the log says so. */
export async function loadStanding(store: Store, catalogue: CatalogueId, log: Log): Promise<Standing> {
  const [live, ...earlier] = await store.generations.standing(catalogue)
  for (const id of live === undefined ? [] : [live, ...earlier]) {
    const loaded = await loadGeneration(store, catalogue, id).catch((error: unknown) => {
      log.error({ err: error, catalogue, generation: id }, 'a generation cannot be loaded')
      return null
    })
    if (loaded === null) continue
    if (id !== live) log.error({ catalogue, broken: live, answering: id }, 'an earlier generation answers')
    return { generation: loaded, broken: id === live ? null : live }
  }
  // A shop whose models are broken still sells: it answers by likeness and demand.
  if (live !== undefined) log.error({ catalogue, broken: live }, 'the shop answers without a generation')
  return { generation: null, broken: live ?? null }
}

/** Whether it was the generation that kept it from being loaded, and not the store. */
export function isDamage(error: unknown): boolean {
  return !(error instanceof HaggleError && error.code === 'internal')
}

/** What is kept of a generation that could go live. Rejects as `loadGeneration` does. */
export async function readyGeneration(store: Store, catalogue: CatalogueId, id: GenerationId): Promise<Generation> {
  const generation = await store.generations.get(id)
  if (generation?.catalogue !== catalogue) {
    throw new HaggleError('not-found', `Catalogue ${catalogue} has no generation ${id}.`)
  }
  if (generation.status === 'ready') return generation
  throw new HaggleError('bad-request', `Generation ${id} was refused and kept no models: choose one that is ready.`)
}

function loadModel(state: ModelState, itemCount: number, surface: string): LiveModel {
  const fitted = modelNamed(state.model).load(state)
  if (fitted.itemCount !== itemCount) {
    throw new HaggleError(
      'bad-state',
      `The model ${state.model} of ${surface} knows ${fitted.itemCount} items, its generation ${itemCount}: train again.`,
    )
  }
  const scores = new Float32Array(itemCount)
  const score = (query: Query) => {
    fitted.score(query, scores)
    return scores
  }
  const explain = (query: Query, item: number) => explainScore(fitted, query, item)
  return {
    name: state.model,
    score,
    scoreOf: fitted.scoreOf,
    explain,
    scoreMs: tryOut(fitted, scores, `${state.model} of ${surface}`),
  }
}

/** Asks for a stranger and for made-up shoppers: a model that answers nonsense is refused, and later calls are warm. */
function tryOut(fitted: Fitted, scores: Float32Array, what: string): number {
  const rng = createRng('try out')
  const times = Array.from({ length: 5 }, (_, round) => {
    const count = Math.min(50, fitted.itemCount)
    const items = Int32Array.from(new Set(Array.from({ length: count }, () => rng.int(fitted.itemCount))))
    const weights = new Float32Array(items.length).fill(1)
    const query = round === 0 ? strangerQuery : { items, weights, ageDays: null, features: null }
    const startMs = performance.now()
    fitted.score(query, scores)
    const tookMs = performance.now() - startMs
    if (!scores.every(Number.isFinite)) {
      throw new HaggleError('bad-state', `The model ${what} answers with scores that are no numbers: train again.`)
    }
    return tookMs
  })
  return times.sort((a, b) => a - b)[2]
}
