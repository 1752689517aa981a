/**
 * Makes one answer: asks the surface's sources in turn until the places are filled, and keeps what may be shown.
 *
 * Restrictions hold before the best are picked, so that an answer is full wherever enough items match. What a later
 * source fills in stands below what is there: its scores are scaled by the last score before it. New items that no
 * model knows, and that fit the shopper at least half as well as whatever fits best, take every n-th place
 * (`recommend.freshShare` of all, rounded up, never the first) and the score of the item they stand behind. With
 * optional filters ten times as many are proposed, and those that meet more of them go first. Where the surface's plan
 * says so, the first source proposes five times as many and its list is composed (compose.ts), unless optional filters
 * have said already what goes first.
 */
import { dayMs } from '../base/clock.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { Profile } from '../profiles/profile-book.ts'
import { compileFilter, compilePreference, type FilterParameters } from '../retrieve/filter.ts'
import { poolSize } from '../retrieve/slate.ts'
import type { FacetHit, Hit, RecommendRequest } from './answer.ts'
import { compose } from './compose.ts'
import { sellable } from './live-catalogue.ts'
import { fitting } from './memory-sources.ts'
import type { Ask, Memory, Plan, Proposal, Proposals } from './source.ts'
import { plans } from './surfaces/index.ts'

/** A proposal that got a place, and who can say why. */
export interface Placed extends Proposal, Pick<Proposals, 'because' | 'reasons'> {}

/** A question asked as if: for finding out why an answer is as it is. */
export interface WhatIf {
  /** In place of the shopper's own. */
  readonly profile: Profile | undefined
  /** In place of what the surface leaves out. */
  readonly leaveOut: ReadonlySet<ItemId>
  /** False: in the order of the scores. */
  readonly composed: boolean
}

const mostHits = 1_000
const preferencePool = 10
/** Reasons are found for the hits a shopper sees first. */
const explainedHits = 10
const leastFitShare = 0.5

/** @throws `bad-request` where a parameter is missing or a restriction cannot be read. */
export function recommend(
  memory: Memory,
  request: RecommendRequest,
  nowMs: number,
): { hits: readonly Hit[]; facets: readonly FacetHit[] } {
  const isThere = thereFor(memory, request)
  const { placed, facets } = place(memory, request, nowMs)
  return { hits: explained(placed, isThere), facets }
}

/** Whether an item is there for who asks, as far as the key goes; one that the shop does not know is. */
function thereFor({ catalogue }: Memory, { demanded = [] }: RecommendRequest): (itemId: ItemId) => boolean {
  const filters = demanded.map(compileFilter)
  return (itemId) => {
    const item = catalogue.get(itemId)
    return item === undefined || filters.every((passes) => passes(item))
  }
}

/** The answer with who proposed what. */
export function place(
  memory: Memory,
  asked: RecommendRequest,
  nowMs: number,
  whatIf?: WhatIf,
): { placed: readonly Placed[]; facets: readonly FacetHit[] } {
  const { itemId, demanded = [] } = asked
  const hidden = itemId !== undefined && !thereFor(memory, asked)(itemId)
  // Beside what the key hides stands what stands beside an item nobody knows.
  const request = hidden ? { ...asked, itemId: '' as ItemId } : asked
  const plan = plans[request.surface]
  if (plan.needs !== undefined && request[plan.needs] === undefined) {
    const parameter = plan.needs === 'itemId' ? 'objectID' : plan.needs
    throw new HaggleError('bad-request', `${request.surface} needs the parameter ${parameter}.`)
  }
  const { restrictions = {}, fallbackRestrictions, threshold = 0 } = request
  const limit = Math.min(mostHits, Math.max(1, Math.trunc(request.limit ?? memory.config.recommend.limit)))
  const own = request.userId === null ? undefined : memory.profiles.get(request.userId)
  const base = { memory, request, nowMs, limit, profile: whatIf === undefined ? own : whatIf.profile }
  const taken = new Set<ItemId>(whatIf?.leaveOut ?? plan.leaveOut?.(base))
  const askWithin = (parameters: FilterParameters): Ask => {
    const { passes, few } = memory.restrictions.of(
      [parameters, plan.within?.(request) ?? {}, ...demanded].map(restricting),
    )
    const accept = (item: Item | null | undefined): item is Item =>
      sellableItem(item) && !taken.has(item.id) && passes(item)
    return { ...base, accept, few }
  }

  const ask = askWithin(restrictions)
  if (plan.facets !== undefined) {
    return { placed: [], facets: plan.facets(ask).filter((each) => each.score >= threshold) }
  }
  const good = (placed: readonly Placed[]) => placed.filter((each) => 100 * each.score >= threshold)
  const composed = plan.composed === true && whatIf?.composed !== false && compilePreference(restrictions) === null
  let placed = good(preferred(restrictions, (pool) => fill(plan, { ...ask, limit: pool }, taken, 1, composed), limit))
  if (fallbackRestrictions !== undefined && placed.length < limit) {
    const rest = { ...askWithin(fallbackRestrictions), limit: limit - placed.length }
    placed = [...placed, ...good(fill(plan, rest, taken, placed.at(-1)?.score ?? 1))]
  }
  if (plan.freshPlaces === true) placed = withFreshItems(placed, ask)
  return { placed, facets: [] }
}

/** What is asked besides restrictions must not make a filter look new. */
function restricting({ filters, facetFilters, numericFilters, tagFilters }: FilterParameters): FilterParameters {
  return {
    ...(filters === undefined ? {} : { filters }),
    ...(facetFilters === undefined ? {} : { facetFilters }),
    ...(numericFilters === undefined ? {} : { numericFilters }),
    ...(tagFilters === undefined ? {} : { tagFilters }),
  }
}

function sellableItem(item: Item | null | undefined): item is Item {
  return item != null && sellable(item)
}

/**
 * At most `ask.limit` proposals of the plan's sources, scores falling from `ceiling`.
 * @param composes whether the first source's list is composed
 */
function fill(plan: Plan, ask: Ask, taken: Set<ItemId>, ceiling: number, composes = false): Placed[] {
  const placed: Placed[] = []
  for (const source of plan.sources) {
    const free = ask.limit - placed.length
    if (free === 0) break
    if (exhausted(ask.few(), taken)) break
    const top = placed.at(-1)?.score ?? ceiling
    const composed = composes && source === plan.sources[0]
    const { list: all, history = [], because, reasons } = source({ ...ask, limit: composed ? poolSize(free) : free })
    for (const proposal of composed ? compose(ask.memory, all, history, free) : all) {
      const { item, score, source: by } = proposal
      placed.push({ item, score: score * top, source: by, because, reasons })
      taken.add(item.id)
    }
  }
  return placed
}

function exhausted(few: ReadonlyMap<ItemId, Item> | null, taken: ReadonlySet<ItemId>): boolean {
  if (few === null) return false
  for (const itemId of few.keys()) if (!taken.has(itemId)) return false
  return true
}

/** Puts what meets more of the optional filters first: score = (score + met) / (1 + most met). */
function preferred(restrictions: FilterParameters, propose: (pool: number) => Placed[], limit: number): Placed[] {
  const preference = compilePreference(restrictions)
  if (preference === null) return propose(limit)
  const met = propose(limit * preferencePool).map((each) => ({ each, met: preference(each.item) }))
  const most = Math.max(0, ...met.map((pair) => pair.met))
  return met
    .sort((a, b) => b.met - a.met || b.each.score - a.each.score)
    .slice(0, limit)
    .map((pair) => ({ ...pair.each, score: (pair.each.score + pair.met) / (1 + most) }))
}

function withFreshItems(placed: readonly Placed[], ask: Ask): Placed[] {
  const { generation, config } = ask.memory
  const places = ask.limit < 2 ? 0 : Math.ceil(ask.limit * config.recommend.freshShare)
  if (generation === null || generation.unknown.size === 0 || places === 0) return [...placed]
  const newestMs = ask.nowMs - config.recommend.freshDays * dayMs
  const fresh = (item: Item) => generation.indexOf(item.id) < 0 && (item.createdAtMs ?? ask.nowMs) >= newestMs
  const { list, because, reasons } = fitting({ ...ask, limit: places }, fresh)
  if (list.length === 0) return [...placed]
  const leastFit = (fitting({ ...ask, limit: 1, accept: sellableItem }).list[0]?.score ?? 0) * leastFitShare
  const every = Math.max(2, Math.floor(ask.limit / places))
  const result = [...placed]
  const fits = list.filter((proposal) => proposal.score >= leastFit)
  fits.forEach((proposal, at) => {
    const place = Math.min(result.length, every * (at + 1) - 1)
    const score = result[place - 1]?.score ?? proposal.score
    result.splice(place, 0, { ...proposal, score, because, reasons })
  })
  return result.slice(0, ask.limit)
}

function explained(placed: readonly Placed[], isThere: (itemId: ItemId) => boolean): Hit[] {
  const seen = placed.slice(0, explainedHits)
  const reasons = new Map<ItemId, readonly ItemId[]>()
  for (const because of new Set(seen.map((each) => each.because))) {
    const ids = seen.filter((each) => each.because === because).map((each) => each.item.id)
    for (const [itemId, own] of because?.(ids) ?? []) reasons.set(itemId, own)
  }
  return placed.map(({ item, score, source }) => ({
    item,
    score: 100 * score,
    source,
    because: (reasons.get(item.id) ?? []).filter(isThere),
  }))
}
