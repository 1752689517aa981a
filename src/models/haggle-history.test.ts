import { expect, it } from 'vitest'
import { historySignal, historySignals, isOfHistory } from './haggle-history.ts'

const query = {
  items: Int32Array.of(4, 2, 7),
  weights: Float32Array.of(1, 5, 3),
  ageDays: Float32Array.of(2, 1, 0),
  features: null,
}
const read = (item: number) => historySignals.map((name) => historySignal(name, query)(item))

it('tells strength, minutes and place of what stands in the question', () => {
  expect(read(2)).toEqual([Math.log1p(5), Math.log1p(1440), Math.log1p(1)])
  expect(read(7)).toEqual([Math.log1p(3), 0, 0])
})

it('knows what does not stand there', () => {
  expect(read(3)).toEqual([0, NaN, NaN])
})

it('knows nothing of age where there are no times', () => {
  expect(historySignal('age in the history', { ...query, ageDays: null })(2)).toBeNaN()
})

it('tells its own names from others', () => {
  expect(historySignals.every(isOfHistory)).toBe(true)
  expect(isOfHistory('toString')).toBe(false)
})
