/** The recipe about learning again, in small: that it compares what it says. */
import { expect, it } from 'vitest'
import { compare, figures, playSeasons, type Visit } from '../recipes/generations.ts'

it('plays the same visits to both shops, which part only once one has learnt again', async () => {
  const training = { models: ['popularity', 'item-knn'], bootstrapRounds: 20 }
  const small = { products: 200, shoppers: 60, historyDays: 20, generations: 2, periodDays: 7, training }
  const { learns, stays, models } = await playSeasons('small', small)
  const who = (visits: readonly Visit[]) => visits.map(({ shopper }) => shopper)
  expect(learns[0].length).toBeGreaterThan(20)
  expect(learns[0]).toEqual(stays[0])
  expect(who(learns[1])).toEqual(who(stays[1]))
  expect(learns[1]).not.toEqual(stays[1])
  expect(models).toHaveLength(2)
}, 60_000)

it('tells the gain of a ratio, paired by shopper', () => {
  const visits = (clicks: (at: number) => number): Visit[] =>
    Array.from({ length: 300 }, (_, at) => ({
      shopper: `s${at % 100}`,
      impressions: 10,
      clicks: clicks(at),
      bought: 0,
      appeal: 0,
    }))
  const figure = figures['clicks of 100 shown']
  const usual = (at: number) => at % 3
  const { learns, stays, gain } = compare(
    figure,
    visits((at) => usual(at) + 1),
    visits(usual),
    'one more',
  )
  expect([learns, stays, gain.mean]).toEqual([20, 10, expect.closeTo(1, 10)])
  // Everybody clicks once more: what differs between shoppers cancels.
  expect(gain.high - gain.low).toBeLessThan(1e-9)
  const same = compare(
    figure,
    visits(usual),
    visits((at) => usual(at + 100)),
    'the same',
  )
  expect(same.gain.low).toBeLessThanOrEqual(0)
  expect(same.gain.high).toBeGreaterThanOrEqual(0)
})
