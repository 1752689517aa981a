/**
 * One at a time, and everybody in turn: who was served longest ago is next, however much others have waiting.
 *
 * What one asks for while others wait, it gets after each of them had one turn.
 */
import { HaggleError } from '../domain/errors.ts'

/** Does `work` once it is its turn; rejects with `cancelled` where `signal` aborts before. */
export type Turn = <Result>(work: () => Promise<Result>, waiting?: Waiting) => Promise<Result>

interface Waiting {
  readonly signal?: AbortSignal
  /** Told where it has to wait. */
  readonly onWait?: () => void
}

/** Of whoever need not wait for others. */
export const atOnce: Turn = (work) => work()

export interface FairTurns {
  of(name: string): Turn
}

export function createFairTurns(): FairTurns {
  /** What waits, by name; who was served longest ago stands first. */
  const queues = new Map<string, Set<() => void>>()
  let isBusy = false

  const next = (): void => {
    for (const [name, queue] of queues) {
      const [start] = queue
      if (start === undefined) continue
      queue.delete(start)
      queues.delete(name)
      queues.set(name, queue)
      start()
      return
    }
    isBusy = false
  }

  const wait = (queue: Set<() => void>, { signal, onWait }: Waiting): Promise<void> =>
    new Promise((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        queue.delete(start)
        reject(cancelled())
      }
      queue.add(start)
      signal?.addEventListener('abort', leave, { once: true })
      if (isBusy) onWait?.()
      else {
        isBusy = true
        next()
      }
    })

  return {
    of: (name) => {
      const queue = queues.get(name) ?? new Set()
      queues.set(name, queue)
      return async (work, waiting = {}) => {
        if (waiting.signal?.aborted) throw cancelled()
        await wait(queue, waiting)
        try {
          return await work()
        } finally {
          next()
        }
      }
    },
  }
}

function cancelled(): HaggleError {
  return new HaggleError('cancelled', 'The work was cancelled before it began.')
}
