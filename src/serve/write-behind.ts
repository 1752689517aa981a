/**
 * Writes to the store behind the answers and in groups: an answer waits for nothing, and a group follows within 50 ms, or
 * what whoever writes is content with; where writing takes long, within twenty times of what it took lately, a second at
 * most, so that answers have the rest.
 *
 * A store that is too slow costs the oldest entries rather than memory; those lost are counted. `flush` writes what is
 * left (docs/decisions/0005).
 */
import type { Log } from '../base/log.ts'

export interface WriteBehind<Entry> {
  readonly pending: number
  readonly lost: number
  add(entry: Entry): void
  /** Drops what waits and is not to be written any more. */
  keep(wanted: (entry: Entry) => boolean): void
  /** Of what waits. */
  some(wanted: (entry: Entry) => boolean): boolean
  /** Resolves once everything so far is safe; rejects where the store refuses it. */
  readonly flush: () => Promise<void>
}

const usualDelayMs = 50
const mostDelayMs = 1_000
/** Of the time of a process that writing may take. */
const writingShare = 0.05
const retryMs = 1_000
const mostPending = 20_000

/** @param what they are, in the log */
export function createWriteBehind<Entry>(
  write: (group: readonly Entry[]) => Promise<void>,
  log: Log,
  what: string,
  delayMs = usualDelayMs,
): WriteBehind<Entry> {
  let waiting: Entry[] = []
  let writing: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let lost = 0
  /** What writing a group took, the latest counting a quarter. */
  let usualMs = 0

  const writeGroup = async (): Promise<void> => {
    const group = waiting
    waiting = []
    const startMs = performance.now()
    try {
      await write(group)
      usualMs += (performance.now() - startMs - usualMs) / 4
    } catch (error) {
      waiting = [...group, ...waiting]
      throw error
    }
  }
  const flush = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    while (writing !== null || waiting.length > 0) {
      writing ??= writeGroup().finally(() => {
        writing = null
      })
      await writing
    }
  }
  const schedule = (waitMs: number): void => {
    timer ??= setTimeout(() => {
      timer = null
      flush().catch((error: unknown) => {
        log.error({ err: error, pending: waiting.length }, `${what} could not be written; trying again`)
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
    add: (entry) => {
      waiting.push(entry)
      if (waiting.length > mostPending) {
        waiting.shift()
        lost++
      }
      schedule(Math.min(mostDelayMs, Math.max(delayMs, usualMs / writingShare)))
    },
    keep: (wanted) => {
      waiting = waiting.filter(wanted)
    },
    some: (wanted) => waiting.some(wanted),
    flush,
  }
}
