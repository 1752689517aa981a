import { expect, it } from 'vitest'
import { rate } from './counts.ts'

it('a rate comes with the Wilson interval, as published, and with none where nothing was tried', () => {
  // Newcombe 1998, table I: 81 of 263 and 0 of 20.
  expect(rate(81, 263)).toMatchObject({ share: 81 / 263 })
  expect(rate(81, 263).low).toBeCloseTo(0.2553, 4)
  expect(rate(81, 263).high).toBeCloseTo(0.3662, 4)
  expect(rate(0, 20).low).toBe(0)
  expect(rate(0, 20).high).toBeCloseTo(0.1611, 4)
  expect(rate(0, 0)).toEqual({ hits: 0, trials: 0, share: null, low: 0, high: 1 })
})
