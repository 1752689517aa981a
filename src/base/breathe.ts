/**
 * Lets a long computation give way, so that the server keeps answering while a model learns.
 *
 * Call `await breathe()` in every loop that may run longer than a few milliseconds: it costs one clock reading, and
 * hands the event loop over once `sliceMs` have passed since it last did.
 */
import { HaggleError } from '../domain/errors.ts'

export type Breathe = () => Promise<void> | undefined

/** @throws (as a rejection) `cancelled` once `signal` aborts. */
export function createBreathe(signal?: AbortSignal, sliceMs = 8): Breathe {
  let last = performance.now()
  return () => {
    if (signal?.aborted) return Promise.reject(new HaggleError('cancelled', 'The work was cancelled before it ended.'))
    if (performance.now() - last < sliceMs) return undefined
    return new Promise((resolve) =>
      setImmediate(() => {
        last = performance.now()
        resolve()
      }),
    )
  }
}
