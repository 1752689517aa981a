/**
 * The loop, wired: what happened → what can be learned → what is learned → what is answered → what happened next.
 *
 * The only file that knows every stage. It computes nothing: it opens the folder, hands events to whoever must hear of
 * them, and lets training and serving meet in the store's generations.
 */
import { mkdirSync } from 'node:fs'
import { type Analytics, createAnalytics } from './analytics/analytics.ts'
import type { Overview } from './analytics/overview.ts'
import { type Clock, systemClock } from './base/clock.ts'
import type { Config } from './base/config.ts'
import { type Log, silentLog } from './base/log.ts'
import { within } from './base/within.ts'
import { type Progress, silentProgress } from './base/progress.ts'
import { createTelemetry, type Telemetry } from './base/telemetry.ts'
import { allows, type Refusal } from './domain/consent.ts'
import { HaggleError } from './domain/errors.ts'
import type { ShopEvent } from './domain/event.ts'
import type { Exposure } from './domain/exposure.ts'
import type { CatalogueId, GenerationId, UserId } from './domain/ids.ts'
import type { ImportReport } from './events/import/import-report.ts'
import { type ImportRequest, runImport } from './events/import/run-import.ts'
import { createAttribution } from './events/attribution.ts'
import { createIntake } from './events/intake.ts'
import { parseInsights } from './events/parse-insights.ts'
import { useBackend } from './kernels/backend.ts'
import type { DriftState } from './monitor/drift.ts'
import { createDriftWatch } from './monitor/drift-watch.ts'
import { type Attention, needsAttention } from './monitor/attention.ts'
import { observe } from './monitor/observe.ts'
import { createTrainingWatch, type TrainingNow } from './monitor/training-watch.ts'
import { type Audit, createAudit } from './privacy/audit.ts'
import type { Unlearnt } from './privacy/erasure.ts'
import { openPeople, type People } from './privacy/people.ts'
import { createRetention, type Retention } from './privacy/retention.ts'
import { openPseudonyms } from './privacy/pseudonyms.ts'
import { sharedSecret } from './privacy/secrets.ts'
import type { QualityReport } from './preprocess/quality-report.ts'
import type { Answer, RecommendRequest } from './serve/answer.ts'
import { addSearchKey, type Keyring, openKeyring } from './serve/keyring.ts'
import { createFollower } from './serve/follower.ts'
import { createLiveShops, type LiveShops } from './serve/live-shops.ts'
import { primaryOf } from './serve/search-state.ts'
import type { SearchAnswer, SearchRequest } from './serve/shop-search.ts'
import type { LiveShop } from './serve/shop.ts'
import { type BackupReport, writeBackup } from './store/backup-file.ts'
import { folderKeys } from './store/carry-shop.ts'
import { claimFolder, keptKey } from './store/folder.ts'
import { openStore } from './store/open-store.ts'
import type { ItemChange, News, Store, StoredEvent } from './store/store.ts'
import { createAlone } from './train/alone.ts'
import { checkShop, latestQuality } from './train/check-shop.ts'
import { type EvaluateOptions, evaluateShop, type ShopEvaluation } from './train/evaluate-shop.ts'
import { heldOut } from './train/generation-report.ts'
import { type TrainOptions, type TrainOutcome, trainGeneration } from './train/pipeline.ts'
import { clearCheckpoints } from './train/checkpoint.ts'
import { createSchedule } from './train/schedule.ts'
import { type ShopTuning, type TuneOptions, tuneShop } from './train/tune-shop.ts'
import { unlearnShopper } from './train/unlearn.ts'
import { type TunedSettings, forgetTuned, readTuned } from './train/tuned-settings.ts'

// What the doors hand through: they may import this file, and no stage.
export { describeImport, type ImportReport } from './events/import/import-report.ts'
export type { ImportRequest } from './events/import/run-import.ts'
export type { DriftState } from './monitor/drift.ts'
export { describeQuality, type QualityReport } from './preprocess/quality-report.ts'
export { type Answer, type RecommendRequest, surfaces } from './serve/answer.ts'
export type { Explained } from './serve/explain.ts'
export { type FilterParameters, readFilter } from './retrieve/filter.ts'
export { kernelReport } from './kernels/self-test.ts'
export type { AuditRecord } from './store/store.ts'
export type { ErasureState } from './privacy/erasure.ts'
export type { AuditVerdict } from './privacy/audit.ts'
export type { BackupReport } from './store/backup-file.ts'
export { moveShop, restoreShop } from './store/carry-shop.ts'
export { readOwner } from './store/folder.ts'
export { fingerprintOf } from './serve/keyring.ts'
export type { Keyring, Permit } from './serve/keyring.ts'
export { suggestionsName } from './serve/queries/suggestions.ts'
export { pickAttributes } from './serve/present.ts'
export { parseParams, type Raw, readParameters, type SearchSettings, writeParams } from './serve/search-parameters.ts'
export type { SearchAnswer, SearchRequest } from './serve/shop-search.ts'
export type { EntryKind, Generation, ItemChange, Publication } from './store/store.ts'
export type { Analytics } from './analytics/analytics.ts'
export { places, type SearchFigures } from './analytics/search-figures.ts'
export type { NoClicks, SearchReport } from './analytics/search-report.ts'
export type { EventFate } from './analytics/event-fates.ts'
export type { Overview } from './analytics/overview.ts'
export type { Compared } from './serve/compare.ts'
export type { GenerationReport } from './train/generation-report.ts'
export type { Attention } from './monitor/attention.ts'
export type { TrainingNow } from './monitor/training-watch.ts'
export { describeEvaluation, type EvaluateOptions, type ShopEvaluation } from './train/evaluate-shop.ts'
export { describeTraining, type TrainOptions, type TrainOutcome } from './train/pipeline.ts'
export { describeShopTuning, type ShopTuning, type TuneOptions } from './train/tune-shop.ts'
export { describeTuned, type TunedSettings } from './train/tuned-settings.ts'

/** What every task that takes longer than a moment is given. */
export interface Task {
  readonly progress: Progress
  readonly signal?: AbortSignal
}

export interface EngineOptions {
  readonly config: Config
  readonly clock?: Clock
  readonly log?: Log
  readonly progress?: Progress
  /** What the owner of the data folder does, for the message a second process gets. */
  readonly role?: string
  /** False for tasks that only read or train: no catalogue is brought live. */
  readonly live?: boolean
}

export interface Engine {
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
  import(request: ImportRequest, task?: Task): Promise<ImportReport>
  check(catalogue: CatalogueId, task?: Task): Promise<QualityReport>
  train(catalogue: CatalogueId, options?: TrainOptions, task?: Task): Promise<TrainOutcome>
  /** Looks for better settings, and has later trainings use what it found. */
  tune(catalogue: CatalogueId, options?: TuneOptions, task?: Task): Promise<ShopTuning>
  /** What tuning found and trainings use. */
  tuned(catalogue: CatalogueId): Promise<TunedSettings>
  /** Has later trainings use the models' defaults again; returns what had been found. */
  untune(catalogue: CatalogueId): Promise<TunedSettings>
  /** Fresh feedback against what the live generation expects; `null` where it cannot be told. */
  drift(catalogue: CatalogueId): DriftState | null
  /** What somebody should look at, given how the shop is doing. */
  attention(catalogue: CatalogueId, overview: Overview): Promise<Attention[]>
  /** What is being learnt now or was learnt last, whoever asked for it; `null` where nothing was since the start. */
  training(catalogue: CatalogueId): TrainingNow | null
  evaluate(catalogue: CatalogueId, options?: EvaluateOptions, task?: Task): Promise<ShopEvaluation>
  /** Makes a generation live that has passed the gate. */
  publish(catalogue: CatalogueId, id: GenerationId): Promise<void>
  /** Writes everything, as it is now, into a new file; the keys of the data folder only where asked. */
  /** Makes the previous generation live again and returns it. */
  rollback(catalogue: CatalogueId): Promise<GenerationId>
  backup(file: string, options?: { readonly withKeys?: boolean }, task?: Task): Promise<BackupReport>
  /** Everything counted, in the text format of Prometheus. */
  metrics(): Promise<string>
  close(): Promise<void>
}

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { config, clock = systemClock, log = silentLog, progress = silentProgress, live = true } = options
  await useBackend(config.kernels)
  mkdirSync(config.dataFolder, { recursive: true })
  const claim = await claimFolder(config.dataFolder, { role: options.role ?? 'engine' })
  const store = await openStore(config, log).catch((error: unknown) => {
    claim.release()
    throw error
  })
  const telemetry = createTelemetry()
  const watch = observe(telemetry, log)
  const trainings = createTrainingWatch(clock)
  const holder = keptKey(config.dataFolder, 'replica.id')
  let draining = false
  const alone = createAlone({ leases: store.leases, clock, log, holder })
  const sights = createAttribution({ mostExposures: sightsKept })
  const idle: Task = { progress: silentProgress }

  const intake = createIntake({ store, clock, onCommitted: (events) => follower.committed(events) })
  const follower = createFollower({
    store,
    log,
    follow,
    renew: (userId) => people.renew(userId),
    tell,
    pauseEvents: (work) => intake.pause(work),
  })
  /** Where nothing is live nothing is to be brought in line. */
  const followed = live ? follower.catchUp : async () => undefined
  const shops = createLiveShops({
    store,
    config,
    clock,
    log,
    onShown,
    onTaken: (catalogue, taken) => drift.observe(catalogue, taken),
    onLive: ({ generation }) => watchLive(generation),
    followed,
    pauseEvents: (work) => intake.pause(work),
  })
  const adminKey = config.server.adminKey ?? keptKey(config.dataFolder, 'admin.key')
  const keys = await openKeyring({ store: store.keys, clock, adminKey, open: config.server.openSearch })
  if ((await store.keys.list()).length === 0) await addSearchKey(keys, keptKey(config.dataFolder, 'search.key'))
  const audit = createAudit({ store: store.audit, clock, log })
  const analytics = createAnalytics({
    store,
    clock,
    config,
    item: (catalogue, itemId) => shops.get(catalogue)?.item(itemId),
    flush: async (catalogue) => shops.get(catalogue)?.flush(),
  })
  const schedule = createSchedule({
    config: config.training,
    clock,
    train: (catalogue, signal) => engine.train(catalogue, {}, { ...idle, signal }),
    log,
    reports: store.reports,
    owedWithinHours: config.privacy.trainWithinHours,
  })

  const { onDrift: alpha } = config.training
  const drift = createDriftWatch({ telemetry, log, alpha, onDrift: (catalogue) => schedule.drifted(catalogue) })

  const secrets = { store: store.secrets, clock, adminKey }
  const secret = await sharedSecret(secrets, 'fingerprints')
  const pseudonyms = await openPseudonyms({ ...secrets, privacy: config.privacy, secret })
  const people = await openPeople({
    store,
    clock,
    config: config.privacy,
    pseudonyms,
    secret,
    pauseEvents: (work) => intake.pause(work),
    memory: {
      flush: async () => {
        for (const shop of shops.all()) await shop.flush()
      },
      forget: (userIds) => {
        for (const userId of userIds) {
          shops.forget(userId)
          sights.forget(userId)
        }
        analytics.forget()
      },
      places: (userIds) => [
        ...userIds.flatMap(shops.places),
        ...(userIds.some(sights.knows) ? ['answers lately shown'] : []),
      ],
      knows: shops.knows,
      unlearn: async (userIds) => {
        const catalogues = new Set<CatalogueId>()
        for (const userId of userIds) for (const each of await store.events.cataloguesOf(userId)) catalogues.add(each)
        const all = await Promise.all([...catalogues].map((catalogue) => unlearn(catalogue, userIds)))
        return all.filter((each) => each !== null)
      },
      relearn: shops.relearn,
      rename: (visitor, account) => {
        sights.rename(visitor, account)
        shops.rename(visitor, account)
      },
      renewed: async (shoppers) => {
        for (const { change, userId } of shoppers) follower.erased(change, userId)
        await followed()
      },
    },
  })

  const retention = createRetention({
    store,
    clock,
    log,
    keepDays: config.privacy.keepDays,
    pseudonyms,
    relearn: (userIds) => people.relearn(userIds),
    forgetAnswers: (beforeMs) => {
      for (const shop of shops.all()) shop.forgetSearchesBefore(beforeMs)
      analytics.forget()
    },
  })

  async function unlearn(catalogue: CatalogueId, userIds: readonly UserId[]): Promise<Unlearnt | null> {
    const unlearnt = await unlearnShopper({ store, catalogue, config, clock }, userIds)
    if (unlearnt === null) return null
    await clearCheckpoints(config.dataFolder)
    const { replacedBy, parts } = unlearnt
    if (replacedBy !== null) {
      await audit.note({ who: 'erasure', what: 'promote', subject: catalogue, details: { generation: replacedBy } })
    }
    if (parts.some(({ removed }) => removed === 'by the next generation')) await schedule.owe(catalogue)
    return unlearnt
  }

  function tell(events: readonly StoredEvent[], isOwn: (event: StoredEvent) => boolean): void {
    shops.hear(events)
    schedule.remember(events.filter((event) => allows(event, 'training')))
    const nowMs = clock.now()
    for (const event of events) {
      people.heard(event.userId)
      const sight = sights.attribute(event)
      if (isOwn(event)) watch.event(event, sight, nowMs)
      // Counted once over all replicas: by the one that showed it.
      if (sight !== null) watch.outcome(event, sight)
    }
  }

  async function follow(news: News): Promise<void> {
    if (news.keys) await keys.reload()
    if (news.gap) await people.reload()
    await shops.follow(news)
    for (const catalogue of news.trained) schedule.trained(catalogue)
  }

  function onShown(exposure: Exposure): void {
    people.heard(exposure.userId)
    sights.show(exposure)
    watch.shown(exposure)
  }

  async function watchLive(id: GenerationId | null): Promise<void> {
    const generation = id === null ? null : await store.generations.get(id)
    if (generation !== null) watch.live(generation, heldOut(generation.report))
  }

  const engine: Engine = {
    config,
    clock,
    log,
    telemetry,
    store,
    adminKey,
    shops,
    keys,
    audit,
    analytics,
    get followed() {
      return follower.number
    },
    state: async () => {
      if (draining) return 'draining'
      const answers = store.changes.last().then(
        () => true,
        (error: unknown) => void log.error({ err: error }, 'the store does not answer'),
      )
      return follower.inLine && (await within(answeringMs, answers)) ? 'ready' : 'not ready'
    },
    drain: () => {
      draining = true
    },
    announce: (url) => claim.announce(url),
    shop: shops.of,
    people,
    retention,
    accept: async (body, { allows: isFor, refused } = {}) => {
      const context = { nowMs: clock.now(), config: config.preprocess, catalogue: config.catalogue as CatalogueId }
      const startMs = performance.now()
      const { events, rejected, logins } = watch.read(body, () => parseInsights(body, context))
      const foreign = isFor === undefined ? undefined : events.find(({ catalogue }) => !isFor(catalogue))
      if (foreign !== undefined)
        throw new HaggleError('unauthorised', `This key is not for the index ${foreign.catalogue}.`)
      const own = events.flatMap((event) => {
        // Whoever sorts by price acts on a replica.
        const catalogue = shops.catalogueOf(event.catalogue)
        return people.admit({ refused, ...event, catalogue }) ?? []
      })
      const outcome = { ...(await intake.accept(own)), rejected }
      await people.signIn(logins)
      watch.intake(outcome, performance.now() - startMs)
      return outcome
    },
    acceptEvents: async (events) => {
      const outcome = await intake.accept(events.flatMap((event) => people.admit(event) ?? []))
      await people.signIn([])
      return outcome
    },
    change: async (catalogue, changes) => shops.change(new Map([[catalogue, changes]])),
    recommend: (request) => {
      const answer = engine.shop(request.catalogue).recommend(people.honoured(request))
      watch.answer(answer)
      return answer
    },
    prepareSearch: (request) => shops.of(request.index).prepare(request),
    search: (request) => {
      const answer = shops.of(request.index).search(people.honoured(request))
      watch.answer({ ...answer, surface: 'search' })
      return answer
    },
    import: (request, task = idle) =>
      alone(request.catalogue, task.signal, async ({ signal }) => {
        const report = await runImport(request, {
          ...{ store, clock, config: config.preprocess, admit: people.admit },
          ...task,
          signal,
        })
        if (request.dryRun) return report
        await people.signIn([])
        await store.catalogues.renewed(request.catalogue, clock.now())
        await followed()
        return report
      }),
    check: async (catalogue, task = idle) => {
      const report = await checkShop({ store, catalogue, config, clock, ...task })
      watch.quality(catalogue, report.rules)
      return report
    },
    train: (catalogue, trainOptions = {}, task = idle) =>
      alone(catalogue, task.signal, async (held) => {
        const seen = trainings.begin(catalogue)
        const onEpoch = watch.epochs(catalogue, seen.epochs(trainOptions.onEpoch))
        const progress = watch.progress(catalogue, seen.progress(task.progress))
        const run = { ...trainOptions, ...held, store, catalogue, config, clock, onEpoch, progress }
        const outcome = await seen.end(trainGeneration(run)).catch((error: unknown) => watch.failed(catalogue, error))
        watch.trained(catalogue)
        if (outcome.published) {
          const { id } = outcome.generation
          await audit.note({ who: 'training', what: 'promote', subject: catalogue, details: { generation: id } })
        }
        await followed()
        shops.requireLive(catalogue)
        watch.generation(outcome)
        return outcome
      }),
    tune: (catalogue, tuneOptions = {}, task = idle) =>
      alone(catalogue, task.signal, ({ signal }) =>
        tuneShop({ ...tuneOptions, ...task, signal, store, catalogue, config, clock }),
      ),
    tuned: (catalogue) => readTuned(store, catalogue),
    untune: (catalogue) => alone(catalogue, undefined, () => forgetTuned(store, catalogue, clock.now())),
    drift: (catalogue) => drift.state(catalogue),
    attention: (catalogue, { byGeneration, attributed }) =>
      needsAttention({
        ...{ store, catalogue, byGeneration, attributed },
        nowMs: clock.now(),
        training: trainings.now(catalogue),
        exposuresLost: shops.get(catalogue)?.exposuresLost ?? 0,
      }),
    training: trainings.now,
    publish: async (catalogue, id) => {
      await store.generations.publish(catalogue, id, clock.now(), 'made live by hand')
      await followed()
      shops.requireLive(catalogue)
    },
    evaluate: (catalogue, evaluateOptions = {}, task = idle) =>
      evaluateShop({ ...evaluateOptions, store, catalogue, config, clock, ...task }),
    rollback: async (catalogue) => {
      const previous = await store.generations.rollback(catalogue, clock.now(), 'rolled back by hand')
      if (previous === null)
        throw new HaggleError('not-found', `Catalogue ${catalogue} has no earlier generation to go back to.`)
      await followed()
      shops.requireLive(catalogue)
      watch.rolledBack(catalogue, previous)
      return previous
    },
    backup: async (file, { withKeys = false } = {}, task = idle) => {
      for (const shop of shops.all()) await shop.flush()
      const about = { atMs: clock.now(), ...(withKeys && { keys: folderKeys(config.dataFolder) }), ...task }
      return store.snapshot((snapshot) => writeBackup(file, snapshot, about))
    },
    metrics: () => {
      for (const shop of shops.all()) watch.shop(shop.catalogue, shop.metrics())
      return telemetry.registry.metrics()
    },
    close: async () => {
      await retention.close()
      await schedule.close()
      await intake.close()
      await follower.close()
      await shops.close()
      await store.close()
      claim.release()
    },
  }

  if (live) {
    await audit.noteSettings(config)
    // Before anything is read into memory.
    await retention.run()
    await follower.begin()
    await keys.reload()
    for (const { catalogue } of await store.catalogues.list()) {
      if (primaryOf(await store.catalogues.settings(catalogue)) !== null) continue
      await shops.bringLive(catalogue, progress)
      await schedule.recall(catalogue)
      const kept = await latestQuality(store, catalogue)
      if (kept !== null) watch.quality(catalogue, kept.rules)
    }
    await follower.listen()
  }
  return engine
}

/** How long the store may take to answer whether it is there. */
const answeringMs = 1_000

/** Exposures whose clicks and purchases are still waited for, to be counted: some 2 KB each. */
const sightsKept = 10_000
