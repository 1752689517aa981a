/**
 * What two generations would have shown to the same shoppers, beside what those then did.
 *
 * A shopper is asked as of a cut: the earlier end of what the two have learnt from, so that what came after is known to
 * neither. Where too few went on since, the cut is where the training's own test began, and the answer says that what
 * followed was learnt from. Their page is written anew from their events before the cut (words weigh by what is on it
 * alone); demand, signals of items and the catalogue are today's. Cost: two generations loaded, and one question each
 * for every shopper.
 */
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import { type EventType, eventTypeIndex, type ShopEvent } from '../domain/event.ts'
import type { CatalogueId, GenerationId, ItemId, UserId } from '../domain/ids.ts'
import { type Item, readItem } from '../domain/item.ts'
import { cleanEvent } from '../preprocess/clean.ts'
import { createProfileBook, type Profile } from '../profiles/profile-book.ts'
import type { Generation, Store } from '../store/store.ts'
import type { Surface } from './answer.ts'
import { type LiveGeneration, loadGeneration, readyGeneration } from './live-generation.ts'
import { place } from './recommend.ts'
import type { Memory } from './source.ts'
import { plans } from './surfaces/index.ts'

export interface CompareRequest {
  readonly catalogue: CatalogueId
  readonly generations: readonly [GenerationId, GenerationId]
  /** One that asks with the shopper alone. */
  readonly surface: Surface
  readonly shoppers: number
  readonly limit: number
  /** Other shoppers for another seed. */
  readonly seed: string
}

export interface ComparedShopper {
  readonly userId: UserId
  /** Latest last. */
  readonly known: readonly Item[]
  readonly lists: readonly (readonly { readonly item: Item; readonly score: number; readonly source: string }[])[]
  readonly done: readonly { readonly item: Item; readonly type: EventType; readonly isNew: boolean }[]
}

export interface Compared {
  readonly cutMs: number
  /** For each generation: whether it had learnt from what followed the cut. */
  readonly knewOutcome: readonly boolean[]
  /** Of all shoppers who went on after the cut, not of those shown alone. */
  readonly candidates: number
  readonly shoppers: readonly ComparedShopper[]
}

const shownItems = 12
const eventsRead = 2_000
/** Fewer known items say too little of a taste. */
const fewestKnown = 3

/** Rejects with `not-found` for a generation that is not there, `bad-request` for one without models. */
export async function compareGenerations(live: Memory, store: Store, request: CompareRequest): Promise<Compared> {
  if (plans[request.surface].needs !== undefined || plans[request.surface].facets !== undefined) {
    throw new HaggleError('bad-request', `${request.surface} cannot be compared by shopper: it asks for more than one.`)
  }
  const kept = await Promise.all(request.generations.map((id) => readyGeneration(store, request.catalogue, id)))
  const generations: LiveGeneration[] = []
  for (const { id } of kept) {
    const generation = await loadGeneration(store, request.catalogue, id)
    generation.align(live.catalogue)
    generations.push(generation)
  }
  const { cutMs, profiles } = chooseCut(live, kept, request.shoppers)
  const rng = createRng(request.seed).fork('compare')
  const drawn = rng.shuffle([...profiles.keys()]).map((at) => profiles[at])
  const shoppers: ComparedShopper[] = []
  const breathe = createBreathe()
  for (const { userId } of drawn) {
    if (shoppers.length === request.shoppers) break
    const shopper = asOf(live, await store.events.ofUser(request.catalogue, userId, eventsRead), cutMs)
    await breathe()
    if (shopper === null) continue
    const lists = generations.map((generation) => listFor({ ...live, generation }, shopper.profile, request, cutMs))
    shoppers.push({ userId, lists, ...shown(live, request.catalogue, shopper) })
  }
  return {
    cutMs,
    knewOutcome: kept.map(({ dataUntilMs }) => dataUntilMs > cutMs),
    candidates: profiles.length,
    shoppers,
  }
}

function chooseCut(live: Memory, kept: readonly Generation[], wantedCount: number) {
  const wentOn = (cutMs: number) =>
    [...live.profiles.all()].filter((profile) => profile.lastMs > cutMs && profile.firstMs <= cutMs)
  const cutMs = Math.min(...kept.map(({ dataUntilMs }) => dataUntilMs))
  const profiles = wentOn(cutMs)
  if (profiles.length >= wantedCount) return { cutMs, profiles }
  const testMs = Math.min(...kept.map(({ report }) => testOf(report) ?? cutMs))
  return { cutMs: testMs, profiles: wentOn(testMs) }
}

function testOf(report: Generation['report']): number | null {
  const { testMs } = report as { testMs?: unknown }
  return typeof testMs === 'number' ? testMs : null
}

interface PastShopper {
  readonly profile: Profile
  readonly after: readonly ShopEvent[]
}

/** The shopper as they were; `null` where there was too little, or nothing about products since. */
function asOf(live: Memory, newestFirst: readonly ShopEvent[], cutMs: number): PastShopper | null {
  const book = createProfileBook({ config: live.config.preprocess, item: live.catalogue.get })
  const after: ShopEvent[] = []
  const context = { config: live.config.preprocess, nowMs: Number.MAX_SAFE_INTEGER, item: live.catalogue.get }
  for (const event of [...newestFirst].reverse()) {
    if (event.timeMs > cutMs) after.push(event)
    else {
      const behaviour = cleanEvent(event, context)
      if (behaviour !== null) book.remember(behaviour)
    }
  }
  const profile = newestFirst.length === 0 ? undefined : book.get(newestFirst[0].userId)
  const went = after.some(({ itemId }) => itemId !== null)
  return profile === undefined || profile.historyLength < fewestKnown || !went ? null : { profile, after }
}

function listFor(memory: Memory, profile: Profile, request: CompareRequest, nowMs: number) {
  const { catalogue, surface, limit } = request
  const asked = { catalogue, surface, limit, userId: profile.userId }
  const leaveOut = new Set(plans[surface].leaveOut?.({ memory, request: asked, nowMs, limit, profile }))
  const { placed } = place(memory, asked, nowMs, { profile, leaveOut, composed: true })
  return placed.map(({ item, score, source }) => ({ item, score: 100 * score, source }))
}

function shown(live: Memory, catalogue: CatalogueId, { profile, after }: PastShopper) {
  const item = (itemId: ItemId) => live.catalogue.get(itemId) ?? readItem(catalogue, { objectID: itemId })
  const strongest = new Map<ItemId, EventType>()
  for (const { itemId, type } of after) {
    if (itemId === null) continue
    const before = strongest.get(itemId)
    if (before === undefined || eventTypeIndex(type) > eventTypeIndex(before)) strongest.set(itemId, type)
  }
  return {
    known: profile.history.slice(-shownItems).map(({ itemId }) => item(itemId)),
    done: [...strongest].map(([itemId, type]) => ({
      item: item(itemId),
      type,
      isNew: profile.entry(itemId) === undefined,
    })),
  }
}
