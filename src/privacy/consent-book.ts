/**
 * What each shopper agreed to, in memory: asked for every event and every answer.
 *
 * A shopper's own word, given through the shop, stands over everything; what is said with one request or event can only
 * refuse more. Where a shopper has said nothing, what came with the request holds, and else the shop's default.
 */
import { type Consent, allows, nothingRefused, type Refusal, refusalOf } from '../domain/consent.ts'
import type { UserId } from '../domain/ids.ts'
import type { PeopleStore } from '../store/store.ts'

export interface ConsentBook {
  /** @param said what came with the request or event; absent: nothing was said */
  refusal(names: readonly UserId[], said?: Refusal): Refusal
  /** What was said under any of the names; `null` for one who has said nothing. */
  ownWord(names: readonly UserId[]): Refusal | null
  /** Reads again what the store knows of them; without names, of everyone. */
  refresh(userIds?: readonly UserId[]): Promise<void>
}

export async function openConsentBook(store: PeopleStore, usual: Consent): Promise<ConsentBook> {
  const byDefault = refusalOf(usual)
  const words = await store.consents()
  const ownWord = (names: readonly UserId[]): Refusal | null => {
    for (const name of names) {
      const word = words.get(name)
      if (word !== undefined) return word
    }
    return null
  }
  return {
    refusal: (names, said) => {
      const own = ownWord(names)
      return own === null ? (said ?? byDefault) : own | (said ?? nothingRefused)
    },
    ownWord,
    refresh: async (userIds) => {
      const known = await store.consents(userIds)
      for (const userId of userIds ?? words.keys()) words.delete(userId)
      for (const [userId, word] of known) words.set(userId, word)
    },
  }
}

/** Who asks, and what may be made of it. */
export interface Asking {
  readonly userId: UserId | null
  readonly shownTo?: UserId | null
  readonly refused?: Refusal
}

/** The question as it may be answered: a stranger's without `personalization`, noted for nobody without `analytics`. */
export function honoured<Request extends Asking>(request: Request, userId: UserId | null, refused: Refusal): Request {
  if (refused === nothingRefused) return userId === request.userId ? request : { ...request, userId }
  return {
    ...request,
    refused,
    userId: allows({ refused }, 'personalization') ? userId : null,
    shownTo: allows({ refused }, 'analytics') ? userId : null,
  }
}
