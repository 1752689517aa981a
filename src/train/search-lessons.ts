/**
 * What shoppers took of what searches showed them, with everything as it stood when they were shown it.
 *
 * The log is replayed with the answers in between: before an answer the shop has been told of every event that came
 * earlier, as the live shop had been, and its rows are made by the same code (models/search-order.ts). A shopper's taste
 * comes from a model that had learnt from nothing later. Cost: one pass through the log; a row for each product shown,
 * and a score of the model, for at most `mostLessons` answers of which something was taken.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Config } from '../base/config.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { createFeatureSet, type FeatureSet, signalReader } from '../features/feature-set.ts'
import type { Examination, Sighting } from '../features/examination.ts'
import { createQueryFeedback, gradeOf, queryKey, type QueryFeedback } from '../features/query-feedback.ts'
import { queryFromHistory } from '../models/query.ts'
import { shopperRows, shopRows, type Taste, tasteOf } from '../models/search-order.ts'
import { behaviourAt } from '../preprocess/behaviour-log.ts'
import { behaviourFeatures } from '../profiles/behaviour.ts'
import { createProfileBook, type ProfileBook } from '../profiles/profile-book.ts'
import type { Store } from '../store/store.ts'
import type { Prepared } from './prepare.ts'
import type { Asked } from './surface.ts'

const mostAnswers = 50_000
const mostLessons = 6_000

/** Answers to searches in order of time, and how much each product of them was taken. */
export interface SearchLog {
  readonly answers: readonly Exposure[]
  readonly grades: ReadonlyMap<QueryId, ReadonlyMap<ItemId, number>>
}

export interface SearchLesson {
  readonly timeMs: number
  readonly userId: UserId | null
  readonly items: readonly ItemId[]
  /** Rows of the shop's stage. */
  readonly shop: Float32Array
  /** Rows of the shopper's stage, the order it is given still to be put into the first column; `null` for a stranger. */
  readonly shopper: Float32Array | null
  readonly grades: Float64Array
  /** 1-based. */
  readonly positions: Int32Array
}

export async function readSearchLog(
  store: Store,
  catalogue: CatalogueId,
  { log, untilMs }: Prepared,
): Promise<SearchLog> {
  const grades = new Map<QueryId, Map<ItemId, number>>()
  for (let at = 0; at < log.length; at++) {
    const { queryId, itemId, type } = behaviourAt(log, at)
    if (queryId === null || itemId === null || gradeOf(type) === 0) continue
    const own = grades.get(queryId) ?? new Map<ItemId, number>()
    grades.set(queryId, own)
    own.set(itemId, Math.max(gradeOf(type), own.get(itemId) ?? 0))
  }
  let answers: Exposure[] = []
  for await (const batch of store.exposures.scan(catalogue, 0, untilMs, 'training')) {
    for (const answer of batch) {
      if (answer.surface === 'search' && queryKey(answer.query ?? '') !== '') answers.push(answer)
    }
    if (answers.length > 2 * mostAnswers) answers = answers.slice(-mostAnswers)
  }
  return { answers: answers.slice(-mostAnswers), grades }
}

/** Answers that teach something: of what they show, a part was taken and a part was not. */
export function telling({ answers, grades }: SearchLog): Exposure[] {
  const teaches = ({ queryId, items }: Exposure) => {
    const own = grades.get(queryId)
    if (own === undefined) return false
    const shown = items.filter(({ textual }) => textual !== undefined)
    const taken = shown.filter(({ itemId }) => own.has(itemId)).length
    return taken > 0 && taken < shown.length
  }
  return answers.filter(teaches).slice(-mostLessons)
}

/** Every product shown, and whether it was taken. */
export function* sightings({ answers, grades }: SearchLog, untilMs: number): Generator<Sighting> {
  for (const { queryId, query = '', offset = 0, items, timeMs } of answers) {
    if (timeMs >= untilMs) return
    const key = queryKey(query)
    const own = grades.get(queryId)
    for (const [at, { itemId }] of items.entries()) {
      yield { pair: `${key}\n${itemId}`, position: offset + at + 1, taken: own?.has(itemId) ?? false }
    }
  }
}

export interface ReplayOptions {
  readonly config: Config
  readonly breathe: Breathe
  readonly examination: Examination
  /** Models that had not seen the time from `fromMs` on. */
  readonly times: readonly Pick<Asked, 'fitted' | 'fromMs'>[]
}

/** The lessons in order of time, and what is known after the last event. */
export async function replaySearches(
  prepared: Prepared,
  searchLog: SearchLog,
  options: ReplayOptions,
): Promise<{ readonly lessons: SearchLesson[]; readonly feedback: QueryFeedback }> {
  const { log, item } = prepared
  const { config, breathe } = options
  const profiles = createProfileBook({ config: config.preprocess, item })
  const features = createFeatureSet({ item, profiles })
  const feedback = createQueryFeedback(options.examination)
  const wanted = new Set(telling(searchLog).map(({ queryId }) => queryId))
  const tastes = createTastes(prepared, profiles, features, options)
  const lessons: SearchLesson[] = []
  let at = 0
  const hearUntil = async (timeMs: number) => {
    for (; at < log.length && log.timeMs[at] < timeMs; at++) {
      const behaviour = behaviourAt(log, at)
      profiles.remember(behaviour)
      features.remember(behaviour)
      feedback.remember(behaviour)
      await breathe()
    }
  }
  for (const answer of searchLog.answers) {
    await hearUntil(answer.timeMs)
    if (wanted.has(answer.queryId)) {
      const shown = shownOf(answer, item, searchLog.grades.get(answer.queryId) ?? new Map())
      const moment = { query: answer.query ?? '', userId: answer.userId, timeMs: answer.timeMs, features, feedback }
      const taste = tastes(answer.userId, answer.timeMs)
      const shop = shopRows(shown, moment)
      const shopper =
        taste === null
          ? null
          : shopperRows(
              shown,
              shown.textual.map(([all]) => all),
              moment,
              taste,
            )
      const items = shown.items.map(({ id }) => id)
      const { grades, positions } = shown
      lessons.push({ timeMs: answer.timeMs, userId: answer.userId, items, shop, shopper, grades, positions })
    }
    feedback.show(answer)
  }
  await hearUntil(Number.POSITIVE_INFINITY)
  return { lessons, feedback }
}

function shownOf(
  { items, offset = 0 }: Exposure,
  item: (itemId: ItemId) => Item | undefined,
  graded: ReadonlyMap<ItemId, number>,
) {
  const shown = items.flatMap(({ itemId, textual }, at) => {
    const record = item(itemId)
    if (record === undefined || textual === undefined) return []
    return [{ record, textual, position: offset + at + 1, grade: graded.get(itemId) ?? 0 }]
  })
  return {
    items: shown.map(({ record }) => record),
    textual: shown.map(({ textual }) => textual),
    grades: Float64Array.from(shown, ({ grade }) => grade),
    positions: Int32Array.from(shown, ({ position }) => position),
  }
}

/** `null` for a stranger; knows nothing to say where no model had learnt early enough. */
function createTastes(prepared: Prepared, profiles: ProfileBook, features: FeatureSet, options: ReplayOptions) {
  const { items, item } = prepared
  const { preprocess, recommend } = options.config
  const indexOf = (itemId: ItemId) => items.indexOf(itemId)
  const models = options.times.map(({ fitted, fromMs }) => {
    return { fitted, fromMs, scales: prepared.behavioursAt(fromMs).scales, scores: new Float32Array(fitted.itemCount) }
  })
  return (userId: UserId | null, timeMs: number): Taste | null => {
    const profile = userId === null ? undefined : profiles.get(userId)
    if (profile === undefined) return null
    const model = models.findLast(({ fromMs }) => fromMs <= timeMs)
    if (model === undefined) return () => 0
    const request = { userId, timeMs }
    const query = queryFromHistory(profile.history, {
      indexOf,
      halfLifeDays: preprocess.halfLifeDays,
      nowMs: timeMs,
      limit: recommend.historyLimit,
      features: behaviourFeatures(model.scales, profile, timeMs),
      signals: { names: features.names, read: signalReader(features, request, (index) => item(items.idOf(index))) },
    })
    model.fitted.score(query, model.scores)
    return tasteOf(model.scores, indexOf)
  }
}
