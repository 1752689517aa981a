/**
 * Every live shop of this process, by the name of its catalogue, and all that changes what they sell and how they are
 * searched.
 *
 * A change is safe in the store first, and then taken over from there (follower.ts), whole: a search sees the catalogue
 * before or after it. Changes of one catalogue that are made here wait for each other. What is to be read anew, as after
 * copying and moving, is built beside the old shop, which answers until the swap.
 */
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { type Progress, silentProgress } from '../base/progress.ts'
import { createTurns } from '../base/turns.ts'
import { HaggleError } from '../domain/errors.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId, UserId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { CataloguePart, Entry, EntryKind, ItemChange, News, Settings, Store, StoredEvent } from '../store/store.ts'
import { readRule } from './rule.ts'
import { knownSettings, type Raw, readSettings } from './search-parameters.ts'
import { sortKeysOf } from './order-hits.ts'
import { loadSearchState, primaryOf, replicasOf } from './search-state.ts'
import type { LiveShop } from './live-shop.ts'
import { openShop } from './shop.ts'
import { readSynonym } from './synonym.ts'
import { draftState, type SearchDraft } from './search-draft.ts'
import type { SearchResult } from './search.ts'
import type { SearchRequest } from './shop-search.ts'
import type { Taken } from './taken.ts'

export interface LiveShopsOptions {
  readonly store: Store
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly onShown: (exposure: Exposure) => void
  /** Told how expected each first new thing was that a shopper took. */
  readonly onTaken: (catalogue: CatalogueId, taken: Taken) => void
  /** Told of each shop that was brought live, and of each that has another generation. */
  readonly onLive: (shop: LiveShop) => Promise<void>
  /** Resolves once all that was changed in the store so far has come to `follow`. */
  readonly followed: () => Promise<void>
  /** Runs `work` while no events come in. */
  readonly pauseEvents: (work: () => Promise<void>) => Promise<void>
}

export interface LiveShops {
  all(): Iterable<LiveShop>
  /** The shop of a catalogue or of one of its replicas; `not-found` where there is none. */
  readonly of: (index: CatalogueId) => LiveShop
  /** The catalogue that an index is, or is a replica of; the index itself where it is neither. */
  catalogueOf(index: CatalogueId): CatalogueId
  /** The shop of exactly that catalogue, if it is live. */
  get(catalogue: CatalogueId): LiveShop | undefined
  /** Reads a catalogue and its log into memory and swaps it in; events wait for the last step only. */
  bringLive(catalogue: CatalogueId): Promise<void>
  /** Tells `progress` how far the catalogue is where it is read anew during `work`. */
  reporting(catalogue: CatalogueId, progress: Progress, work: () => Promise<void>): Promise<void>
  /** Takes over what happened in the store. */
  readonly follow: (news: News) => Promise<void>
  /** Takes note of events that are safe, in the order of the log; each shop of those it has not read yet. */
  readonly hear: (events: readonly StoredEvent[]) => void
  /** @throws `bad-state` where the generation that is to be live cannot be loaded. */
  requireLive(catalogue: CatalogueId): void
  /** All changes or none, as one task. */
  change(changes: ReadonlyMap<CatalogueId, readonly ItemChange[]>): Promise<number>
  deleteBy(catalogue: CatalogueId, request: Parameters<LiveShop['matching']>[0]): Promise<number>
  /** Removes a catalogue with its items and settings; its events and generations stay. */
  drop(catalogue: CatalogueId): Promise<number>
  copy(source: CatalogueId, target: CatalogueId, parts: readonly CataloguePart[] | null): Promise<number>
  move(source: CatalogueId, target: CatalogueId): Promise<number>
  /** Unknown settings are ignored. @throws `bad-request` naming a wrong one. */
  changeSettings(index: CatalogueId, changes: Raw, forwardToReplicas: boolean): Promise<number>
  saveEntries(catalogue: CatalogueId, kind: EntryKind, records: readonly Raw[], replace: boolean): Promise<number>
  removeEntries(catalogue: CatalogueId, kind: EntryKind, ids: readonly string[] | null): Promise<number>
  /** What a search would answer were the draft saved; changes nothing. @throws `bad-request` where it cannot be read. */
  preview(request: SearchRequest, draft: SearchDraft, atMs: number): Promise<SearchResult>
  forget(userId: UserId): void
  readonly knows: (userId: UserId) => boolean
  /** Where shops hold something of a shopper. */
  readonly places: (userId: UserId) => string[]
  /** Reads a shopper's own page anew, in every shop. */
  readonly relearn: (userId: UserId) => Promise<void>
  /** A visitor turned out to be `account`, who is to be read anew. */
  readonly rename: (visitor: UserId, account: UserId) => void
  close(): Promise<void>
}

/** More than sign in while one shop is read. */
const mostChanged = 100_000

export function createLiveShops(options: LiveShopsOptions): LiveShops {
  const { store, config, clock, log, onShown, onTaken, onLive, followed, pauseEvents } = options
  const shops = new Map<CatalogueId, LiveShop>()
  /** The last event each of them knows. */
  const heard = new WeakMap<LiveShop, number>()
  const turns = createTurns()

  /** Shoppers who changed lately, in this order: a shop that was being read meanwhile must hear of them. */
  const changed = new Map<UserId, number>()
  let changes = 0
  const readFrom = new WeakMap<LiveShop, number>()

  const listening = new Map<CatalogueId, Progress>()
  const build = async (catalogue: CatalogueId): Promise<LiveShop> => {
    const before = changes
    const progress = listening.get(catalogue) ?? silentProgress
    const shop = await openShop({
      ...{ store, catalogue, config, clock, log, onShown, progress },
      onTaken: (taken) => onTaken(catalogue, taken),
    })
    readFrom.set(shop, before)
    return shop
  }

  const change = (userId: UserId): void => {
    changed.delete(userId)
    changed.set(userId, ++changes)
    if (changed.size > mostChanged) changed.delete(changed.keys().next().value as UserId)
  }

  const hear = (events: readonly StoredEvent[], some: Iterable<LiveShop> = shops.values()): void => {
    for (const shop of some) {
      const known = heard.get(shop) ?? shop.sequence
      const news = events.filter(({ catalogue, sequence }) => catalogue === shop.catalogue && sequence > known)
      if (news.length === 0) continue
      shop.remember(news)
      heard.set(shop, news[news.length - 1].sequence)
    }
  }

  /** In the place of those of the same names, all in one go. */
  const swapIn = async (fresh: readonly LiveShop[], gone: Iterable<CatalogueId> = []): Promise<void> => {
    const left: (LiveShop | undefined)[] = []
    await pauseEvents(async () => {
      for (const shop of fresh) {
        const { catalogue, sequence } = shop
        for await (const events of store.events.scan({ catalogue, afterSequence: sequence })) hear(events, [shop])
        for (const [userId, at] of changed) {
          if (at <= (readFrom.get(shop) ?? 0)) continue
          shop.forget(userId)
          await shop.relearn(userId)
        }
      }
      for (const catalogue of gone) {
        left.push(shops.get(catalogue))
        shops.delete(catalogue)
      }
      for (const shop of fresh) {
        left.push(shops.get(shop.catalogue))
        shops.set(shop.catalogue, shop)
      }
      for (const shop of left) await shop?.close()
    })
    for (const shop of fresh) await onLive(shop)
  }

  const named = (index: CatalogueId): LiveShop | undefined =>
    shops.get(index) ?? [...shops.values()].find((shop) => shop.settings(index) !== null)

  /** Reads them as the store has them now; what is gone there, or has become a replica, goes. */
  const renew = async (catalogues: Iterable<CatalogueId>): Promise<void> => {
    const fresh: LiveShop[] = []
    const gone: CatalogueId[] = []
    for (const catalogue of catalogues) {
      const isThere = (await store.catalogues.lastTask(catalogue)) > 0
      if (isThere && primaryOf(await store.catalogues.settings(catalogue)) === null) fresh.push(await build(catalogue))
      else gone.push(catalogue)
    }
    if (fresh.length + gone.length > 0) await swapIn(fresh, gone)
  }

  /** What is set is in effect from the next search on; the catalogues that are to be read anew for it are added to `anew`. */
  const reconfigure = async (index: CatalogueId, anew: Set<CatalogueId>): Promise<void> => {
    const primary = primaryOf(await store.catalogues.settings(index))
    if (primary !== null && shops.has(index)) anew.add(index)
    const catalogue = primary ?? index
    const shop = shops.get(catalogue)
    if (shop === undefined || !shop.configure(await loadSearchState(store, catalogue))) anew.add(catalogue)
  }

  const goLive = async (catalogue: CatalogueId): Promise<void> => {
    const shop = shops.get(catalogue)
    const id = await store.generations.live(catalogue)
    if (shop === undefined || (shop.generation === id && shop.broken === null)) return
    await shop.goLive(id).catch((error: unknown) => {
      // Where the store did not answer nothing is known of the generation: this is followed again.
      if (shop.broken !== id) throw error
      log.error({ err: error, catalogue, generation: id }, 'the live generation cannot be loaded; the one before stays')
    })
    await onLive(shop)
  }

  const follow = async ({ gap, items, settings, whole, live: generations }: News): Promise<void> => {
    const everything = gap ? [...shops.keys(), ...(await store.catalogues.list()).map((each) => each.catalogue)] : []
    const anew = new Set<CatalogueId>([...whole, ...everything])
    for (const catalogue of items.keys()) if (!shops.has(catalogue)) anew.add(catalogue)
    // In one go with each other.
    for (const [catalogue, { cleared, records }] of items) {
      if (anew.has(catalogue)) continue
      const changes: ItemChange[] = cleared ? [{ kind: 'clear' }] : []
      for (const [itemId, record] of records) {
        changes.push(record === null ? { kind: 'delete', itemId } : { kind: 'put', record })
      }
      shops.get(catalogue)?.applyChanges(changes)
    }
    for (const index of settings) if (!anew.has(index)) await reconfigure(index, anew)
    // Where it is everything, not all of it twice in memory.
    if (gap) for (const catalogue of anew) await renew([catalogue])
    else await renew(anew)
    for (const catalogue of generations) if (!anew.has(catalogue)) await goLive(catalogue)
  }

  const refuseReplicas = async (catalogues: Iterable<CatalogueId>): Promise<void> => {
    for (const catalogue of catalogues) {
      const primary = primaryOf(await store.catalogues.settings(catalogue))
      if (primary !== null) {
        throw new HaggleError('bad-request', `Index ${catalogue} is a replica: change its primary ${primary} instead.`)
      }
    }
  }

  const exists = async (catalogue: CatalogueId): Promise<void> => {
    if ((await store.catalogues.lastTask(catalogue)) === 0) {
      throw new HaggleError('not-found', `Index ${catalogue} does not exist.`)
    }
  }

  const apply = async (changes: ReadonlyMap<CatalogueId, readonly ItemChange[]>): Promise<number> => {
    await refuseReplicas(changes.keys())
    return store.catalogues.applyAll(changes, clock.now())
  }

  /** Work of the store that is done once it is seen here, too. */
  const seen = async (catalogues: readonly CatalogueId[], work: () => Promise<number>): Promise<number> =>
    turns.take(catalogues, async () => {
      const task = await work()
      await followed()
      return task
    })

  const changeSettings = async (index: CatalogueId, changes: Raw, forward: boolean): Promise<number> => {
    const known = checkedSettings(index, changes)
    return store.catalogues.rearrange(async (settingsOf) => {
      const before = await settingsOf(index)
      const plan = new Map<CatalogueId, Settings>([[index, known]])
      if (primaryOf(before) !== null) return plan
      const after = { ...before, ...known }
      if (known.replicas !== undefined) {
        for (const [name, change] of await retie(index, before, after, settingsOf)) plan.set(name, change)
      }
      if (!forward) return plan
      const { replicas: _, ...shared } = known
      for (const { name } of replicasOf(readSettings(after))) {
        plan.set(name as CatalogueId, { ...plan.get(name as CatalogueId), ...shared })
      }
      return plan
    }, clock.now())
  }

  const of = (index: CatalogueId): LiveShop => {
    const shop = named(index)
    if (shop !== undefined) return shop
    throw new HaggleError('not-found', `Index ${index} does not exist: import its products or its log first.`)
  }

  return {
    all: () => shops.values(),
    get: (catalogue) => shops.get(catalogue),
    catalogueOf: (index) => named(index)?.catalogue ?? index,
    of,
    preview: async (request, draft, atMs) => {
      const trial = await draftState(store, of(request.index).catalogue, request.index, draft)
      return of(request.index).preview(trial, request, atMs)
    },
    bringLive: async (catalogue) => swapIn([await build(catalogue)]),
    reporting: async (catalogue, progress, work) => {
      listening.set(catalogue, progress)
      await work().finally(() => listening.delete(catalogue))
    },
    follow,
    hear,
    requireLive: (catalogue) => {
      const broken = shops.get(catalogue)?.broken ?? null
      if (broken === null) return
      throw new HaggleError('bad-state', `Generation ${broken} of ${catalogue} cannot be loaded: the log says why.`)
    },
    change: (changes) => seen([...changes.keys()], () => apply(changes)),
    deleteBy: (catalogue, request) =>
      seen([catalogue], () => {
        const found = shops.get(catalogue)?.matching(request) ?? []
        return apply(new Map([[catalogue, found.map((itemId): ItemChange => ({ kind: 'delete', itemId }))]]))
      }),
    drop: (catalogue) =>
      seen([catalogue], () =>
        store.catalogues.rearrange(async (settingsOf) => {
          const freed = await retie(catalogue, await settingsOf(catalogue), {}, settingsOf)
          return new Map<CatalogueId, Settings | null>([...freed, [catalogue, null]])
        }, clock.now()),
      ),
    copy: (source, target, parts) =>
      seen([source, target], async () => {
        await exists(source)
        await refuseReplicas([target])
        return store.catalogues.copy(source, target, parts, clock.now())
      }),
    move: (source, target) =>
      seen([source, target], async () => {
        await exists(source)
        await refuseReplicas([source, target])
        return store.catalogues.move(source, target, clock.now())
      }),
    changeSettings: (index, changes, forward) => seen([index], () => changeSettings(index, changes, forward)),
    saveEntries: (catalogue, kind, records, replace) =>
      seen([catalogue], async () => {
        await refuseReplicas([catalogue])
        const entries = records.map((record, at): Entry => readEntry(kind, record, at))
        return store.entries.save(catalogue, kind, entries, { replace, nowMs: clock.now() })
      }),
    removeEntries: (catalogue, kind, ids) =>
      seen([catalogue], () => store.entries.remove(catalogue, kind, ids, clock.now())),
    forget: (userId) => {
      change(userId)
      for (const shop of shops.values()) shop.forget(userId)
    },
    knows: (userId) => [...shops.values()].some((shop) => shop.knows(userId)),
    places: (userId) => [...shops.values()].flatMap((shop) => shop.places(userId)),
    relearn: async (userId) => {
      change(userId)
      for (const shop of shops.values()) await shop.relearn(userId)
    },
    rename: (visitor, account) => {
      for (const shop of shops.values()) shop.rename(visitor, account)
    },
    close: async () => {
      for (const shop of shops.values()) await shop.close()
    },
  }
}

/** What becomes of the replicas of a catalogue whose settings change. */
async function retie(
  catalogue: CatalogueId,
  before: Settings,
  after: Settings,
  settingsOf: (index: CatalogueId) => Promise<Settings>,
): Promise<Map<CatalogueId, Settings>> {
  const [old, now] = [before, after].map((settings) => replicasOf(readSettings(settings)))
  const changes = new Map<CatalogueId, Settings>()
  for (const { name, virtual } of now) {
    const own = await settingsOf(name as CatalogueId)
    if (old.some((each) => each.name === name) && own.virtual === virtual) continue
    const { replicas: _, ...inherited } = after
    // A new replica begins as its primary is set.
    const begun = own.primary === catalogue ? {} : inherited
    changes.set(name as CatalogueId, { ...begun, primary: catalogue, virtual })
  }
  for (const { name } of old) {
    // A former replica is an index of its own, an empty one.
    if (!now.some((each) => each.name === name)) changes.set(name as CatalogueId, { primary: null, virtual: null })
  }
  return changes
}

function checkedSettings(index: CatalogueId, changes: Raw): Settings {
  const known = knownSettings(changes)
  const read = readSettings(known)
  sortKeysOf(read)
  const names = replicasOf(read).map(({ name }) => name)
  const twice = names.find((name, at) => name === index || names.indexOf(name) !== at)
  if (twice !== undefined) throw new HaggleError('bad-request', `replicas: ${twice} is named twice.`)
  return known
}

function readEntry(kind: EntryKind, record: Raw, at: number): Entry {
  if (kind === 'rule') readRule(record, `[${at}].`)
  else readSynonym(record, `[${at}].`)
  return { id: record.objectID as string, entry: record as { readonly [key: string]: Json } }
}
