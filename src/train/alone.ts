/**
 * One task at a time changes what a catalogue has learnt or learns from, on all replicas together.
 *
 * Whoever does holds a lease and prolongs it while it lives; that of one that died runs out. A holder that finds it was
 * taken over stops, and what it would publish is refused (store/lease-store.ts).
 */
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Lease, LeaseStore } from '../store/store.ts'

export interface AloneOptions {
  readonly leases: LeaseStore
  readonly clock: Clock
  readonly log: Log
  /** Names this replica, also after a restart: what it held when it died is its own at once. */
  readonly holder: string
  readonly holdMs?: number
}

export interface Held {
  readonly lease: Lease
  /** Aborts when the task is to stop, or the lease was taken over. */
  readonly signal: AbortSignal
}

/** Rejects with `busy` where such a task runs already, here or elsewhere. */
export type Alone = <Result>(
  catalogue: CatalogueId,
  signal: AbortSignal | undefined,
  work: (held: Held) => Promise<Result>,
) => Promise<Result>

/** How long a task of a replica that died keeps others waiting. */
const usualHoldMs = 30_000

export function createAlone({ leases, clock, log, holder, holdMs = usualHoldMs }: AloneOptions): Alone {
  const here = new Set<CatalogueId>()

  const hold: Alone = async (catalogue, signal, work) => {
    const until = () => clock.now() + holdMs
    const lease = await leases.take(`learn ${catalogue}`, holder, clock.now(), until())
    if (lease === null) throw busy(catalogue, ' by another replica')
    const lost = new AbortController()
    const renew = async () => {
      // Whether it was taken over shows when the store answers again; until then nothing can be published either.
      const isHeld = await leases.renew(lease, until()).catch((error: unknown) => {
        log.warn({ err: error, catalogue }, 'the lease of a training could not be prolonged; trying again')
        return true
      })
      if (!isHeld) lost.abort()
    }
    const timer = setInterval(() => void renew(), holdMs / 3)
    try {
      return await work({ lease, signal: signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]) })
    } finally {
      clearInterval(timer)
      await leases.release(lease).catch(() => undefined)
    }
  }

  return async (catalogue, signal, work) => {
    if (here.has(catalogue)) throw busy(catalogue)
    here.add(catalogue)
    try {
      return await hold(catalogue, signal, work)
    } finally {
      here.delete(catalogue)
    }
  }
}

export function busy(catalogue: CatalogueId, where = ''): HaggleError {
  return new HaggleError(
    'busy',
    `Catalogue ${catalogue} is being imported or trained already${where}: wait for it or cancel it.`,
  )
}
