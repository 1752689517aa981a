/**
 * Shoppers as persons: what they agree to, who they are once they sign in, and that they can be forgotten, provably.
 *
 * Each of these changes the store and what memory holds in one go, while no event comes in: whoever asks next meets
 * the shopper as they are now.
 */
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { allows, type Consent, consentOf, everythingRefused, nothingRefused, refusalOf } from '../domain/consent.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { UserId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { Held, Renewed, Store } from '../store/store.ts'
import { type ErasureCertificate, type ErasureState, notReached, stateOf, type Unlearnt } from './erasure.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import { keyedHash } from './secrets.ts'
import { type Asking, honoured, openConsentBook } from './consent-book.ts'

/** What holds something of shoppers besides the store. */
export interface PeopleMemory {
  /** Resolves once all that was shown is in the store. */
  flush(): Promise<void>
  forget(userIds: readonly UserId[]): void
  /** What they did and were shown counts in no figures any more. */
  uncount(userIds: readonly UserId[]): void
  /** Reads what the store holds of them, as far as it may be held in memory. */
  relearn(userId: UserId): Promise<void>
  /** What the one searched and was shown, the other did and was; who that is is read anew. */
  rename(visitor: UserId, account: UserId): void
  /** Resolves once whoever holds something of them in this process has read them anew. */
  renewed(shoppers: readonly Renewed[]): Promise<void>
  /** Where it holds something of them, each place once. */
  places(userIds: readonly UserId[]): string[]
  /** Whether it has learnt anything of that one. */
  readonly knows: (userId: UserId) => boolean
  /** Takes them out of what was learnt as far as that goes at once; their events are still there. */
  unlearn(userIds: readonly UserId[]): Promise<Unlearnt[]>
}

export interface PeopleOptions {
  readonly store: Store
  readonly clock: Clock
  readonly config: Config['privacy']
  readonly memory: PeopleMemory
  readonly pseudonyms: Pseudonyms
  /** What fingerprints are made with. */
  readonly secret: string
  /** Runs `work` while no events come in. */
  readonly pauseEvents: <Result>(work: () => Promise<Result>) => Promise<Result>
}

export interface SignIn {
  readonly visitor: UserId
  readonly account: UserId
}

export interface People {
  /** What a shopper whom the shop calls `token` is called within. */
  readonly name: (token: UserId) => UserId
  /** Everything the store may call them, the visitors and accounts they were included. */
  readonly namesOf: (token: UserId) => Promise<UserId[]>
  /** The event as it may be kept, with what it must not be used for; `null`: not for anything, and it is not to be kept. */
  readonly admit: (event: ShopEvent) => ShopEvent | null
  /** The question as it may be answered and noted. */
  readonly honoured: <Request extends Asking>(request: Request) => Request
  /** What holds for a shopper, and whether they said so themselves. */
  consent(userId: UserId): { readonly consent: Consent; readonly said: boolean }
  /** Changes what is named. What is refused now is refused in what is held, at once and for good. */
  agree(userId: UserId, changes: Partial<Consent>): Promise<void>
  /** Stands for a shopper where their name must not stand. */
  readonly fingerprint: (userToken: string) => string
  /** Reads anew what everyone agreed to: changes were missed. */
  reload(): Promise<void>
  /** Reads a shopper anew who was changed here or by another replica. */
  renew(userId: UserId): Promise<void>
  /** Takes note that something of theirs came in. */
  readonly heard: (userId: UserId | null) => void
  /** Joins visitors with who they turned out to be, in store and memory; resolves once it is done. */
  signIn(signIns: readonly SignIn[]): Promise<void>
  /** Reads shoppers anew from what the store still holds of them, some at a time. */
  relearn(userIds: Iterable<UserId>): Promise<void>
  /** Removes all that names them, by any of their names, and keeps a certificate of it. */
  erase(userId: UserId): Promise<ErasureState>
  /** Of the last erasure under this name, as it stands now; `null` where there was none. */
  erasure(userId: UserId): Promise<ErasureState | null>
}

/** Where memory may hold something of a shopper: looked at, whatever is found. */
export const memoryPlaces = [
  'profile',
  'purchases',
  'searches and suggestions',
  'answers lately shown',
  'exposures that wait',
] as const

/** Shoppers who are read while events wait. */
const relearntAtOnce = 20

/** Sign-ins that are remembered as done; one more costs a look into the store. */
const mostRemembered = 100_000

export async function openPeople(options: PeopleOptions): Promise<People> {
  const { store, clock, config, memory, secret, pauseEvents } = options
  const { names, eventId } = options.pseudonyms
  const book = await openConsentBook(store.people, config.consent)
  /** Visitors of whom nothing came in since they were joined with that account. */
  const joined = new Map<UserId, UserId>()

  const join = async ({ visitor, account }: SignIn): Promise<Renewed[]> => {
    const renewed = await store.people.signIn(visitor, account, clock.now())
    memory.rename(visitor, account)
    if (joined.size >= mostRemembered) joined.clear()
    joined.set(visitor, account)
    return renewed
  }

  /** Those who are known by what they were called before: to be joined with what they are called now. */
  const renamed: SignIn[] = []
  const nameOf = (token: UserId): UserId => {
    const all = names(token)
    return all.length === 1 ? all[0] : (all.find(memory.knows) ?? all[0])
  }
  const rename = ([account, ...before]: readonly UserId[]): void => {
    for (const visitor of before) {
      if (memory.knows(visitor) || book.ownWord([visitor]) !== null) renamed.push({ visitor, account })
    }
  }

  const fingerprint = (userToken: string) => keyedHash(secret, userToken)

  const namesOf = async (token: UserId): Promise<UserId[]> => {
    const known = await Promise.all(names(token).map((name) => store.people.namesOf(name)))
    return [...new Set(known.flat())]
  }

  const erase = async (userId: UserId): Promise<ErasureState> => {
    const { all, places, models, removed, renewed } = await pauseEvents(async () => {
      await memory.flush()
      const all = await namesOf(userId)
      const [places, models] = [memory.places(all), await memory.unlearn(all)]
      return { all, places, models, ...(await store.people.erase(all)) }
    })
    await memory.renewed(renewed)
    const [left, placesLeft] = [await store.people.held(all), memory.places(all)]
    const tables = Object.entries(removed).map(([where, found]) => ({ where, found, left: left[where as keyof Held] }))
    const held = [...new Set([...memoryPlaces, ...places])].map((where) => {
      return { where, found: Number(places.includes(where)), left: Number(placesLeft.includes(where)) }
    })
    const checked = [...tables, ...held]
    const about = { atMs: clock.now(), names: all.length, checked, models, notReached }
    for (const name of new Set([userId, ...all])) {
      const certificate = { subject: fingerprint(name), ...about }
      await store.people.putErasure(certificate.subject, certificate as unknown as Json, about.atMs)
    }
    return stateOf({ subject: fingerprint(userId), ...about }, store.generations)
  }

  return {
    name: nameOf,
    namesOf,
    admit: (event) => {
      const all = names(event.userId)
      const refused = book.refusal(all, event.refused)
      if (refused === everythingRefused) return null
      rename(all)
      const called = all.length === 1 ? event : { ...event, id: eventId(event.id), userId: all[0] }
      return refused === (event.refused ?? nothingRefused) ? called : { ...called, refused }
    },
    honoured: (request) => {
      const { userId, refused: said } = request
      if (userId === null) return honoured(request, null, book.refusal([], said))
      return honoured(request, nameOf(userId), book.refusal(names(userId), said))
    },
    consent: (userId) => {
      const all = names(userId)
      return { consent: consentOf(book.refusal(all)), said: book.ownWord(all) !== null }
    },
    agree: async (userId, changes) => {
      const renewed = await pauseEvents(async () => {
        await memory.flush()
        const [current, ...before] = names(userId)
        const refused = refusalOf({ ...consentOf(book.refusal([current, ...before])), ...changes })
        const all: Renewed[] = []
        for (const name of [current, ...before]) {
          // Under a name of before only what is there already.
          const { events, exposures, consents } = await store.people.held([name])
          if (name !== current && events + exposures + consents === 0) continue
          all.push(...(await store.people.refuse(name, refused, clock.now())))
        }
        await book.refresh([current, ...before])
        return all
      })
      await memory.renewed(renewed)
    },
    reload: () => book.refresh(),
    renew: async (userId) => {
      await book.refresh([userId])
      const { events, exposures, logins } = await store.people.held([userId])
      const word = book.ownWord([userId]) ?? nothingRefused
      const isGone = events + exposures === 0
      if (isGone || word !== nothingRefused) memory.forget([userId])
      // One who signed in is gone by that name alone: figures stay as they are.
      if ((isGone && logins === 0) || !allows({ refused: word }, 'analytics')) {
        // Read before they signed in, it counts under what they were called then.
        memory.uncount(await store.people.namesOf(userId))
      }
      await memory.relearn(userId)
    },
    fingerprint,
    heard: (userId) => {
      if (userId !== null) joined.delete(userId)
    },
    signIn: async (signIns) => {
      const named = signIns.flatMap(({ visitor, account: token }) => {
        const [account] = names(token)
        const [current, ...before] = names(visitor)
        return [current, ...before.filter(memory.knows)].map((name) => ({ visitor: name, account }))
      })
      const all = [...renamed.splice(0), ...named]
      const fresh = all.filter(({ visitor, account }) => joined.get(visitor) !== account)
      if (fresh.length === 0) return
      const renewed = await pauseEvents(async () => {
        await memory.flush()
        const each: Renewed[] = []
        for (const signIn of fresh) each.push(...(await join(signIn)))
        return each
      })
      await memory.renewed(renewed)
    },
    relearn: async (userIds) => {
      const all = [...userIds]
      for (let at = 0; at < all.length; at += relearntAtOnce) {
        await pauseEvents(async () => {
          for (const userId of all.slice(at, at + relearntAtOnce)) await memory.relearn(userId)
        })
      }
    },
    erase,
    erasure: async (userId) => {
      const kept = await store.people.erasure(fingerprint(userId))
      return kept === null ? null : stateOf(kept as unknown as ErasureCertificate, store.generations)
    },
  }
}
