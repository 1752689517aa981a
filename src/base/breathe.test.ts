import { expect, it } from 'vitest'
import { createBreathe } from './breathe.ts'

it('lets timers run in the middle of a long loop', async () => {
  const breathe = createBreathe(undefined, 2)
  let ticks = 0
  const timer = setInterval(() => ticks++, 1)
  const until = performance.now() + 60
  while (performance.now() < until) await breathe()
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(3)
})

it('stops the loop once it is cancelled', async () => {
  const abort = new AbortController()
  const breathe = createBreathe(abort.signal)
  await breathe()
  abort.abort()
  await expect(breathe()).rejects.toMatchObject({ code: 'cancelled' })
})
