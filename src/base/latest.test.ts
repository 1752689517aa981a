import { expect, it } from 'vitest'
import { createLatest } from './latest.ts'

it('the latest answers are known again, and the one asked for longest ago goes first', () => {
  const latest = createLatest<string | undefined>(2)
  let made = 0
  const ask = (question: string) => latest.of(question, () => (made++ === 0 ? undefined : `${question} ${made}`))
  expect([ask('a'), ask('b'), ask('a'), ask('c'), ask('a')]).toEqual([undefined, 'b 2', undefined, 'c 3', undefined])
  expect(ask('b')).toBe('b 4')
  expect(latest.lookups).toEqual({ hits: 2, misses: 4 })
  latest.clear()
  expect(ask('a')).toBe('a 5')
})
