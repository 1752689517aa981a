/**
 * What a shop understands of searches, learnt from those its shoppers make: what to offer while one types, what is
 * meant by a search that finds little, which categories and brands are wanted.
 *
 * Everything is learnt anew from the log of searches once a fiftieth of it is new, in short steps beside the answers, and
 * put in place whole. A shopper who is forgotten is out of the log at once, and out of what was learnt with the next
 * learning, which starts at once; one that was under way begins again.
 */
import type { Breathe } from '../../base/breathe.ts'
import type { Config } from '../../base/config.ts'
import type { Exposure } from '../../domain/exposure.ts'
import type { CatalogueId, ItemId, UserId } from '../../domain/ids.ts'
import type { Item } from '../../domain/item.ts'
import type { Behaviour } from '../../preprocess/behaviour-log.ts'
import type { QueryIntent } from '../../retrieve/query-intent.ts'
import type { SearchIndex } from '../search-index.ts'
import type { SearchSettings } from '../search-parameters.ts'
import { catalogueQueries } from './catalogue-queries.ts'
import { learnIntents, noIntents } from './intents.ts'
import { popularQueries } from './popular-queries.ts'
import { createQueryLog } from './query-log.ts'
import { createQueryWords } from './query-text.ts'
import { learnRewrites, type Mend, noRewrites } from './rewrites.ts'
import { createSuggestions, type Suggestions } from './suggestions.ts'

export interface Understanding {
  readonly suggestions: Suggestions
  /** Takes note of an answer that was shown. */
  readonly shown: (exposure: Pick<Exposure, 'queryId' | 'userId' | 'query' | 'timeMs'>) => void
  remember(behaviour: Behaviour): void
  /** Takes note that a product came, changed or went. */
  refresh(): void
  readonly forget: (userId: UserId) => void
  readonly forgetBefore: (timeMs: number) => void
  /** A visitor turned out to be `account`: their searches are one shopper's. */
  readonly rename: (visitor: UserId, account: UserId) => void
  /** Whether it has searches of theirs. */
  readonly knows: (userId: UserId) => boolean
  readonly isStale: boolean
  learn(breathe: Breathe): Promise<void>
  /** What is mostly searched instead; `null` where nothing is known to be. */
  instead(query: string): string | null
  intentOf(query: string): QueryIntent | null
  /** Words that may mean the same, for a merchandiser to judge. */
  readonly synonyms: () => readonly Mend[]
}

export interface UnderstandingOptions {
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly index: SearchIndex
  readonly settings: () => SearchSettings
  readonly items: { readonly size: number; items(): Iterable<Item>; readonly get: (itemId: ItemId) => Item | undefined }
}

/** Of the log; of the catalogue, for its products to be counted again where something is learnt anyway. */
const staleShare = 0.02
/** Of the catalogue, for that alone: counting takes a search for each suggestion. */
const staleCatalogue = 0.2

export function createUnderstanding(options: UnderstandingOptions): Understanding {
  const { catalogue, config, index, settings, items } = options
  const { shoppers: leastShoppers, most } = config.search.suggestions
  const { indexLanguages, queryLanguages } = settings()
  const words = createQueryWords(indexLanguages ?? queryLanguages ?? ['en'])
  const log = createQueryLog({ weights: config.preprocess.weights })
  const pastOf = (userId: UserId) => log.of(userId).map(({ query }) => query)
  const suggestions = createSuggestions({
    ...{ catalogue, index, words, pastOf },
    settingsOfProducts: settings,
    attributes: config.attributes,
  })
  let [intents, rewrites] = [noIntents, noRewrites]
  let changes = 0
  let known = { version: 0, forgotten: 0 }

  const learnOnce = async (breathe: Breathe): Promise<boolean> => {
    const { version, forgotten } = log
    const [nextIntents, nextRewrites] = [
      await learnIntents(log, words, items.get, breathe),
      await learnRewrites(log, words, leastShoppers, breathe),
    ]
    const searched = await popularQueries(log, words, leastShoppers, breathe)
    const offered = searched.slice(0, most)
    const keys = new Set(offered.map(({ text }) => words.key(text)))
    const recount = changes > staleShare * items.size
    if (recount) changes = 0
    for (const text of await catalogueQueries(items.items(), words, breathe)) {
      if (offered.length >= most) break
      if (!keys.has(words.key(text))) offered.push({ text, shoppers: 0 })
    }
    if (log.forgotten !== forgotten) return false
    ;[intents, rewrites] = [nextIntents, nextRewrites]
    await suggestions.replace(offered, recount, breathe)
    known = { version, forgotten }
    return log.forgotten === forgotten
  }

  return {
    suggestions,
    shown: ({ queryId, userId, query, timeMs }) => {
      if (query === undefined) log.otherAnswer(queryId)
      else if (userId !== null) log.searched({ userId, query, timeMs, queryId })
    },
    remember: ({ type, userId, query, timeMs, itemId, queryId }) => {
      if (type !== 'search') log.acted({ userId, type, itemId, timeMs, queryId })
      else if (query !== null) log.searched({ userId, query, timeMs, queryId: null })
    },
    refresh: () => void changes++,
    forget: (userId) => log.forget(userId),
    forgetBefore: (timeMs) => log.forgetBefore(timeMs),
    rename: log.rename,
    knows: (userId) => log.of(userId).length > 0,
    get isStale() {
      return (
        known.forgotten !== log.forgotten ||
        log.version - known.version > staleShare * log.size ||
        changes > staleCatalogue * items.size
      )
    },
    learn: async (breathe) => {
      while (!(await learnOnce(breathe)));
    },
    instead: (query) => rewrites.instead(query),
    intentOf: (query) => intents.of(query),
    synonyms: () => rewrites.synonyms,
  }
}
