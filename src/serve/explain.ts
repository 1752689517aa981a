/**
 * Why an item stands in an answer, truthfully: by the very answer that would be given now.
 *
 * - what spoke for it: how the model came to its score, in parts that sum to it (models/model.ts), or the interests and
 *   words it shares with what is wanted
 * - what would have to be different: the smallest set of the shopper's items without which the whole answer, everything
 *   from scores to places for new items, would not hold it (removal.ts). Left out are they from the history that models
 *   are asked with and from the present visit; interests, habits and what the surface leaves out stay as they are, and
 *   none of them may take the free place itself.
 *
 * Cost: an answer for each set tried, at most `budget` of them, giving way to other answers between two.
 */
import { createBreathe } from '../base/breathe.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { Judgement, PartKind } from '../models/model.ts'
import type { Profile } from '../profiles/profile-book.ts'
import type { RecommendRequest } from './answer.ts'
import { sellable } from './live-catalogue.ts'
import { place, type Placed, type WhatIf } from './recommend.ts'
import { searchRemoval } from './removal.ts'
import type { Memory, Reasons } from './source.ts'
import { plans } from './surfaces/index.ts'

export interface ExplainRequest extends RecommendRequest {
  /** The recommendation to be explained. */
  readonly hit: ItemId
  /** How many answers may be recomputed; 200 where absent. */
  readonly budget?: number
}

/** What one of the shopper's items says. */
export interface Said {
  readonly item: Item | ItemId
  readonly part: number
}

export interface Account {
  /** A model's name, `content`, `trending`, `history` or `catalogue`. */
  readonly source: string
  /** Where a model scored it: `rest` and the parts sum to `score`. */
  readonly score: number | null
  readonly rest: number | null
  readonly kind: PartKind | null
  /** By size of the part, whichever way it speaks. */
  readonly history: readonly Said[]
  readonly voices: readonly {
    readonly name: string
    readonly share: number
    readonly score: number
    readonly kind: PartKind
  }[]
  readonly judgement: Judgement | null
  readonly shared: readonly { readonly tag: string; readonly part: number }[]
}

export type Drop =
  | {
      readonly found: true
      readonly items: readonly (Item | ItemId)[]
      readonly verified: true
      readonly minimal: boolean
      readonly smallest: boolean
      /** By score, then; `null` beyond the first thousand. */
      readonly rank: number | null
      readonly recomputed: number
    }
  | { readonly found: false; readonly reason: string; readonly recomputed: number }

export interface Explained {
  readonly item: Item
  readonly limit: number
  /** From 1; `null` where it is not in the answer. */
  readonly place: number | null
  /** By score alone, with nothing composed, from 1; `null` beyond the first thousand. */
  readonly rank: number | null
  /** Why it is not in the answer; `null` where it is. */
  readonly absent: string | null
  readonly account: Account | null
  readonly removal: Drop | null
}

const usualBudget = 200
const somethingElse = 'It stays whatever of the history is left out: something else speaks for it.'
const ownDealings = 'It stays whatever else of the history is left out: the shopper has had to do with it before.'
const furthest = 1_000

/**
 * Rejects with `not-found` for an item or a shopper the shop does not know, and with `bad-request` where the surface does
 * not answer with items.
 */
export async function explain(live: Memory, request: ExplainRequest, nowMs: number): Promise<Explained> {
  // What goes live meanwhile does not touch it.
  const memory: Memory = { ...live, generation: live.generation }
  const item = memory.catalogue.get(request.hit)
  if (item === undefined) {
    throw new HaggleError('not-found', `There is no item ${request.hit} in ${request.catalogue}.`)
  }
  const plan = plans[request.surface]
  if (plan.facets !== undefined) {
    throw new HaggleError('bad-request', `${request.surface} answers with values, not with items to be explained.`)
  }
  const known = request.userId === null ? undefined : memory.profiles.get(request.userId)
  if (request.userId !== null && known === undefined) {
    throw new HaggleError('not-found', `Nothing is known of shopper ${request.userId} in ${request.catalogue}.`)
  }
  // As they are now, whatever they do meanwhile.
  const profile = known && forgetting(known, new Set())
  const limit = request.limit ?? memory.config.recommend.limit
  const leaveOut = new Set(plan.leaveOut?.({ memory, request, nowMs, limit, profile }))
  const ask = (asked: Partial<WhatIf> = {}, places = limit): readonly Placed[] => {
    const whatIf = { profile, leaveOut, composed: true, ...asked }
    return place(memory, { ...request, limit: places }, nowMs, whatIf).placed
  }
  const placed = ask()
  const at = placed.findIndex((each) => each.item.id === item.id)
  const reasons = reasonsFor(item.id, placed[at] ?? null, ask)
  const rankOf = (asked: Partial<WhatIf> = {}): number | null => {
    const found = ask({ ...asked, composed: false }, furthest).findIndex((each) => each.item.id === item.id)
    return found < 0 ? null : found + 1
  }
  return {
    item,
    limit,
    place: at < 0 ? null : at + 1,
    rank: rankOf(),
    absent: at < 0 ? absence(item, leaveOut, limit) : null,
    account: reasons && accountOf(reasons, memory),
    removal: at < 0 ? null : await removal({ memory, profile, leaveOut, ask, rankOf, reasons, request }),
  }
}

/** Of who proposed it; for what was not proposed, of the first in the list who knows it. */
function reasonsFor(
  itemId: ItemId,
  own: Placed | null,
  ask: (asked?: Partial<WhatIf>, places?: number) => readonly Placed[],
): Reasons | null {
  if (own !== null) return own.reasons?.(itemId) ?? { source: own.source }
  for (const reasons of new Set(ask({}, furthest).map((each) => each.reasons))) {
    const found = reasons?.(itemId)
    if (found) return found
  }
  return null
}

function absence(item: Item, leaveOut: ReadonlySet<ItemId>, limit: number): string {
  if (!sellable(item)) return 'It is hidden or out of stock.'
  if (leaveOut.has(item.id)) return 'This surface leaves it out for this shopper: bought, or looked at in this visit.'
  return `Others stand before it: it is not among the first ${limit}, or not within the restrictions.`
}

function accountOf({ source, explanation, history = [], shared = [] }: Reasons, { catalogue }: Memory): Account {
  const said = Array.from(explanation?.history ?? [], (part, at) => ({
    item: catalogue.get(history[at]) ?? history[at],
    part,
  }))
  return {
    source,
    score: explanation?.score ?? null,
    rest: explanation?.rest ?? null,
    kind: explanation?.kind ?? null,
    history: said.sort((a, b) => Math.abs(b.part) - Math.abs(a.part)),
    voices: (explanation?.voices ?? []).map(({ name, share, score, kind }) => ({ name, share, score, kind })),
    judgement: explanation?.judgement ?? null,
    shared,
  }
}

interface Search {
  readonly memory: Memory
  readonly profile: Profile | undefined
  readonly leaveOut: ReadonlySet<ItemId>
  readonly ask: (asked?: Partial<WhatIf>, places?: number) => readonly Placed[]
  readonly rankOf: (asked?: Partial<WhatIf>) => number | null
  readonly reasons: Reasons | null
  readonly request: ExplainRequest
}

async function removal(search: Search): Promise<Drop> {
  const { memory, profile, leaveOut, ask, rankOf, request, reasons } = search
  const { hit, budget = usualBudget } = request
  const none = (reason: string, recomputed = 0): Drop => ({ found: false, reason, recomputed })
  if (plans[request.surface].needs === 'itemId') {
    return none("It goes by the product looked at, not by the shopper's history.")
  }
  const entries = strongestFirst(search)
  if (profile === undefined || entries.length === 0) {
    return none("Nothing of the shopper's history was asked for it.")
  }
  const without = (items: readonly ItemId[]): Partial<WhatIf> => {
    const removed = new Set(items)
    return { profile: forgetting(profile, removed), leaveOut: new Set([...leaveOut, ...removed]) }
  }
  const breathe = createBreathe()
  const drops = async (items: readonly ItemId[]) => {
    await breathe()
    return ask(without(items)).every((each) => each.item.id !== hit)
  }
  const found = await searchRemoval(entries, drops, budget)
  if (found.removal === null) {
    return found.asked < budget
      ? none(reasons?.history?.includes(hit) === true ? ownDealings : somethingElse, found.asked)
      : none(`No set was found within ${budget} recomputed answers.`, found.asked)
  }
  const { removed, minimal, smallest } = found.removal
  return {
    found: true,
    items: removed.map((itemId) => memory.catalogue.get(itemId) ?? itemId),
    verified: true,
    minimal,
    smallest,
    rank: rankOf(without(removed)),
    recomputed: found.asked,
  }
}

/**
 * The entries of the history that were asked, but for the item itself: those first that speak most for it, compared with
 * the one that would take its place.
 */
function strongestFirst({ ask, request: { hit }, reasons }: Search): ItemId[] {
  const { explanation, history } = reasons ?? {}
  if (explanation === undefined || history === undefined) return []
  const placed = ask()
  const next = ask({ composed: false }, placed.length + 1).find(
    (each) => !placed.some((other) => other.item.id === each.item.id),
  )
  const other = next?.reasons?.(next.item.id)
  const comparable = other?.source === reasons?.source ? other?.explanation?.history : undefined
  const value = (at: number) => explanation.history[at] - (comparable?.[at] ?? 0)
  return [...history.keys()]
    .filter((at) => history[at] !== hit)
    .sort((a, b) => value(b) - value(a))
    .map((at) => history[at])
}

/** The same shopper without some of their items in history and visit; all else as it is. */
function forgetting(profile: Profile, removed: ReadonlySet<ItemId>): Profile {
  const history = profile.history.filter(({ itemId }) => !removed.has(itemId))
  const own: Pick<Profile, 'history' | 'historyLength' | 'entry' | 'session'> = {
    history,
    historyLength: history.length,
    entry: (itemId) => (removed.has(itemId) ? undefined : profile.entry(itemId)),
    session: (nowMs) => profile.session(nowMs).filter((itemId) => !removed.has(itemId)),
  }
  return Object.create(
    profile,
    Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { value: value }])),
  ) as Profile
}
