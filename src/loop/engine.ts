/** What an open shop offers to the doors: programs (http) and people (cli). */
import type { Analytics } from '../analytics/analytics.ts'
import type { Overview } from '../analytics/overview.ts'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { Progress } from '../base/progress.ts'
import type { Telemetry } from '../base/telemetry.ts'
import type { Refusal } from '../domain/consent.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Attention } from '../monitor/attention.ts'
import type { DriftState } from '../monitor/drift.ts'
import type { TrainingNow } from '../monitor/training-watch.ts'
import type { Audit } from '../privacy/audit.ts'
import type { People } from '../privacy/people.ts'
import type { Retention } from '../privacy/retention.ts'
import type { Answer, RecommendRequest } from '../serve/answer.ts'
import type { Keyring } from '../serve/keyring.ts'
import type { LiveShops } from '../serve/live-shops.ts'
import type { LiveShop } from '../serve/live-shop.ts'
import type { SearchAnswer, SearchRequest } from '../serve/shop-search.ts'
import type { BackupReport } from '../store/backup-file.ts'
import type { ItemChange, Store } from '../store/store.ts'
import type { EngineTurns } from './engine-turns.ts'
import type { Task, Tasks } from './tasks.ts'

export interface EngineOptions {
  readonly config: Config
  readonly clock?: Clock
  readonly log?: Log
  readonly progress?: Progress
  /** What the owner of the data folder does, for the message a second process gets. */
  readonly role?: string
  /** False for tasks that only read or train: no catalogue is brought live. */
  readonly live?: boolean
  /** What it counts; of its own where absent. */
  readonly telemetry?: Telemetry
  /** When it may learn and import where others of this process do, too; at once where absent. */
  readonly turns?: EngineTurns
}

export interface Engine extends Tasks {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
  readonly store: Store
  readonly adminKey: string
  /** What is asked about the traffic. */
  readonly analytics: Analytics
  /** The last task that this process answers by. */
  readonly followed: number
  /** Whether to ask it: not while its store does not answer or cannot be followed, nor when it is about to end. */
  state(): Promise<'ready' | 'not ready' | 'draining'>
  /** It is about to end: from now on its state says so. */
  drain(): void
  /** Tells a second process where this one can be reached. */
  announce(url: string): void
  /** Changes what is sold and how it is searched. */
  readonly shops: LiveShops
  readonly keys: Keyring
  /** Who changed what. */
  readonly audit: Audit
  /** The live catalogue, also by the name of one of its replicas; `not-found` where there is none of that name. */
  shop(catalogue: CatalogueId): LiveShop
  /** Shoppers as persons: what they agree to, that they can be forgotten. */
  readonly people: People
  /** Lets go of what is too old. */
  readonly retention: Retention
  /** Takes a request of `POST /1/events`, and what was refused with it; resolves once its events are safe and every later answer knows of them. */
  accept(
    body: unknown,
    said?: {
      /** Which indices the events may be about; any where absent. @throws `unauthorised` naming the first other one. */
      readonly allows?: (index: string) => boolean
      /** What was refused with them. */
      readonly refused?: Refusal
    },
  ): Promise<{ accepted: number; duplicates: number; rejected: readonly { index: number; reason: string }[] }>
  /** Takes events that were read already; the same promise. */
  acceptEvents(events: readonly ShopEvent[]): Promise<{ accepted: number; duplicates: number }>
  /** Changes items; resolves with a task number once they are safe and live. */
  change(catalogue: CatalogueId, changes: readonly ItemChange[]): Promise<number>
  recommend(request: RecommendRequest): Answer
  /** What has to be asked elsewhere before a search; `undefined`: nothing. Never rejects. */
  prepareSearch(request: SearchRequest): Promise<void> | undefined
  search(request: SearchRequest): SearchAnswer
  /** Fresh feedback against what the live generation expects; `null` where it cannot be told. */
  drift(catalogue: CatalogueId): DriftState | null
  /** What somebody should look at, given how the shop is doing. */
  attention(catalogue: CatalogueId, overview: Overview): Promise<Attention[]>
  /** What is being learnt now or was learnt last, whoever asked for it; `null` where nothing was since the start. */
  training(catalogue: CatalogueId): TrainingNow | null
  /** Writes everything, as it is now, into a new file; the keys of the data folder only where asked. */
  backup(file: string, options?: { readonly withKeys?: boolean }, task?: Task): Promise<BackupReport>
  /** Everything counted, in the text format of Prometheus. */
  metrics(): Promise<string>
  close(): Promise<void>
}
