/**
 * Writes down what was shown to whom, so that the shop can learn from what was not taken, too.
 *
 * Behind the answer and in groups: an answer waits for nothing, and a group follows within 50 ms. A store that is too
 * slow costs the oldest exposures rather than memory; those lost are counted. `flush` writes what is left.
 */
import { randomUUID } from 'node:crypto'
import type { Log } from '../base/log.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { QueryId, UserId } from '../domain/ids.ts'
import type { Store } from '../store/store.ts'

export interface Exposer {
  readonly pending: number
  readonly lost: number
  add(exposure: Exposure): void
  /** Drops what waits of a shopper who asked to be forgotten. */
  forget(userId: UserId): void
  /** Resolves once all exposures so far are safe; rejects where the store refuses them. */
  readonly flush: () => Promise<void>
}

/** Names an answer, in the form that stock clients send back. */
export function newQueryId(): QueryId {
  return randomUUID().replaceAll('-', '') as QueryId
}

const delayMs = 50
const retryMs = 1_000
const mostPending = 20_000

export function createExposer(store: Store, log: Log, onShown?: (exposure: Exposure) => void): Exposer {
  let waiting: Exposure[] = []
  let writing: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let lost = 0

  const write = async (): Promise<void> => {
    const group = waiting
    waiting = []
    try {
      await store.exposures.append(group)
    } catch (error) {
      waiting = [...group, ...waiting]
      throw error
    }
  }
  const flush = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    while (writing !== null || waiting.length > 0) {
      writing ??= write().finally(() => {
        writing = null
      })
      await writing
    }
  }
  const schedule = (waitMs: number): void => {
    timer ??= setTimeout(() => {
      timer = null
      flush().catch((error: unknown) => {
        log.error({ err: error, pending: waiting.length }, 'exposures could not be written; trying again')
        schedule(retryMs)
      })
    }, waitMs)
  }

  return {
    get pending() {
      return waiting.length
    },
    get lost() {
      return lost
    },
    add: (exposure) => {
      onShown?.(exposure)
      waiting.push(exposure)
      if (waiting.length > mostPending) {
        waiting.shift()
        lost++
      }
      schedule(delayMs)
    },
    forget: (userId) => {
      waiting = waiting.filter((exposure) => exposure.userId !== userId)
    },
    flush,
  }
}
