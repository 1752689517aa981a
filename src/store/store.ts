/**
 * Where the shop's memory lives: catalogue, events, exposures, generations. One interface, one suite, two databases.
 *
 * Every method is atomic: it happens whole or not at all, and once its promise resolves it survives a power cut.
 * No method throws for an unknown id: it answers `null`, an empty list or a count of 0.
 */
import type { Purpose, Refusal } from '../domain/consent.ts'
import type { EventType, ShopEvent } from '../domain/event.ts'
import type { Exposure, Searched } from '../domain/exposure.ts'
import type { CatalogueId, EventId, GenerationId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import type { ItemRecord, Json } from '../domain/item.ts'

export interface Store {
  readonly catalogues: CatalogueStore
  readonly events: EventStore
  readonly exposures: ExposureStore
  readonly searches: SearchCountStore
  readonly generations: GenerationStore
  readonly imports: ImportStore
  readonly reports: ReportStore
  readonly entries: EntryStore
  readonly keys: KeyStore
  readonly vectors: VectorStore
  readonly changes: ChangeLog
  readonly leases: LeaseStore
  readonly people: PeopleStore
  readonly audit: AuditStore
  readonly secrets: SecretStore
  readonly months: MonthStore
  /** Hands out everything as it is at one moment, while the store stays in use; it ends with `read`. */
  snapshot<Result>(read: (snapshot: Snapshot) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

/** A store, whole, for whoever carries it elsewhere: table by table, as SQL holds it. */
export interface Snapshot {
  /** The last step of `migrations.ts` it went through. */
  readonly step: string
  readonly tables: readonly TableShape[]
  /** Every row, table after table, some MiB at a time. Rejects with `cancelled` once `signal` aborts. */
  pages(signal?: AbortSignal): AsyncIterable<Page>
}

export interface TableShape {
  readonly table: string
  /** By name, whatever order the database has them in. */
  readonly columns: readonly string[]
  /** Those of them that hold bytes. */
  readonly bytes: readonly string[]
  /** What no two rows share, and rows are ordered by. */
  readonly key: readonly string[]
  /** The column that the database counts up by itself. */
  readonly grows: string | null
  /** The last number it gave; numbers of erased rows are not given again. */
  readonly given: number
}

export interface Page {
  readonly shape: TableShape
  readonly rows: readonly Row[]
}

/** One row as SQL holds it: texts, numbers, bytes or nothing. */
export type Row = Readonly<Record<string, string | number | Uint8Array | null>>

/** What tells two tables apart, whichever database holds them and in whatever order. */
export interface Tally {
  readonly rows: number
  /** Sum of the first 128 bits of SHA-256 of each row, modulo 2^128, in hex. */
  readonly checksum: string
}

export interface CatalogueInfo {
  readonly catalogue: CatalogueId
  readonly itemCount: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** One change of a batch; `merge` changes the named attributes only. */
export type ItemChange =
  | { readonly kind: 'put'; readonly record: ItemRecord }
  | { readonly kind: 'merge'; readonly record: ItemRecord; readonly createIfMissing: boolean }
  | { readonly kind: 'delete'; readonly itemId: ItemId }
  | { readonly kind: 'clear' }

/** As the wire has them. */
export type Settings = Readonly<Record<string, Json>>

export interface CatalogueStore {
  list(): Promise<CatalogueInfo[]>
  /** Applies the changes in order, in one transaction, creating the catalogue when it is new. Returns a task number that grows with each call. */
  apply(catalogue: CatalogueId, changes: readonly ItemChange[], nowMs: number): Promise<number>
  /** The same for several catalogues, all of them or none, as one task. */
  applyAll(changes: ReadonlyMap<CatalogueId, readonly ItemChange[]>, nowMs: number): Promise<number>
  /** The highest task number applied to the catalogue, or 0. */
  lastTask(catalogue: CatalogueId): Promise<number>
  get(catalogue: CatalogueId, itemIds: readonly ItemId[]): Promise<Map<ItemId, ItemRecord>>
  /** All records, in batches, ordered by item id. */
  scan(catalogue: CatalogueId): AsyncIterable<ItemRecord[]>
  settings(catalogue: CatalogueId): Promise<Settings>
  /** Merges the given settings into the stored ones and returns a task number. */
  changeSettings(catalogue: CatalogueId, changes: Settings, nowMs: number): Promise<number>
  /**
   * The same for several, and drops those with `null`, all as one task: by what `plan` makes of the settings as they
   * stand then, while nobody else changes any.
   */
  rearrange(
    plan: (
      settingsOf: (catalogue: CatalogueId) => Promise<Settings>,
    ) => Promise<ReadonlyMap<CatalogueId, Settings | null>>,
    nowMs: number,
  ): Promise<number>
  /** Drops a catalogue with its records, settings, rules and synonyms; events and generations stay. Returns a task number. */
  drop(catalogue: CatalogueId): Promise<number>
  /**
   * Puts what `source` has in the place of what `target` has, all of it or only the parts named. Which replicas there
   * are stays as it is.
   */
  copy(source: CatalogueId, target: CatalogueId, parts: readonly CataloguePart[] | null, nowMs: number): Promise<number>
  /** The same, whole, and `source` is gone. */
  move(source: CatalogueId, target: CatalogueId, nowMs: number): Promise<number>
  /** Says that it, or its log, came in whole: whoever holds it in memory is to read it anew. */
  renewed(catalogue: CatalogueId, nowMs: number): Promise<number>
}

/** Changes in the order in which they were made, each numbered like the task that made it. */
export interface ChangeLog {
  /** The number of the last one. */
  last(): Promise<number>
  /** What happened behind that number, as of one moment; `null` where nothing did. */
  since(number: number): Promise<News | null>
  /**
   * Calls `wake` soon after another process has changed something or taken events, and now and then without reason;
   * with the change that erased a shopper, and whom, where that could be heard. Returns what ends it.
   */
  listen(wake: (erased?: { readonly change: number; readonly userId: UserId }) => void): () => Promise<void>
}

/** What to bring in line with the store. */
export interface News {
  /** The last change that is in it. */
  readonly number: number
  /** Too much happened to tell: everything is to be read anew. */
  readonly gap: boolean
  /** Records as they are now, `null` where there is none any more; `cleared`: there are no others. */
  readonly items: ReadonlyMap<
    CatalogueId,
    { readonly cleared: boolean; readonly records: ReadonlyMap<ItemId, ItemRecord | null> }
  >
  /** Whose settings, rules or synonyms changed. */
  readonly settings: ReadonlySet<CatalogueId>
  /** What is to be read anew, or is gone. */
  readonly whole: ReadonlySet<CatalogueId>
  /** Where another generation is live. */
  readonly live: ReadonlySet<CatalogueId>
  /** Where a training ended. */
  readonly trained: ReadonlySet<CatalogueId>
  readonly keys: boolean
  /** The changes that each erased a shopper. */
  readonly erased: readonly number[]
}

/** The right to do what only one of all replicas may do. */
export interface Lease {
  readonly name: string
  /** Greater than that of every holder before. */
  readonly number: number
}

export interface LeaseStore {
  /** `null` where somebody else holds it; whoever has the holder's name is the holder. */
  take(name: string, holder: string, nowMs: number, untilMs: number): Promise<Lease | null>
  /** False where somebody else has taken it meanwhile. */
  renew(lease: Lease, untilMs: number): Promise<boolean>
  release(lease: Lease): Promise<void>
}

export type CataloguePart = 'settings' | 'rules' | 'synonyms'
export type EntryKind = 'rule' | 'synonym'

/** What a merchandiser wrote about a catalogue: rules and synonyms, each with an id of its own. */
export interface Entry {
  readonly id: string
  readonly entry: Json
}

export interface EntryStore {
  /** In the order in which they were first saved. */
  list(catalogue: CatalogueId, kind: EntryKind): Promise<Entry[]>
  /** Saves them, in the place of all others where `replace` says so, and returns a task number. */
  save(
    catalogue: CatalogueId,
    kind: EntryKind,
    entries: readonly Entry[],
    options: { readonly replace: boolean; readonly nowMs: number },
  ): Promise<number>
  /** Removes those, or all, and returns a task number. */
  remove(catalogue: CatalogueId, kind: EntryKind, ids: readonly string[] | null, nowMs: number): Promise<number>
}

/** A key as it is kept: known by its hash, readable only with the folder's own secret. */
export interface StoredKey {
  readonly hash: string
  readonly sealed: Uint8Array
  readonly rights: Json
  readonly createdAtMs: number
  readonly deletedAtMs: number | null
}

export interface KeyStore {
  /** Deleted ones too, oldest first. */
  list(): Promise<StoredKey[]>
  /** Adds a key or changes the one of that hash. */
  put(key: StoredKey): Promise<void>
}

/** What texts mean, as some model of an endpoint has said, by a hash of the text. */
export interface VectorStore {
  /** Those that are known. */
  get(model: string, hashes: readonly string[]): Promise<Map<string, Float32Array>>
  /** One that is known already stays as it is. */
  put(model: string, vectors: ReadonlyMap<string, Float32Array>): Promise<void>
}

/** An event with its place in the log: sequences grow in the order of acceptance and are never reused. */
export interface StoredEvent extends ShopEvent {
  readonly sequence: number
}

export interface EventFilter {
  readonly catalogue: CatalogueId
  /** Only events with a greater sequence. */
  readonly afterSequence?: number
  /** Only events that may be used for it. */
  readonly purpose?: Purpose
  /** Only events with `fromMs <= timeMs < untilMs`. */
  readonly fromMs?: number
  readonly untilMs?: number
}

export interface EventStore {
  /** Writes what is new in one transaction and returns its places in the log; an id already there changes nothing. */
  append(events: readonly ShopEvent[], receivedAtMs: number): Promise<Map<EventId, number>>
  /** The place of the last one accepted, of whatever catalogue. */
  lastSequence(): Promise<number>
  /** Those behind one place up to another, of every catalogue, but what was imported; in batches, in order. */
  heard(afterSequence: number, untilSequence: number): AsyncIterable<StoredEvent[]>
  /** In sequence order, in batches of at most 10,000, up to what had been accepted when it began. */
  scan(filter: EventFilter): AsyncIterable<StoredEvent[]>
  /** The shopper's latest events by time, newest first. */
  ofUser(catalogue: CatalogueId, userId: UserId, limit: number): Promise<StoredEvent[]>
  /** The last ones accepted, newest first. */
  latest(catalogue: CatalogueId, limit: number): Promise<StoredEvent[]>
  counts(catalogue: CatalogueId): Promise<EventCounts>
  /** Where there are events or exposures of the shopper, in dropped catalogues too. */
  cataloguesOf(userId: UserId): Promise<CatalogueId[]>
  /** Removes what happened before that time, in short steps, and says how much and of whom. */
  forgetBefore(timeMs: number): Promise<Forgotten>
}

export interface Forgotten {
  readonly rows: number
  readonly userIds: ReadonlySet<UserId>
}

export interface EventCounts {
  readonly byType: Readonly<Record<EventType, number>>
  readonly users: number
  readonly firstMs: number | null
  readonly lastMs: number | null
  readonly lastSequence: number
}

/** Events and exposures cut by month, where the database can and an operator wished it: what is too old leaves whole. */
export interface MonthStore {
  /** From now on; what is there stays together. Says whether they were not before. Rejects with `bad-request` where it cannot. */
  cut(nowMs: number): Promise<boolean>
  /** Makes room for the months to come; nothing where they are not cut. */
  prepare(nowMs: number): Promise<void>
}

/** A search that was answered, without what was shown. */
export type PastSearch = Required<Pick<Exposure, 'queryId' | 'userId' | 'timeMs' | 'query'>>

export interface ExposureStore {
  append(exposures: readonly Exposure[]): Promise<void>
  get(queryId: QueryId): Promise<Exposure | null>
  /** What a shopper was shown last, newest first. */
  ofUser(catalogue: CatalogueId, userId: UserId, limit: number): Promise<Exposure[]>
  /** By time, in batches of at most 10,000, with `fromMs <= timeMs < untilMs`; only those that may be used for `purpose`. */
  scan(catalogue: CatalogueId, fromMs: number, untilMs: number, purpose?: Purpose): AsyncIterable<Exposure[]>
  /** As for events. */
  forgetBefore(timeMs: number): Promise<Forgotten>
  /** The last `limit` searches of shoppers who are known and may be learnt from, oldest first. */
  searches(catalogue: CatalogueId, limit: number): Promise<PastSearch[]>
}

/** Searches that are counted and no more: how many of one kind there were on a day. Says of nobody what they typed. */
export interface SearchCount extends Omit<Searched, 'nbHits'> {
  readonly catalogue: CatalogueId
  /** Whole days since 1970, UTC. */
  readonly day: number
  /** As analytics writes it. */
  readonly query: string
  readonly searches: number
  readonly withoutResults: number
  /** Sum of the products that answered. */
  readonly hits: number
}

export interface SearchCountStore {
  /** Adds them to what was counted before. */
  add(counts: readonly SearchCount[]): Promise<void>
  /** Of the days `fromDay <= day < untilDay`, in order of day. */
  list(catalogue: CatalogueId, index: CatalogueId, fromDay: number, untilDay: number): Promise<SearchCount[]>
  /** Drops what was counted before that day, in all catalogues, and says how many lines that were. */
  forgetBefore(day: number): Promise<number>
}

export type GenerationStatus = 'candidate' | 'refused' | 'ready'

/** What is known of a trained state besides its bytes. */
export interface Generation {
  readonly id: GenerationId
  readonly catalogue: CatalogueId
  readonly createdAtMs: number
  /** `candidate` until the gate has judged; `ready` ones may be live or be rolled back to. */
  readonly status: GenerationStatus
  /** The generation that was live when this one was trained. */
  readonly parent: GenerationId | null
  /** Everything learnt from happened before. */
  readonly dataUntilMs: number
  /** The last event sequence learnt from. */
  readonly dataSequence: number
  readonly seed: string
  /** What was trained and how: enough to train it again. */
  readonly recipe: Json
  /** Leaderboards, intervals, gate decision, data-quality report, learning curves. */
  readonly report: Json
}

/** Bytes of a generation, checked by SHA-256 when read. */
export interface Artefact {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface GenerationStore {
  /** Stores a generation with all its artefacts, or nothing. */
  put(generation: Generation, artefacts: readonly Artefact[]): Promise<void>
  get(id: GenerationId): Promise<Generation | null>
  /** Newest first. */
  list(catalogue: CatalogueId): Promise<Generation[]>
  /** The newest, live or not. */
  latest(catalogue: CatalogueId): Promise<Generation | null>
  /** Rejects with `bad-state` where the bytes do not match their checksum. */
  artefacts(id: GenerationId): Promise<Artefact[]>
  live(catalogue: CatalogueId): Promise<GenerationId | null>
  /** The live one and what rollbacks return to, step by step; each once. */
  standing(catalogue: CatalogueId): Promise<GenerationId[]>
  /**
   * Makes a `ready` generation live in one step; the one that was live becomes the one to roll back to. Rejects with
   * `refused` where somebody else has taken the lease it is made under.
   */
  publish(catalogue: CatalogueId, id: GenerationId, nowMs: number, reason: string, lease?: Lease): Promise<void>
  /** Takes back the latest publication that stands and returns what is live again, a step further back each time; `null` where nothing is left to return to. */
  rollback(catalogue: CatalogueId, nowMs: number, reason: string): Promise<GenerationId | null>
  /** Every change of what is live, newest first. */
  history(catalogue: CatalogueId): Promise<Publication[]>
  /** Removes all but the newest `keep` generations; live ones and the one to roll back to always stay. */
  prune(catalogue: CatalogueId, keep: number): Promise<number>
}

export interface Publication {
  readonly generation: GenerationId
  readonly previous: GenerationId | null
  readonly atMs: number
  readonly reason: string
}

/** How far an import came; the key names the source's content, so the same file is known under any name. */
export interface ImportCheckpoint {
  readonly key: string
  readonly source: string
  readonly rowsDone: number
  readonly finished: boolean
  readonly report: Json
  readonly updatedAtMs: number
}

export interface ImportStore {
  get(key: string): Promise<ImportCheckpoint | null>
  /** Writes the rows of one chunk and how far that brings the import, in one transaction. */
  advance(
    checkpoint: ImportCheckpoint,
    events: readonly ShopEvent[],
    items: readonly { readonly catalogue: CatalogueId; readonly record: ItemRecord }[],
  ): Promise<{ newEvents: number; newItems: number }>
  list(): Promise<ImportCheckpoint[]>
}

/** Latest figures of a kind (data quality, import, drift), for the monitor and the console. */
export interface ReportStore {
  put(catalogue: CatalogueId, kind: string, report: Json, nowMs: number): Promise<void>
  latest(catalogue: CatalogueId, kind: string): Promise<{ report: Json; atMs: number } | null>
}

/** Rows that name a shopper, by table. */
export type Held = Readonly<Record<'events' | 'exposures' | 'consents' | 'logins', number>>

/** A change after which a shopper is read anew by whoever holds something of them; the log does not say whom. */
export interface Renewed {
  readonly change: number
  readonly userId: UserId
}

/** What concerns shoppers as persons: what they agreed to, as whom they are known, what was erased of them. */
export interface PeopleStore {
  /** What those said that they refuse; without names, everyone who said anything. */
  consents(userIds?: readonly UserId[]): Promise<Map<UserId, Refusal>>
  /**
   * Notes what a shopper refuses. What is held of them is refused the same, for good: agreeing again holds for what is
   * to come. What may be used for nothing is removed; without analytics no exposure names them.
   */
  refuse(userId: UserId, refused: Refusal, nowMs: number): Promise<Renewed[]>
  /**
   * A visitor turns out to be `account`: all that was kept of the one becomes the other's, with what they refuse on
   * top; what is the account's already stays as it is.
   */
  signIn(visitor: UserId, account: UserId, nowMs: number): Promise<Renewed[]>
  /** The names a shopper is known by, that one first: accounts a visitor signed in as, visitors who became an account. */
  namesOf(userId: UserId): Promise<UserId[]>
  /** When one of them last signed in or changed what they agree to; `null`: never. */
  changedAtMs(userIds: readonly UserId[]): Promise<number | null>
  held(userIds: readonly UserId[]): Promise<Held>
  /** Removes every row that names one of them, and says how many. */
  erase(userIds: readonly UserId[]): Promise<{ readonly removed: Held; readonly renewed: Renewed[] }>
  /** In the place of an earlier one. */
  putErasure(subject: string, certificate: Json, nowMs: number): Promise<void>
  erasure(subject: string): Promise<Json | null>
}

/** Who did what to what, when. */
export interface AuditEntry {
  readonly atMs: number
  /** A key's fingerprint and description, or the command line; never a key. */
  readonly who: string
  readonly what: string
  readonly subject: string
  readonly details: Json
}

export interface AuditRecord extends AuditEntry {
  /** From 1, without gaps. */
  readonly sequence: number
  /** SHA-256 over this line and the hash of the one before. */
  readonly hash: string
}

/** Grows only: nothing here changes or removes a line. */
export interface AuditStore {
  append(entry: AuditEntry): Promise<AuditRecord>
  /** Newest first, those before a sequence where one is given. */
  latest(limit: number, before?: number): Promise<AuditRecord[]>
  /** The last one of a kind. */
  last(what: string): Promise<AuditRecord | null>
  /** All, oldest first. */
  scan(): AsyncIterable<AuditRecord[]>
}

/** Small secrets that all processes of a shop share, sealed by whoever keeps them. */
export interface SecretStore {
  /** Oldest first. */
  list(): Promise<{ readonly name: string; readonly sealed: Uint8Array; readonly createdAtMs: number }[]>
  /** Keeps it unless there is one of that name. */
  add(name: string, sealed: Uint8Array, nowMs: number): Promise<void>
  remove(name: string): Promise<void>
}
