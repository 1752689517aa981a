/** Shoppers as persons: what they agree to, signing in, being forgotten, and what is let go of in time. */
import type { Analytics } from '../analytics/analytics.ts'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { CatalogueId, UserId } from '../domain/ids.ts'
import type { AttributionDesk } from '../events/attribution.ts'
import type { Audit } from '../privacy/audit.ts'
import type { Unlearnt } from '../privacy/erasure.ts'
import { openPeople, type People, type PeopleMemory, type PeopleOptions } from '../privacy/people.ts'
import { openPseudonyms } from '../privacy/pseudonyms.ts'
import { createRetention, type Retention } from '../privacy/retention.ts'
import { sharedSecret } from '../privacy/secrets.ts'
import type { LiveShops } from '../serve/live-shops.ts'
import type { Store } from '../store/store.ts'
import { clearCheckpoints } from '../train/checkpoint.ts'
import { unlearnShopper } from '../train/unlearn.ts'

export interface PersonsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly config: Config
  readonly log: Log
  readonly adminKey: string
  readonly audit: Audit
  readonly shops: LiveShops
  readonly sights: AttributionDesk
  readonly analytics: Analytics
  /** Runs `work` while no events come in. */
  readonly pauseEvents: PeopleOptions['pauseEvents']
  /** Says whom a change of the store was about: the store does not. */
  readonly erased: (change: number, userId: UserId) => void
  /** Resolves once what answers is in line with the store. */
  readonly followed: () => Promise<void>
  /** A training is to follow. */
  readonly owe: (catalogue: CatalogueId) => Promise<void>
}

export async function openPersons(options: PersonsOptions): Promise<{ people: People; retention: Retention }> {
  const { store, clock, config, log, adminKey, shops, analytics, pauseEvents } = options
  const secrets = { store: store.secrets, clock, adminKey }
  const secret = await sharedSecret(secrets, 'fingerprints')
  const pseudonyms = await openPseudonyms({ ...secrets, privacy: config.privacy, secret })
  const memory = memoryOf(options)
  const people = await openPeople({ store, clock, config: config.privacy, pseudonyms, secret, pauseEvents, memory })
  const retention = createRetention({
    ...{ store, clock, log, pseudonyms },
    keepDays: config.privacy.keepDays,
    heldBefore: (timeMs) => [...shops.all()].flatMap((shop) => shop.shoppersBefore(timeMs)),
    relearn: (userIds) => people.relearn(userIds),
    forgetAnswers: (beforeMs) => {
      for (const shop of shops.all()) shop.forgetSearchesBefore(beforeMs)
      analytics.forget()
    },
  })
  return { people, retention }
}

/** All that this process knows of persons. */
function memoryOf(options: PersonsOptions): PeopleMemory {
  const { store, shops, sights, analytics, erased, followed } = options
  return {
    flush: async () => {
      for (const shop of shops.all()) await shop.flush()
    },
    forget: (userIds) => {
      for (const userId of userIds) {
        shops.forget(userId)
        sights.forget(userId)
      }
    },
    uncount: (userIds) => analytics.forget(userIds),
    places: (userIds) => [
      ...userIds.flatMap(shops.places),
      ...(userIds.some(sights.knows) ? ['answers lately shown'] : []),
    ],
    knows: shops.knows,
    unlearn: async (userIds) => {
      const catalogues = new Set<CatalogueId>()
      for (const userId of userIds) for (const each of await store.events.cataloguesOf(userId)) catalogues.add(each)
      const all = await Promise.all([...catalogues].map((catalogue) => unlearn(options, catalogue, userIds)))
      return all.filter((each) => each !== null)
    },
    relearn: shops.relearn,
    rename: (visitor, account) => {
      sights.rename(visitor, account)
      shops.rename(visitor, account)
    },
    renewed: async (shoppers) => {
      for (const { change, userId } of shoppers) erased(change, userId)
      await followed()
    },
  }
}

/** Out of what is live, as far as it can; a training follows for the rest. */
async function unlearn(
  { store, config, clock, audit, owe }: PersonsOptions,
  catalogue: CatalogueId,
  userIds: readonly UserId[],
): Promise<Unlearnt | null> {
  const unlearnt = await unlearnShopper({ store, catalogue, config, clock }, userIds)
  if (unlearnt === null) return null
  await clearCheckpoints(config.dataFolder)
  const { replacedBy, parts } = unlearnt
  if (replacedBy !== null) {
    await audit.note({ who: 'erasure', what: 'promote', subject: catalogue, details: { generation: replacedBy } })
  }
  if (parts.some(({ removed }) => removed === 'by the next generation')) await owe(catalogue)
  return unlearnt
}
