import { expect, it } from 'vitest'
import { circularMean, habitLift, hourOf, weekdayOf } from './habits.ts'

it('hours and weekdays agree with the calendar, before 1970 too', () => {
  for (const timeMs of [0, Date.UTC(2024, 1, 29, 23, 59), Date.UTC(1969, 6, 20, 20, 17), Date.UTC(1970, 0, 4)]) {
    expect(hourOf(timeMs)).toBe(new Date(timeMs).getUTCHours())
    expect(weekdayOf(timeMs)).toBe(new Date(timeMs).getUTCDay())
  }
})

it('a habit lifts its own hour most, its neighbours less and others not', () => {
  const counts = new Array<number>(24).fill(0)
  expect(habitLift(counts, 8)).toBe(0)
  counts[23] = 50
  expect(habitLift(counts, 23)).toBeGreaterThan(habitLift(counts, 0))
  expect(habitLift(counts, 0)).toBeGreaterThan(0)
  expect(habitLift(counts, 12)).toBeLessThan(0)
})

it('the mean direction of midnight and noon is nowhere', () => {
  expect(circularMean([5, 0, 0, 0])).toEqual([0, 1])
  expect(Math.hypot(...circularMean([5, 0, 5, 0]))).toBeCloseTo(0)
})
