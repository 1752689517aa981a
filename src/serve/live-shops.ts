/**
 * Every live shop of this process, by the name of its catalogue, and all that changes what they sell and how they are
 * searched.
 *
 * A change is safe in the store first and then seen at once, whole: a search sees the catalogue before or after it.
 * Changes of one catalogue wait for each other. Copying and moving build the new shop beside the old one, which answers
 * until the swap.
 */
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { type Progress, silentProgress } from '../base/progress.ts'
import { createTurns } from '../base/turns.ts'
import { HaggleError } from '../domain/errors.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { CataloguePart, Entry, EntryKind, ItemChange, Store } from '../store/store.ts'
import { readRule } from './rule.ts'
import { knownSettings, type Raw, readSettings } from './search-parameters.ts'
import { sortKeysOf } from './order-hits.ts'
import { loadSearchState, primaryOf, type Replica, replicasOf } from './search-state.ts'
import { type LiveShop, openShop } from './shop.ts'
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
  /** False: nothing is brought live; changes go to the store only. */
  readonly live: boolean
  readonly onShown: (exposure: Exposure) => void
  /** Told how expected each first new thing was that a shopper took. */
  readonly onTaken: (catalogue: CatalogueId, taken: Taken) => void
  /** Told of each shop that was brought live. */
  readonly onLive: (shop: LiveShop) => Promise<void>
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
  bringLive(catalogue: CatalogueId, progress?: Progress): Promise<void>
  /** All changes or none; task numbers by catalogue. */
  change(changes: ReadonlyMap<CatalogueId, readonly ItemChange[]>): Promise<Map<CatalogueId, number>>
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
  close(): Promise<void>
}

export function createLiveShops(options: LiveShopsOptions): LiveShops {
  const { store, config, clock, log, live, onShown, onTaken, onLive, pauseEvents } = options
  const shops = new Map<CatalogueId, LiveShop>()
  const turns = createTurns()

  const build = async (catalogue: CatalogueId, progress: Progress = silentProgress): Promise<LiveShop> =>
    openShop({
      ...{ store, catalogue, config, clock, log, onShown, progress },
      onTaken: (taken) => onTaken(catalogue, taken),
    })

  const swapIn = async (shop: LiveShop, gone?: CatalogueId): Promise<void> => {
    await pauseEvents(async () => {
      const { catalogue } = shop
      for await (const events of store.events.scan({ catalogue, afterSequence: shop.sequence })) shop.remember(events)
      const [before, left] = [shops.get(catalogue), gone === undefined ? undefined : shops.get(gone)]
      shops.set(catalogue, shop)
      if (gone !== undefined) shops.delete(gone)
      await before?.close()
      await left?.close()
    })
    await onLive(shop)
  }

  /** Builds and swaps in whatever is not live yet. */
  const ensureLive = async (catalogues: Iterable<CatalogueId>): Promise<void> => {
    for (const catalogue of catalogues) if (live && !shops.has(catalogue)) await swapIn(await build(catalogue))
  }

  const named = (index: CatalogueId): LiveShop | undefined =>
    shops.get(index) ?? [...shops.values()].find((shop) => shop.settings(index) !== null)

  const refresh = async (catalogue: CatalogueId): Promise<void> => {
    const shop = shops.get(catalogue)
    if (shop === undefined || shop.configure(await loadSearchState(store, catalogue))) return
    await swapIn(await build(catalogue))
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

  const apply = async (changes: ReadonlyMap<CatalogueId, readonly ItemChange[]>) => {
    await refuseReplicas(changes.keys())
    const known = new Set(shops.keys())
    const tasks = await store.catalogues.applyAll(changes, clock.now())
    const fresh = live ? [...changes.keys()].filter((catalogue) => !known.has(catalogue)) : []
    const built: LiveShop[] = []
    for (const catalogue of fresh) built.push(await build(catalogue))
    // Those that were there change in one go with each other.
    for (const [catalogue, own] of changes) if (known.has(catalogue)) shops.get(catalogue)?.applyChanges(own)
    for (const shop of built) await swapIn(shop)
    return tasks
  }

  const replaceReplicas = async (catalogue: CatalogueId, before: readonly Replica[], after: readonly Replica[]) => {
    const settings = await store.catalogues.settings(catalogue)
    for (const { name, virtual } of after) {
      const replica = name as CatalogueId
      const own = await store.catalogues.settings(replica)
      if (before.some((each) => each.name === name) && own.virtual === virtual) continue
      const { replicas: _, ...inherited } = settings
      // A new replica begins as its primary is set.
      const begun = own.primary === catalogue ? {} : inherited
      await store.catalogues.changeSettings(replica, { ...begun, primary: catalogue, virtual }, clock.now())
    }
    for (const { name } of before) {
      if (after.some((each) => each.name === name)) continue
      // A former replica is an index of its own, an empty one.
      await store.catalogues.changeSettings(name as CatalogueId, { primary: null, virtual: null }, clock.now())
      await ensureLive([name as CatalogueId])
    }
  }

  const changeSettings = async (index: CatalogueId, changes: Raw, forward: boolean): Promise<number> => {
    const known = checkedSettings(index, changes)
    const before = await store.catalogues.settings(index)
    const task = await store.catalogues.changeSettings(index, known, clock.now())
    const primary = primaryOf(before)
    if (primary === null) {
      const old = replicasOf(readSettings(before))
      if (known.replicas !== undefined) await replaceReplicas(index, old, replicasOf(readSettings(known)))
      if (forward) {
        const { replicas: _, ...shared } = known
        for (const { name } of replicasOf(readSettings(await store.catalogues.settings(index)))) {
          await store.catalogues.changeSettings(name as CatalogueId, shared, clock.now())
        }
      }
    }
    await ensureLive([primary ?? index])
    await refresh(primary ?? index)
    return task
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
    bringLive: (catalogue, progress) => turns.take([catalogue], async () => swapIn(await build(catalogue, progress))),
    change: (changes) => turns.take([...changes.keys()], () => apply(changes)),
    deleteBy: (catalogue, request) =>
      turns.take([catalogue], async () => {
        const found = shops.get(catalogue)?.matching(request) ?? []
        const changes = found.map((itemId): ItemChange => ({ kind: 'delete', itemId }))
        return (await apply(new Map([[catalogue, changes]]))).get(catalogue) ?? 0
      }),
    drop: (catalogue) =>
      turns.take([catalogue], async () => {
        const settings = await store.catalogues.settings(catalogue)
        const task = await store.catalogues.apply(catalogue, [{ kind: 'clear' }], clock.now())
        await store.catalogues.drop(catalogue)
        await replaceReplicas(catalogue, replicasOf(readSettings(settings)), [])
        const shop = shops.get(catalogue)
        shops.delete(catalogue)
        await shop?.close()
        return task
      }),
    copy: (source, target, parts) =>
      turns.take([source, target], async () => {
        await exists(source)
        await refuseReplicas([target])
        const task = await store.catalogues.copy(source, target, parts, clock.now())
        if (!live) return task
        if (parts === null || !shops.has(target)) await swapIn(await build(target))
        else await refresh(target)
        return task
      }),
    move: (source, target) =>
      turns.take([source, target], async () => {
        await exists(source)
        await refuseReplicas([source, target])
        const task = await store.catalogues.move(source, target, clock.now())
        if (live) await swapIn(await build(target), source)
        return task
      }),
    changeSettings: (index, changes, forward) => turns.take([index], () => changeSettings(index, changes, forward)),
    saveEntries: (catalogue, kind, records, replace) =>
      turns.take([catalogue], async () => {
        await refuseReplicas([catalogue])
        const entries = records.map((record, at): Entry => readEntry(kind, record, at))
        const task = await store.entries.save(catalogue, kind, entries, { replace, nowMs: clock.now() })
        await ensureLive([catalogue])
        await refresh(catalogue)
        return task
      }),
    removeEntries: (catalogue, kind, ids) =>
      turns.take([catalogue], async () => {
        const task = await store.entries.remove(catalogue, kind, ids, clock.now())
        await ensureLive([catalogue])
        await refresh(catalogue)
        return task
      }),
    close: async () => {
      for (const shop of shops.values()) await shop.close()
    },
  }
}

function checkedSettings(index: CatalogueId, changes: Raw): Readonly<Record<string, Json>> {
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
