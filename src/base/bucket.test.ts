import { expect, it } from 'vitest'
import { createBucket } from './bucket.ts'
import { createManualClock } from './clock.ts'

it('gives twice the rate at once and the rate from then on', () => {
  const clock = createManualClock(0)
  const bucket = createBucket(10, clock)
  for (let at = 0; at < 20; at++) expect(bucket.take(1)).toBe(0)
  expect(bucket.take(1)).toBeCloseTo(0.1)
  clock.advance(1000)
  let taken = 0
  while (bucket.take(1) === 0) taken++
  expect(taken).toBe(10)
})

it('lets through what never fits once it is full, and has what comes after pay for it', () => {
  const clock = createManualClock(0)
  const bucket = createBucket(10, clock)
  expect(bucket.take(100)).toBe(0)
  expect(bucket.take(1)).toBeCloseTo(8.1)
  clock.advance(8100)
  expect(bucket.take(1)).toBe(0)
})

it('neither fills nor empties when the clock is set back', () => {
  const clock = createManualClock(10_000)
  const bucket = createBucket(1, clock)
  expect(bucket.take(2)).toBe(0)
  clock.set(0)
  expect(bucket.take(1)).toBe(1)
  clock.advance(1000)
  expect(bucket.take(1)).toBe(0)
})
