/**
 * What a shop has acknowledged, and whether it still holds it after a fall: one lane a kind of change.
 *
 * A lane sends one thing after the other and notes each before it is sent and once it is acknowledged. After a fall
 * everything acknowledged must be there, what had no answer whole or not at all; that is sent again, and then
 * everything must be there once.
 */
import type { CatalogueId } from '../src/domain/ids.ts'
import type { Store } from '../src/store/store.ts'
import type { Call } from './victim.ts'

export const products = 'products' as CatalogueId

export interface Faults {
  lost: number
  doubled: number
  /** Half there. */
  torn: number
  readonly notes: string[]
}

export interface Lane {
  acknowledged: number
  /** Sends the next thing; rejects where it is not acknowledged. */
  step(call: Call): Promise<void>
  /** Looks after a fall, and sends again what had no answer. */
  check(call: Call, store: Store, faults: Faults): Promise<void>
}

/** Events of each shopper in the log, read on from where the last look ended. */
export function createLogCounts() {
  const counts = new Map<string, number>()
  let afterSequence = 0
  return {
    read: async (store: Store): Promise<ReadonlyMap<string, number>> => {
      for await (const events of store.events.scan({ catalogue: products, afterSequence })) {
        for (const { userId, sequence } of events) {
          counts.set(userId, (counts.get(userId) ?? 0) + 1)
          afterSequence = sequence
        }
      }
      return counts
    },
    forget: (userId: string) => counts.delete(userId),
  }
}

export type LogCounts = ReturnType<typeof createLogCounts>

/** Requests of `size` events, each request of a shopper of its own. */
export function eventLane(
  name: string,
  size: number,
  counts: LogCounts,
): Lane & { readonly sent: ReadonlySet<string> } {
  const open = new Map<string, { readonly body: object; isSafe: boolean }>()
  const sent = new Set<string>()
  const startMs = Date.now()
  const lane = {
    acknowledged: 0,
    sent,
    step: async (call: Call) => {
      const userToken = `${name}-${sent.size}`
      sent.add(userToken)
      const about = { eventType: 'view', eventName: 'Seen', index: products, userToken, timestamp: startMs }
      const body = { events: Array.from({ length: size }, (_, at) => ({ ...about, objectIDs: [`i${at}`] })) }
      const entry = { body, isSafe: false }
      open.set(userToken, entry)
      await call('POST', '/1/events', body)
      entry.isSafe = true
      lane.acknowledged += size
    },
    check: async (call: Call, store: Store, faults: Faults) => {
      const before = await counts.read(store)
      for (const [user, { isSafe }] of open) {
        const held = before.get(user) ?? 0
        if (isSafe && held < size) note(faults, 'lost', size - held, `${size - held} events of ${user}`)
        if (held > size) note(faults, 'doubled', held - size, `${held - size} events of ${user}`)
        if (!isSafe && held > 0 && held < size) note(faults, 'torn', 1, `${held} of ${size} events of ${user}`)
      }
      // Also some that were acknowledged: an answer may be lost after it was sent.
      const again = [...open.values()].filter(({ isSafe }, at) => !isSafe || at % 10 === 0)
      for (const { body } of again) await call('POST', '/1/events', body)
      const after = await counts.read(store)
      for (const user of open.keys()) {
        const held = after.get(user) ?? 0
        if (held < size) note(faults, 'lost', size - held, `${size - held} events of ${user}, sent again`)
        if (held > size) note(faults, 'doubled', held - size, `${held - size} events of ${user}, sent again`)
      }
      open.clear()
    },
  }
  return lane
}

/** A value that is written over and over: after a fall it is the last one acknowledged, or the one under way. */
export interface Register {
  readonly name: string
  readonly write: (call: Call, value: number) => Promise<unknown>
  /** Every copy there is of it; `null` where there is none yet. */
  readonly read: (call: Call, store: Store) => Promise<readonly (number | null)[]>
}

export function registerLane({ name, write, read }: Register): Lane {
  let [safe, tried] = [null as number | null, 0]
  const lane = {
    acknowledged: 0,
    step: async (call: Call) => {
      tried++
      await write(call, tried)
      safe = tried
      lane.acknowledged++
    },
    check: async (call: Call, store: Store, faults: Faults) => {
      const held = await read(call, store)
      if (new Set(held).size > 1) note(faults, 'torn', 1, `${name} is ${[...new Set(held)].join(' and ')}`)
      const strange = held.find((value) => value !== safe && value !== tried)
      if (strange !== undefined) note(faults, 'lost', 1, `${name} is ${strange}, not ${safe} or ${tried}`)
      await lane.step(call)
      const after = await read(call, store)
      if (after.some((value) => value !== tried)) note(faults, 'lost', 1, `${name} is not ${tried}, written again`)
    },
  }
  return lane
}

const objectIDs = Array.from({ length: 40 }, (_, at) => `o${at}`)

export const objects: Register = {
  name: 'a batch of objects',
  write: (call, version) =>
    call('POST', `/1/indexes/${products}/batch`, {
      requests: objectIDs.map((objectID) => ({ action: 'updateObject', body: { objectID, title: 'Torn?', version } })),
    }),
  read: async (call) => {
    const requests = objectIDs.map((objectID) => ({ objectID, indexName: products }))
    const { results } = (await call('POST', '/1/indexes/*/objects', { requests })) as {
      results: ({ version: number } | null)[]
    }
    return results.map((found) => found?.version ?? null)
  },
}

export const settings: Register = {
  name: 'a setting',
  write: (call, version) => call('PUT', `/1/indexes/${products}/settings`, { userData: { version } }),
  read: async (call) => {
    const { userData } = (await call('GET', `/1/indexes/${products}/settings`)) as { userData?: { version: number } }
    return [userData?.version ?? null]
  },
}

const ruleIds = ['r0', 'r1', 'r2']

export const rules: Register = {
  name: 'a batch of rules',
  write: (call, version) =>
    call(
      'POST',
      `/1/indexes/${products}/rules/batch`,
      ruleIds.map((objectID) => ({
        objectID,
        conditions: [{ pattern: 'torture', anchoring: 'is' }],
        consequence: { userData: { version } },
      })),
    ),
  read: async (_call, store) => {
    const held = new Map((await store.entries.list(products, 'rule')).map(({ id, entry }) => [id, entry]))
    return ruleIds.map((id) => {
      const rule = held.get(id) as { consequence: { userData: { version: number } } } | undefined
      return rule?.consequence.userData.version ?? null
    })
  },
}

/** Each of its own: a key that was given out must go on working. */
export function keyLane(): Lane {
  const given: string[] = []
  const lane = {
    acknowledged: 0,
    step: async (call: Call) => {
      const { key } = (await call('POST', '/1/keys', { acl: ['search'] })) as { key: string }
      given.push(key)
      lane.acknowledged++
    },
    check: async (call: Call, _store: Store, faults: Faults) => {
      const { keys } = (await call('GET', '/1/keys')) as { keys: { value?: string }[] }
      const held = new Set(keys.map(({ value }) => value))
      const gone = given.filter((key) => !held.has(key)).length
      if (gone > 0) note(faults, 'lost', gone, `${gone} keys`)
    },
  }
  return lane
}

/** Forgets the shoppers of a lane of events, one by one, which empties the log of the database each time. */
export function erasureLane(of: { readonly sent: ReadonlySet<string> }, counts: LogCounts): Lane {
  const tried = new Map<string, boolean>()
  const erase = (call: Call, user: string) => call('DELETE', `/1/usertokens/${user}`)
  const lane = {
    acknowledged: 0,
    step: async (call: Call) => {
      const user = [...of.sent].find((each) => !tried.has(each))
      if (user === undefined) throw new Error('there is nobody left to forget')
      tried.set(user, false)
      await erase(call, user)
      tried.set(user, true)
      lane.acknowledged++
    },
    check: async (call: Call, store: Store, faults: Faults) => {
      for (const [user, isSafe] of tried) {
        const held = (await store.events.ofUser(products, user as never, 1)).length
        if (isSafe && held > 0) note(faults, 'lost', 1, `the erasure of ${user}`)
        await erase(call, user)
        counts.forget(user)
      }
    },
  }
  return lane
}

/** Which of the generations is live: made live and gone back from in turn. */
export function publicationLane(): Lane {
  let allowed: readonly (string | null)[] | null = null
  const state = async (call: Call) =>
    (await call('GET', '/haggle/v1/generations')) as {
      live: string | null
      generations: { id: string; status: string }[]
    }
  const lane = {
    acknowledged: 0,
    step: async (call: Call) => {
      const { live, generations } = await state(call)
      const other = generations.find(({ id, status }) => status === 'ready' && id !== live)?.id
      if (other === undefined) throw new Error('there is one generation only')
      allowed = [live, other]
      await call('POST', `/haggle/v1/generations/${other}/publish`)
      allowed = [other]
      lane.acknowledged++
      allowed = [other, live]
      await call('POST', '/haggle/v1/rollback')
      allowed = [live]
      lane.acknowledged++
    },
    check: async (call: Call, _store: Store, faults: Faults) => {
      const { live } = await state(call)
      if (allowed !== null && !allowed.includes(live)) {
        note(faults, 'lost', 1, `${live} is live and not ${allowed.join(' or ')}`)
      }
      allowed = null
    },
  }
  return lane
}

export function note(faults: Faults, kind: 'lost' | 'doubled' | 'torn', count: number, text: string): void {
  faults[kind] += count
  faults.notes.push(`${kind}: ${text}`)
}
