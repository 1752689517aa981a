import { expect, it } from 'vitest'
import { cutSessions } from './sessions.ts'

it('a silence of the gap ends a visit, for each shopper apart, and numbers ascend by first event', () => {
  const users = Int32Array.of(0, 1, 0, 1, 0, 1)
  const times = Float64Array.of(0, 5, 9, 14, 19, 24)
  // Shopper 0 is silent for 9 and then 10; shopper 1 for 9 and then 10.
  expect(cutSessions(users, times, 2, 10)).toEqual({ session: Int32Array.of(0, 1, 0, 1, 2, 3), count: 4 })
})
