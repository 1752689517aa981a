/**
 * Names that stand for shoppers at rest: HMAC-SHA256 of the shop's token under a key that changes with time.
 *
 *   pseudonym = "~" period "." base64url(HMAC(key of the period, token))[0, 22)
 *
 * Keys lie in the store, sealed with a secret derived from the admin key: the data alone names nobody. A key goes when
 * nothing of its period is kept any longer; what was written under it and not taken over since belongs to nobody then.
 */
import { createHmac } from 'node:crypto'
import { dayMs } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { EventId, UserId } from '../domain/ids.ts'
import { keyedHash, type SecretOptions, sharedSecret } from './secrets.ts'

export interface Pseudonyms {
  /** What a token may be called at rest, by the present key first, then by those before, then as it is. */
  readonly names: (token: UserId) => readonly UserId[]
  /** The id of an event tells what is in it to whoever guesses: here only to whoever has the secret. */
  readonly eventId: (id: EventId) => EventId
  /** Makes the next key when it is time, and drops those of which nothing is kept. */
  refresh(): Promise<void>
}

/** Without pseudonyms: everybody is called what the shop calls them. */
export const plainNames: Pseudonyms = {
  names: (token) => [token],
  eventId: (id) => id,
  refresh: async () => undefined,
}

interface PseudonymOptions extends SecretOptions {
  readonly privacy: Config['privacy']
  /** Of fingerprints. */
  readonly secret: string
}

const prefix = 'pseudonyms '
const pattern = /^~\d{6}\.[\w-]{22}$/

export async function openPseudonyms(options: PseudonymOptions): Promise<Pseudonyms> {
  const { rotateDays } = options.privacy.pseudonyms
  if (rotateDays === null) return plainNames
  /** Newest first. */
  let keys: readonly { readonly period: string; readonly key: string }[] = []

  const refresh = async (): Promise<void> => {
    const { store, clock, privacy } = options
    const kept = (await store.list()).filter(({ name }) => name.startsWith(prefix))
    const newest = kept.at(-1)
    const periods = kept.map(({ name }) => name.slice(prefix.length))
    if (newest === undefined || clock.now() - newest.createdAtMs >= rotateDays * dayMs) {
      periods.push(String(Number(periods.at(-1) ?? 0) + 1).padStart(6, '0'))
    }
    const { events, exposures } = privacy.keepDays
    if (events !== null && exposures !== null) {
      const oldestMs = clock.now() - Math.max(events, exposures) * dayMs
      // A period ends where the next one begins.
      for (const next of kept.slice(1)) {
        if (next.createdAtMs < oldestMs) await store.remove(`${prefix}${periods.shift()}`)
      }
    }
    const read = periods.map(async (period) => ({ period, key: await sharedSecret(options, `${prefix}${period}`) }))
    keys = (await Promise.all(read)).toReversed()
  }
  await refresh()

  return {
    names: (token) => {
      if (pattern.test(token)) return [token]
      const under = ({ period, key }: (typeof keys)[number]) =>
        `~${period}.${createHmac('sha256', key).update(token).digest('base64url').slice(0, 22)}` as UserId
      return [...keys.map(under), token]
    },
    eventId: (id) => keyedHash(options.secret, id) as EventId,
    refresh,
  }
}
