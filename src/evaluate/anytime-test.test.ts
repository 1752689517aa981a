import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { createAnytimeTest } from './anytime-test.ts'

/** Whether the capital ever passed 1/α while it was looked at after every one of `count` numbers. */
function fires(seed: string, draw: (next: number) => number, alpha: number, count = 500): boolean {
  const rng = createRng(seed)
  const test = createAnytimeTest(0.5)
  return Array.from({ length: count }, () => test.observe(draw(rng.next()))).some((capital) => capital >= 1 / alpha)
}

const streams = Array.from({ length: 400 }, (_, at) => `stream ${at}`)

it('cries wolf no more often than it says, though looked at five hundred times', () => {
  const alarms = streams.filter((seed) => fires(seed, (next) => next, 0.05)).length
  expect(alarms / streams.length).toBeLessThanOrEqual(0.05)
  // Of what is either 0 or 1, too.
  expect(streams.filter((seed) => fires(seed, Math.round, 0.05)).length / streams.length).toBeLessThanOrEqual(0.05)
})

it('notices a mean that has risen by a tenth', () => {
  const noticed = streams.filter((seed) => fires(seed, (next) => next ** (1 / 1.5), 0.01)).length
  expect(noticed / streams.length).toBeGreaterThan(0.95)
})

it('does not care for a mean that has fallen', () => {
  expect(streams.filter((seed) => fires(seed, (next) => next ** 2, 0.05))).toEqual([])
})
