/**
 * One catalogue, live: what it sells, what its shoppers did, and the trained state that answers them.
 *
 * Everything is in memory. At the start the catalogue and the cleaned log are read from the store; from then on the
 * shop is told of each change and each event once they are safe, so that the very next answer knows of them. Answers
 * are made in one go, with no waiting in between: what goes live while one is made does not touch it.
 */
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { type Progress, silentProgress } from '../base/progress.ts'
import { allows, everythingRefused, nothingRefused } from '../domain/consent.ts'
import type { Exposure, Textual } from '../domain/exposure.ts'
import type { CatalogueId, GenerationId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { createFeatureDrift } from '../features/feature-drift.ts'
import { createFeatureSet } from '../features/feature-set.ts'
import { type Behaviour, behaviourAt } from '../preprocess/behaviour-log.ts'
import { cleanEvent, cleanLog } from '../preprocess/clean.ts'
import { itemTags } from '../profiles/item-tags.ts'
import { createProfileBook } from '../profiles/profile-book.ts'
import { createContentIndex } from '../retrieve/content-index.ts'
import { createSlateKinds } from '../retrieve/slate-kinds.ts'
import type { Store } from '../store/store.ts'
import type { RecommendRequest } from './answer.ts'
import { browseItems, findShoppers, habitsOf, viewOf } from './browse.ts'
import { compareGenerations } from './compare.ts'
import { shopEmbeddings } from './embeddings/shop-embeddings.ts'
import { explain } from './explain.ts'
import { createExposer, newQueryId } from './expose.ts'
import { createKeptParts } from './kept-parts.ts'
import { createLearntOrder } from './learnt-order.ts'
import { createLiveCatalogue } from './live-catalogue.ts'
import { isDamage, type LiveGeneration, loadGeneration, loadStanding, type Standing } from './live-generation.ts'
import type { LiveShop } from './live-shop.ts'
import { refuseSuggestions } from './queries/suggestions.ts'
import { createUnderstanding } from './queries/understanding.ts'
import { readCatalogue, replayLog } from './read-shop.ts'
import { recommend } from './recommend.ts'
import { createRestrictions } from './restrictions.ts'
import { createRhythm } from './rhythm.ts'
import { learnOfSearches } from './search-learning.ts'
import { loadSearchState } from './search-state.ts'
import { createSearchCounter, searchedFor } from './searched.ts'
import { createShopSearch } from './shop-search.ts'
import type { Memory } from './source.ts'
import { createTaking, type Taken } from './taken.ts'
import { createTrends } from './trends.ts'
import { createUsage } from './usage.ts'

export interface ShopOptions {
  readonly store: Store
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly progress?: Progress
  /** Is told of every answer that is shown. */
  readonly onShown?: (exposure: Exposure) => void
  /** Told how expected, to the live generation, each first new thing was that a shopper took. */
  readonly onTaken?: (taken: Taken) => void
}

export async function openShop(options: ShopOptions): Promise<LiveShop> {
  const { store, catalogue, config, clock, log, progress = silentProgress } = options
  const kept = { store, catalogue, progress }
  let generation: LiveGeneration | null = null
  let broken: GenerationId | null = null
  const content = createContentIndex((item) => itemTags(item).map(({ tag }) => tag), {
    slotOf: (itemId) => searching.index.lexical.slotOf(itemId),
    idOf: (slot) => searching.index.lexical.idOf(slot),
  })
  const items = createLiveCatalogue(catalogue, config.attributes, (itemId, item) => {
    generation?.follow(itemId, item)
    restrictions.follow(itemId, item)
    const slot = searching.follow(itemId, item)
    if (item === null) content.remove(slot)
    else content.put(slot, item)
    embeddings?.refresh(slot)
    understanding.refresh()
  })
  const restrictions = createRestrictions(items, (shape) => searching.index.meeting(shape))
  const profiles = createProfileBook({ config: config.preprocess, item: items.get })
  const features = createFeatureSet({ item: items.get, profiles })
  const drift = createFeatureDrift(features)
  const trends = createTrends(config.recommend.trendHalfLifeHours, config.preprocess.weights)
  const rhythm = createRhythm()
  const memory: Memory = {
    config,
    catalogue: items,
    content,
    kinds: createSlateKinds(),
    profiles,
    features,
    trends,
    rhythm,
    restrictions,
    get generation() {
      return generation
    },
  }
  const exposer = createExposer(store, log, options.onShown)
  const counter = createSearchCounter(store, catalogue, log)
  const stopLearning = new AbortController()
  /** True once everything of the past was read. */
  let isOpen = false
  const learnMore = (): void => {
    if (isOpen) wake()
  }
  const usage = createUsage()
  /** Notes an answer, to be learnt from. */
  const record = (
    answer: Omit<Exposure, 'catalogue' | 'generation' | 'arm' | 'items'>,
    shown: readonly { readonly item: Item; readonly score: number; readonly textual?: Textual | null }[],
  ): Exposure => {
    if (allows(answer, 'training')) understanding.shown(answer)
    const exposure = {
      ...answer,
      catalogue,
      generation: generation?.id ?? null,
      arm: null,
      // Every source is deterministic: what was shown could not have been anything else.
      items: shown.map(({ item, score, textual }) => {
        return { itemId: item.id, score, propensity: 1, ...(textual == null ? {} : { textual }) }
      }),
    }
    exposer.add(exposure)
    learnMore()
    return exposure
  }
  const flush = async (): Promise<void> => {
    await exposer.flush()
    await counter.flush()
  }
  const order = createLearntOrder(memory)
  const searching = createShopSearch({
    catalogue,
    state: await loadSearchState(store, catalogue),
    reorder: order.reorder,
    understood: {
      instead: (query) => understanding.instead(query),
      intentOf: (query) => understanding.intentOf(query),
      meaningOf: (query, slots) => embeddings?.of(query, slots) ?? null,
    },
    onAnswer: (answer, request, nowMs) => {
      const { index, parameters, refused = nothingRefused } = request
      const { queryId, query, shown, nbHits } = answer
      const searched = searchedFor(index, parameters, nbHits)
      if (queryId === null || refused === everythingRefused) {
        if (searched !== null) counter.count(query, searched, nowMs)
        return
      }
      const start = answer.offset ?? answer.page * answer.hitsPerPage
      usage.answered({ ...answer, queryId, surface: 'search', shown: shown.length })
      const about = { query, ...(start === 0 ? {} : { offset: start }), ...(searched === null ? {} : { searched }) }
      const exposure = record({ queryId, timeMs: nowMs, surface: 'search', ...about, ...askedBy(request) }, shown)
      if (allows(exposure, 'training')) order.show(exposure)
    },
  })
  const understanding = createUnderstanding({
    ...{ catalogue, config, items },
    index: searching.index,
    settings: () => searching.settings(catalogue) ?? {},
  })
  const { suggestions } = understanding
  const embeddings = shopEmbeddings({ config: config.search.embeddings, store, log, item: searching.index.item })
  const { signal } = stopLearning
  const wake = learnOfSearches({
    ...{ catalogue, log, signal, understanding, embeddings },
    relevance: searching.relevance,
  })
  let remembered = 0
  let dropped = 0

  const learn = (behaviour: Behaviour): void => {
    const item = behaviour.itemId === null ? undefined : items.get(behaviour.itemId)
    const mayTeach = allows(behaviour, 'training')
    if (item !== undefined && mayTeach) drift.notice(behaviour, item)
    if (allows(behaviour, 'personalization')) {
      profiles.remember(behaviour)
      rhythm.remember(behaviour)
    }
    if (mayTeach) {
      features.remember(behaviour)
      trends.remember(behaviour)
      order.remember(behaviour)
      understanding.remember(behaviour)
    }
    remembered++
  }
  const taking = createTaking(memory, options.onTaken)
  const forgetTaste = (userId: UserId): void => {
    profiles.forget(userId)
    rhythm.forget(userId)
    order.forget(userId)
    taking.forget(userId)
  }
  const cleaning = () => ({ config: config.preprocess, nowMs: clock.now(), item: items.get })

  const parts = createKeptParts({ words: searching.words, tags: content }, () => items.size, {
    ...{ folder: config.dataFolder, catalogue, log },
  })
  parts.adopt()
  await readCatalogue(kept, items.apply)
  parts.settle()
  const sequence = await replayLog(kept, cleaning, learn, understanding.shown)

  /** What everybody did together has been counted already: only the shopper's own page is written anew. */
  const everyItem = { ...config.preprocess, minimumEventsPerItem: 1 }
  const relearn = async (userId: UserId): Promise<void> => {
    const events = (await store.events.ofUser(catalogue, userId, mostRelearnt)).reverse()
    const { log } = await cleanLog(once(events), { ...cleaning(), config: everyItem })
    forgetTaste(userId)
    for (let at = 0; at < log.length; at++) {
      const behaviour = behaviourAt(log, at)
      if (!allows(behaviour, 'personalization')) continue
      profiles.remember(behaviour)
      rhythm.remember(behaviour, { counted: true })
    }
  }

  /** Loads run one after the other, so that the last one asked for is the one that stays. */
  let loading: Promise<unknown> = Promise.resolve()
  const goLive = (find: () => Promise<Standing>): Promise<void> => {
    const load = async () => {
      const { generation: next, broken: missing } = await find()
      // From here to the swap in one go, so that no change of the catalogue is missed.
      next?.align(items)
      generation = next
      broken = missing
      taking.follow(next)
      order.follow(next)
    }
    const loaded = loading.then(load)
    loading = loaded.catch(() => undefined)
    return loaded
  }

  await goLive(() => loadStanding(store, catalogue, log))

  isOpen = true
  learnMore()

  return {
    catalogue,
    get generation() {
      return generation?.id ?? null
    },
    get broken() {
      return broken
    },
    get shopperCount() {
      return profiles.size
    },
    get itemCount() {
      return items.size
    },
    sequence,
    get exposuresLost() {
      return exposer.lost + counter.lost
    },
    item: items.get,
    remember: (accepted) => {
      for (const event of accepted) {
        if (event.queryId !== null) usage.taken(event.queryId)
        const cleaned = cleanEvent(event, cleaning())
        if (cleaned === null) dropped++
        else {
          // Before anything is learnt from it.
          if ((cleaned.refused ?? nothingRefused) === nothingRefused) taking.notice(cleaned)
          learn(cleaned)
        }
      }
      learnMore()
    },
    applyChanges: (changes) => {
      items.apply(changes)
      learnMore()
    },
    goLive: (id) =>
      goLive(async () => {
        try {
          return { generation: id === null ? null : await loadGeneration(store, catalogue, id), broken: null }
        } catch (error) {
          if (isDamage(error)) broken = id
          throw error
        }
      }),
    recommend: (request) => {
      refuseSuggestions(request.catalogue, suggestions)
      const startMs = performance.now()
      const nowMs = clock.now()
      const queryId = newQueryId()
      const { hits, facets } = recommend(memory, request, nowMs)
      const tookMs = performance.now() - startMs
      const answer = { queryId, generation: generation?.id ?? null, surface: request.surface, hits, facets, tookMs }
      usage.answered({ ...answer, shown: hits.length + facets.length })
      if (request.expose !== false && request.refused !== everythingRefused) {
        record({ queryId, timeMs: nowMs, surface: request.surface, ...askedBy(request) }, hits)
      }
      return answer
    },
    prepare: ({ index, parameters }) =>
      index === suggestions.name ? undefined : embeddings?.prepare(parameters.query ?? ''),
    search: (request) => (request.index === suggestions.name ? suggestions : searching).search(request, clock.now()),
    searchFacet: (request) => {
      refuseSuggestions(request.index, suggestions)
      return searching.searchFacet(request, clock.now())
    },
    matching: (request) => {
      refuseSuggestions(request.index, suggestions)
      return searching.matching(request, clock.now())
    },
    browse: (request, from) => {
      refuseSuggestions(request.index, suggestions)
      return searching.browse(request, from, clock.now())
    },
    settings: (index) => (index === suggestions.name ? suggestions.settings : searching.settings(index)),
    synonyms: understanding.synonyms,
    preview: searching.preview,
    searchAs: async (id, requests) => {
      const other = await loadGeneration(store, catalogue, id)
      other.align(items)
      const nowMs = clock.now()
      return order.during(other, () => requests.map((request) => searching.search(request, nowMs)))
    },
    configure: searching.configure,
    explain: (request) => explain(memory, request, clock.now()),
    compare: (request) => compareGenerations(memory, store, request),
    profile: (userId, nowMs = clock.now()) => {
      const profile = profiles.get(userId)
      return profile === undefined ? null : viewOf(profile, nowMs)
    },
    habits: (userId) => {
      const profile = profiles.get(userId)
      return profile === undefined ? null : habitsOf(profile, clock.now())
    },
    shoppers: (text, limit) => findShoppers(memory, text, limit, clock.now()),
    listItems: (request) => browseItems(memory, request),
    signals: (userId, itemId) => {
      const item = items.get(itemId)
      if (item === undefined) return null
      const values = features.values({ userId, timeMs: clock.now() }, item)
      return Object.fromEntries(features.names.map((name, at) => [name, values[at]]))
    },
    forget: (userId) => {
      forgetTaste(userId)
      exposer.forget(userId)
      understanding.forget(userId)
      learnMore()
    },
    rename: (visitor, account) => {
      forgetTaste(visitor)
      understanding.rename(visitor, account)
    },
    relearn,
    forgetSearchesBefore: (timeMs) => {
      understanding.forgetBefore(timeMs)
      learnMore()
    },
    shoppersBefore: (timeMs) =>
      [...profiles.all()].flatMap(({ userId, firstMs }) => (firstMs < timeMs ? [userId] : [])),
    knows: (userId) => profiles.get(userId) !== undefined,
    places: (userId) =>
      [
        ['profile', profiles.get(userId) !== undefined],
        ['purchases', rhythm.due(userId, clock.now()).length > 0],
        ['searches and suggestions', understanding.knows(userId)],
        ['exposures that wait', exposer.holds(userId)],
      ].flatMap(([place, holds]) => (holds === true ? [place as string] : [])),
    flush,
    metrics: () => ({
      items: items.size,
      shoppers: profiles.size,
      generation: generation?.id ?? null,
      broken,
      remembered,
      dropped,
      exposuresPending: exposer.pending,
      exposuresLost: exposer.lost + counter.lost,
      latencyMs: usage.latencyMs(),
      surfaces: usage.surfaces(),
      featureDrift: drift.figures,
      caches: {
        filters: searching.index.conditions.lookups,
        words: searching.index.lexical.lookups,
        restrictions: restrictions.lookups,
        tastes: order.lookups,
      },
    }),
    close: async () => {
      stopLearning.abort()
      await parts.keep()
      await flush()
    },
  }
}

/** Of one shopper; the oldest beyond it are left out. */
const mostRelearnt = 100_000

async function* once<Each>(batch: Each): AsyncGenerator<Each> {
  yield batch
}

function askedBy({ userId, shownTo = userId, refused }: Pick<RecommendRequest, 'userId' | 'shownTo' | 'refused'>) {
  return { userId: shownTo, ...(refused === undefined ? {} : { refused }) }
}
