/**
 * Beside a product: what goes with it, what is bought with it, what looks like it.
 *
 * A model is asked with the product as the whole history. A product it was not trained with is stood for by the ten
 * most alike ones that it knows, weighed by their likeness, so that a new product has neighbours at once.
 */
import type { EventType } from '../../domain/event.ts'
import type { ItemId } from '../../domain/ids.ts'
import type { TrainedSurface } from '../../models/bundle.ts'
import type { Query } from '../../models/model.ts'
import type { LiveGeneration } from '../live-generation.ts'
import { alike, inDemand, sharing } from '../memory-sources.ts'
import { askModel } from '../model-source.ts'
import { type Ask, nothing, type Plan, type Source } from '../source.ts'

const mostStandIns = 10

function model(surface: TrainedSurface, type: EventType): Source {
  return (ask) => askModel(ask, surface, (generation) => queryOf(ask, generation, type), false)
}

/** The product, or its stand-ins, as a history of one event of `type` each, just now. */
function queryOf({ memory, request }: Ask, generation: LiveGeneration, type: EventType): Query | null {
  const itemId = request.itemId as ItemId
  const known = (other: ItemId) => generation.indexOf(other) >= 0
  const standIns = known(itemId) ? [{ itemId, likeness: 1 }] : memory.content.similar(itemId, mostStandIns, known)
  if (standIns.length === 0) return null
  const weight = generation.bundle.weights[type] || 1
  return {
    items: Int32Array.from(standIns, (each) => generation.indexOf(each.itemId)),
    weights: Float32Array.from(standIns, (each) => each.likeness * weight),
    ageDays: new Float32Array(standIns.length),
    features: null,
  }
}

const likeIt: Source = (ask) => {
  const { itemId: seen } = ask.request
  if (seen === undefined) return nothing
  return { list: alike(ask, seen), reasons: (itemId) => sharing(ask, seen, itemId) }
}

const besideOne = {
  needs: 'itemId',
  leaveOut: ({ request }: Pick<Ask, 'request'>) => (request.itemId === undefined ? [] : [request.itemId]),
} as const

export const relatedProducts: Plan = {
  ...besideOne,
  sources: [model('related-products', 'view'), likeIt, inDemand('popularity')],
}

export const boughtTogether: Plan = {
  ...besideOne,
  sources: [model('bought-together', 'purchase'), model('related-products', 'view'), likeIt, inDemand('popularity')],
}

/** By words, brand and category for now. */
export const lookingSimilar: Plan = { ...besideOne, sources: [likeIt] }
