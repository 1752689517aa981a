/**
 * Proposals of a trained model: its scores for the whole catalogue, the best that may be shown, and why.
 *
 * Score: (s − least) / (best − least) over all items now on sale, so 1 is what the model would put first with no
 * restriction. Items with the least score of all are left to the next source: the model has nothing to say of them.
 *
 * Why: leave one item h out of the history and score again; Δ(h, i) = s(i | history) − s(i | history without h) is what
 * it adds. Those that add at least a fifth of the greatest addition are named. Leaving out the only item leaves a
 * stranger, who may be scored on another scale, so both are standardised then. At most 10 items of the history are
 * tried, the latest first; fewer where the model is slow and scores all or none, which is O(items) for each.
 */
import type { ItemId } from '../domain/ids.ts'
import type { TrainedSurface } from '../models/bundle.ts'
import { withoutPlaces } from '../models/explain.ts'
import type { Query } from '../models/model.ts'
import { highestAccepted, peaksOf, topAccepted } from '../kernels/peaks.ts'
import { createTopK } from '../kernels/top-k.ts'
import type { LiveGeneration, LiveModel } from './live-generation.ts'
import { type Ask, nothing, type Proposals, type Reasons } from './source.ts'

const reasons = 3
const leastShare = 0.2
const mostLeftOut = 10
/** What finding reasons may cost an answer. */
const budgetMs = 3

/** `query` makes the question once it is clear that a model can be asked; `null` where it has nothing to ask. */
export function askModel(
  ask: Ask,
  surface: TrainedSurface,
  query: (generation: LiveGeneration) => Query | null,
  explained: boolean,
): Proposals {
  const { generation } = ask.memory
  const model = generation?.model(surface)
  const question = model && generation ? query(generation) : null
  if (!generation || !model || !question) return nothing
  const scores = model.score(question)
  const { items } = generation
  const peaks = peaksOf(scores)
  const { least } = peaks
  const best = highestAccepted(scores, peaks, (index) => items[index] !== null)
  const accept = (index: number) => ask.accept(items[index])
  const few = ask.few()
  const found =
    few === null
      ? topAccepted(scores, peaks, ask.limit, accept)
      : among(few.keys(), generation, scores, { least, limit: ask.limit, accept })
  const list = Array.from(found).flatMap((index) => {
    const item = generation.items[index]
    return item === null ? [] : [{ item, score: (scores[index] - least) / (best - least), source: model.name }]
  })
  const history = Array.from(question.items, (index, at) => ({
    itemId: generation.idOf(index),
    weight: question.weights[at],
  }))
  const reasons = (itemId: ItemId): Reasons | null => {
    const index = generation.indexOf(itemId)
    if (index < 0) return null
    const explanation = model.explain(question, index)
    return { source: model.name, explanation, history: history.map((each) => each.itemId) }
  }
  if (!explained) return { list, history, reasons }
  const given = new Map(list.map(({ item }) => [item.id, scores[generation.indexOf(item.id)]]))
  return { list, history, reasons, because: (itemIds) => leaveOneOut(generation, model, question, itemIds, given) }
}

function among(
  itemIds: Iterable<ItemId>,
  { indexOf }: LiveGeneration,
  scores: Float32Array,
  { least, limit, accept }: { least: number; limit: number; accept: (index: number) => boolean },
): Int32Array {
  const top = createTopK(Math.min(limit, scores.length))
  for (const itemId of itemIds) {
    const index = indexOf(itemId)
    if (scores[index] > least && top.admits(index, scores[index]) && accept(index)) top.offer(index, scores[index])
  }
  return top.drain()
}

/** `given` are the scores with the whole history. */
function leaveOneOut(
  generation: LiveGeneration,
  model: LiveModel,
  query: Query,
  itemIds: readonly ItemId[],
  given: ReadonlyMap<ItemId, number>,
) {
  const targets = itemIds.map(generation.indexOf)
  const only = query.items.length === 1
  const { scoreOf } = only ? {} : model
  const measureAll = (asked: Query) => (only ? standardised : raw)(model.score(asked), targets)
  const measure = scoreOf === undefined ? measureAll : (asked: Query) => scoreOf(asked, targets)
  const all = only ? measureAll(query) : itemIds.map((itemId) => given.get(itemId) ?? 0)
  const affordable = scoreOf === undefined ? Math.floor(budgetMs / Math.max(1e-3, model.scoreMs)) : mostLeftOut
  const count = Math.min(query.items.length, mostLeftOut, Math.max(1, affordable))
  const additions = Array.from({ length: count }, (_, back) => {
    const left = query.items.length - 1 - back
    const without = measure(withoutPlaces(query, new Set([left])))
    return { itemId: generation.idOf(query.items[left]), added: all.map((score, at) => score - without[at]) }
  })
  return new Map(itemIds.map((itemId, at) => [itemId, strongest(additions, at)]))
}

function strongest(additions: readonly { itemId: ItemId; added: readonly number[] }[], target: number): ItemId[] {
  const ranked = additions.filter(({ added }) => added[target] > 0).sort((a, b) => b.added[target] - a.added[target])
  const least = leastShare * (ranked[0]?.added[target] ?? 0)
  return ranked.filter(({ added }, place) => place < reasons && added[target] >= least).map(({ itemId }) => itemId)
}

function raw(scores: Float32Array, targets: readonly number[]): number[] {
  return targets.map((index) => scores[index])
}

function standardised(scores: Float32Array, targets: readonly number[]): number[] {
  let sum = 0
  let squares = 0
  for (let index = 0; index < scores.length; index++) {
    sum += scores[index]
    squares += scores[index] * scores[index]
  }
  const mean = sum / scores.length
  const deviation = Math.sqrt(Math.max(0, squares / scores.length - mean * mean)) || 1
  return targets.map((index) => (scores[index] - mean) / deviation)
}
