/**
 * The loop, wired: what happened → what can be learned → what is learned → what is answered → what happened next.
 *
 * The only file that knows every stage. It computes nothing: it opens the folder, hands events to whoever must hear of
 * them, and lets training and serving meet in the store's generations.
 */
import { createAnalytics } from './analytics/analytics.ts'
import { systemClock } from './base/clock.ts'
import { atOnce } from './base/fair-turns.ts'
import { silentLog } from './base/log.ts'
import { within } from './base/within.ts'
import { silentProgress } from './base/progress.ts'
import { createTelemetry } from './base/telemetry.ts'
import { allows } from './domain/consent.ts'
import { HaggleError } from './domain/errors.ts'
import type { Exposure } from './domain/exposure.ts'
import type { CatalogueId, GenerationId } from './domain/ids.ts'
import { createAttribution } from './events/attribution.ts'
import { createIntake } from './events/intake.ts'
import { parseInsights } from './events/parse-insights.ts'
import { useBackend } from './kernels/backend.ts'
import { createDriftWatch } from './monitor/drift-watch.ts'
import { needsAttention } from './monitor/attention.ts'
import { observe } from './monitor/observe.ts'
import { createTrainingWatch } from './monitor/training-watch.ts'
import { createAudit } from './privacy/audit.ts'
import { addSearchKey, openKeyring } from './serve/keyring.ts'
import type { Engine, EngineOptions } from './loop/engine.ts'
import { openPersons } from './loop/persons.ts'
import { requireShopperRoom, withinRoom } from './loop/room.ts'
import { createTasks } from './loop/tasks.ts'
import { createFollower } from './serve/follower.ts'
import { createLiveShops } from './serve/live-shops.ts'
import { primaryOf } from './serve/search-state.ts'
import { writeBackup } from './store/backup-file.ts'
import { folderKeys } from './store/carry-shop.ts'
import { claimFolder, keptKey } from './store/folder.ts'
import { openStore } from './store/open-store.ts'
import type { News, StoredEvent } from './store/store.ts'
import { createAlone } from './train/alone.ts'
import { latestQuality } from './train/check-shop.ts'
import { heldOut } from './train/generation-report.ts'
import { createSchedule } from './train/schedule.ts'
import { unlearntEvents } from './train/unlearnt-events.ts'

// What the doors hand through: they may import this file, and no stage.
export type { Engine, EngineOptions } from './loop/engine.ts'
export type { Task } from './loop/tasks.ts'
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
export { keptKey, readOwner } from './store/folder.ts'
export { cutByMonth } from './store/open-store.ts'
export { fingerprintOf } from './serve/keyring.ts'
export type { Keyring, Permit } from './serve/keyring.ts'
export { suggestionsName } from './serve/queries/suggestions.ts'
export { pickAttributes } from './serve/present.ts'
export { parseParams, type Raw, readParameters, type SearchSettings, writeParams } from './serve/search-parameters.ts'
export type { SearchAnswer, SearchRequest } from './serve/shop-search.ts'
export type { EntryKind, Generation, ItemChange, Publication } from './store/store.ts'
export { places, type SearchFigures } from './analytics/search-figures.ts'
export type { NoClicks, SearchReport } from './analytics/search-report.ts'
export type { EventFate } from './analytics/event-fates.ts'
export type { Overview } from './analytics/overview.ts'
export type { Compared } from './serve/compare.ts'
export { type GenerationLine, generationLine, type GenerationReport } from './train/generation-report.ts'
export type { Attention } from './monitor/attention.ts'
export { describeEvaluation, type ShopEvaluation } from './train/evaluate-shop.ts'
export { describeTraining, type TrainOutcome } from './train/pipeline.ts'
export { describeShopTuning, type ShopTuning } from './train/tune-shop.ts'
export { describeTuned, type TunedSettings } from './train/tuned-settings.ts'

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { config, clock = systemClock, log = silentLog, progress = silentProgress, live = true } = options
  const { turns = { learn: atOnce, import: atOnce }, telemetry = createTelemetry() } = options
  await useBackend(config.kernels)
  const claim = await claimFolder(config.dataFolder, { role: options.role ?? 'engine' })
  const store = await openStore(config, log).catch((error: unknown) => {
    claim.release()
    throw error
  })
  const watch = observe(telemetry, log)
  const trainings = createTrainingWatch(clock)
  const holder = keptKey(config.dataFolder, 'replica.id')
  let draining = false
  const alone = createAlone({ leases: store.leases, clock, log, holder })
  const sights = createAttribution({ mostExposures: sightsKept })

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
  const liveShops = createLiveShops({
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
  const shops = withinRoom(liveShops, config.limits)
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
    train: (catalogue, signal) => tasks.train(catalogue, {}, { progress: silentProgress, signal }),
    log,
    reports: store.reports,
    unlearnt: (catalogue) => unlearntEvents(store, catalogue),
    owedWithinHours: config.privacy.trainWithinHours,
  })

  const { onDrift: alpha } = config.training
  const drift = createDriftWatch({
    ...{ telemetry, log, clock, alpha, reports: store.reports },
    live: (catalogue) => shops.get(catalogue)?.generation ?? null,
    onDrift: (catalogue) => schedule.drifted(catalogue),
  })

  const { people, retention } = await openPersons({
    ...{ store, clock, config, log, adminKey, audit, shops, sights, analytics, followed },
    pauseEvents: (work) => intake.pause(work),
    erased: (change, userId) => follower.erased(change, userId),
    owe: (catalogue) => schedule.owe(catalogue),
  })
  const tasks = createTasks({ store, clock, config, alone, shops, people, audit, watch, trainings, followed, turns })

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
    for (const catalogue of news.whole) schedule.recount(catalogue)
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
    ...tasks,
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
      requireShopperRoom(own, shops, config.limits)
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
    drift: (catalogue) => drift.state(catalogue),
    attention: (catalogue, { byGeneration, attributed }) =>
      needsAttention({
        ...{ store, catalogue, byGeneration, attributed },
        nowMs: clock.now(),
        training: trainings.now(catalogue),
        exposuresLost: shops.get(catalogue)?.exposuresLost ?? 0,
      }),
    training: trainings.now,
    backup: async (file, { withKeys = false } = {}, task = { progress: silentProgress }) => {
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
      await drift.close()
      await shops.close()
      await store.close()
      claim.release()
    },
  }

  const bringUp = async (): Promise<void> => {
    await audit.noteSettings(config)
    // Before anything is read into memory.
    await retention.run()
    await follower.begin()
    await keys.reload()
    for (const { catalogue } of await store.catalogues.list()) {
      if (primaryOf(await store.catalogues.settings(catalogue)) !== null) continue
      await shops.reporting(catalogue, progress, () => shops.bringLive(catalogue))
      await schedule.recall(catalogue)
      await drift.recall(catalogue)
      const kept = await latestQuality(store, catalogue)
      if (kept !== null) watch.quality(catalogue, kept.rules)
    }
    await follower.listen()
  }
  if (live) {
    // What cannot be opened belongs to nobody: it can be opened again, with other settings.
    await bringUp().catch(async (error: unknown) => {
      await engine.close()
      throw error
    })
  }
  return engine
}

/** How long the store may take to answer whether it is there. */
const answeringMs = 1_000

/** Exposures whose clicks and purchases are still waited for, to be counted: some 2 KB each. */
const sightsKept = 10_000
