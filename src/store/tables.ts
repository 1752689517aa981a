/**
 * The tables as SQL holds them: one row type each, the only place where columns are named for the compiler.
 *
 * JSON stands as text, times as whole milliseconds since 1970, ids as text. Created by `migrations.ts`.
 */
import type { ColumnType, Generated } from 'kysely'
import type { Refusal } from '../domain/consent.ts'
import type { EventType } from '../domain/event.ts'
import type { CatalogueId, EventId, GenerationId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import type { EntryKind, GenerationStatus } from './store.ts'

export interface Tables {
  counters: { name: string; value: number }
  catalogues: {
    catalogue: CatalogueId
    settings: string
    last_task: number
    created_at_ms: number
    updated_at_ms: number
  }
  items: { catalogue: CatalogueId; item_id: ItemId; record: string }
  /** What happened to what replicas hold in memory, as `Effect`s in JSON (change-log.ts). */
  changes: { number: number; what: string }
  /** Who may do what only one may do; `number` grows with each holder. */
  leases: { name: string; holder: string; number: number; until_ms: number }
  events: EventRow & {
    sequence: ColumnType<number, never, never>
    received_at_ms: number
    /** 1 where it came with an import, which replicas take over when it is done. */
    imported: number
  }
  exposures: ExposureRow
  search_counts: SearchCountRow
  generations: {
    id: GenerationId
    catalogue: CatalogueId
    created_at_ms: number
    status: GenerationStatus
    parent: GenerationId | null
    data_until_ms: number
    data_sequence: number
    seed: string
    recipe: string
    report: string
  }
  artefacts: { generation: GenerationId; name: string; sha256: string; byte_length: number }
  /** The bytes of an artefact, cut into parts that no database finds too large. */
  artefact_parts: { generation: GenerationId; name: string; part: number; bytes: Uint8Array }
  publications: {
    sequence: Generated<number>
    catalogue: CatalogueId
    generation: GenerationId
    previous: GenerationId | null
    at_ms: number
    reason: string
    /** 1 while on the stack of generations that are live (the newest) or can be rolled back to (those below). */
    standing: number
  }
  imports: {
    key: string
    source: string
    rows_done: number
    finished: number
    report: string
    updated_at_ms: number
  }
  reports: { catalogue: CatalogueId; kind: string; report: string; at_ms: number }
  /** Rules and synonyms of a catalogue; `place` keeps the order in which they were first saved. */
  entries: { catalogue: CatalogueId; kind: EntryKind; entry_id: string; place: number; entry: string }
  keys: KeyRow
  consents: { user_id: UserId; refused: Refusal; at_ms: number }
  /** Who signed in on which visitor's device. */
  logins: { visitor: UserId; account: UserId; at_ms: number }
  audit: AuditRow
  /** What was found and removed when a shopper was erased; `subject` is a fingerprint, not their name. */
  erasures: { subject: string; at_ms: number; certificate: string }
  /** Sealed with the folder's own secret. */
  secrets: { name: string; sealed: Uint8Array; created_at_ms: number }
  /** Numbers of four bytes, the lowest byte first. */
  vectors: { model: string; hash: string; vector: Uint8Array }
}

export interface EventRow {
  id: EventId
  catalogue: CatalogueId
  type: EventType
  user_id: UserId
  time_ms: number
  item_id: ItemId | null
  query: string | null
  query_id: QueryId | null
  position: number | null
  quantity: number
  price_minor: number | null
  rating: number | null
  order_id: string | null
  name: string
  /** Purposes it must not be used for, as bits; 0: none. */
  refused: Refusal
}

export interface ExposureRow {
  query_id: QueryId
  catalogue: CatalogueId
  time_ms: number
  user_id: UserId | null
  surface: string
  generation: GenerationId | null
  arm: string | null
  /** JSON: `[itemId, score, propensity]` for each place. */
  items: string
  /** What was typed, for a search. */
  query: string | null
  /** Places before the first of `items`. */
  skipped: number
  /** JSON: what a search was besides its words; `null` where it is not to be counted. */
  searched: string | null
  /** As of an event. */
  refused: Refusal
}

/** Searches of a day that nobody is told of, added up. */
export interface SearchCountRow {
  catalogue: CatalogueId
  /** Whole days since 1970, UTC. */
  day: number
  index_name: CatalogueId
  /** SHA-256 of query, filters and tags: together they may be longer than a key may be. */
  kind: string
  query: string
  /** JSON. */
  filters: string
  /** JSON. */
  tags: string
  searches: number
  without_results: number
  hits: number
}

export interface KeyRow {
  /** SHA-256 of the key: the key itself is nowhere in the clear. */
  hash: string
  /** The key, sealed with the folder's own secret. */
  sealed: Uint8Array
  /** JSON: what it may do. */
  rights: string
  created_at_ms: number
  /** `null` while it is valid; a deleted key can be restored. */
  deleted_at_ms: number | null
}

/** One line of the record of who changed what; each holds the fingerprint of the one before (audit-store.ts). */
export interface AuditRow {
  /** From 1, without gaps. */
  sequence: number
  at_ms: number
  who: string
  what: string
  subject: string
  /** JSON. */
  details: string
  hash: string
}
