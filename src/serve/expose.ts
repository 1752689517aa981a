/** Writes down what was shown to whom, behind the answer, so that the shop can learn from what was not taken, too. */
import { randomUUID } from 'node:crypto'
import type { Log } from '../base/log.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { QueryId, UserId } from '../domain/ids.ts'
import type { Store } from '../store/store.ts'
import { createWriteBehind } from './write-behind.ts'

export interface Exposer {
  readonly pending: number
  readonly lost: number
  add(exposure: Exposure): void
  /** Drops what waits of a shopper who asked to be forgotten. */
  forget(userId: UserId): void
  /** Whether something of theirs waits. */
  holds(userId: UserId): boolean
  /** Resolves once all exposures so far are safe; rejects where the store refuses them. */
  readonly flush: () => Promise<void>
}

/** Names an answer, in the form that stock clients send back. */
export function newQueryId(): QueryId {
  return randomUUID().replaceAll('-', '') as QueryId
}

export function createExposer(store: Store, log: Log, onShown?: (exposure: Exposure) => void): Exposer {
  const behind = createWriteBehind<Exposure>((group) => store.exposures.append(group), log, 'exposures')
  return {
    get pending() {
      return behind.pending
    },
    get lost() {
      return behind.lost
    },
    add: (exposure) => {
      onShown?.(exposure)
      behind.add(exposure)
    },
    forget: (userId) => behind.keep((exposure) => exposure.userId !== userId),
    holds: (userId) => behind.some((exposure) => exposure.userId === userId),
    flush: behind.flush,
  }
}
