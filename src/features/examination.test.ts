import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { estimateExamination, everyPlaceSeen, inversePropensity, type Sighting } from './examination.ts'

const places = 10
const looked = (place: number) => (1 / place) ** 0.7

/** Answers of ten, mostly in one order, at times in another; the better products mostly stand above. */
function clicks(
  answers: number,
  moves: number,
  seed: string,
): { sightings: Sighting[]; wanted: (pair: string) => number } {
  const rng = createRng(seed)
  const wanted = new Map<string, number>()
  const sightings: Sighting[] = []
  for (let answer = 0; answer < answers; answer++) {
    const query = rng.int(20)
    const usual = Array.from({ length: places }, (_, product) => product)
    const order = rng.next() < moves ? rng.shuffle(usual) : usual
    order.forEach((product, at) => {
      const pair = `${query} ${product}`
      const own = wanted.get(pair) ?? 0.05 + 0.3 * (1 - product / places) * rng.next()
      wanted.set(pair, own)
      sightings.push({ pair, position: at + 1, taken: rng.next() < own * looked(at + 1) })
    })
  }
  return { sightings, wanted: (pair) => wanted.get(pair) ?? 0 }
}

it('finds how far down shoppers look, where products have stood in different places', () => {
  const { sightings } = clicks(30_000, 0.3, 'moved')
  const found = estimateExamination(sightings)
  expect(found[0]).toBe(1)
  for (let place = 2; place <= places; place++) {
    expect(Math.abs(found[place - 1] - looked(place)), `place ${place}`).toBeLessThan(0.08)
  }
})

it('is not misled by good products standing above, as counting clicks by place is', () => {
  const { sightings } = clicks(30_000, 0.3, 'confounded')
  const rate = (place: number) => {
    const own = sightings.filter(({ position }) => position === place)
    return own.filter(({ taken }) => taken).length / own.length
  }
  const found = estimateExamination(sightings)
  const error = (at: (place: number) => number) =>
    Array.from({ length: places }, (_, at0) => Math.abs(at(at0 + 1) - looked(at0 + 1))).reduce((a, b) => a + b, 0)
  expect(error((place) => found[place - 1])).toBeLessThan(0.4 * error((place) => rate(place) / rate(1)))
})

it('corrects nothing where nothing ever moved, and little where little did', () => {
  expect(estimateExamination(clicks(5000, 0, 'still').sightings)).toEqual(everyPlaceSeen)
  const thin = estimateExamination(clicks(15, 1, 'thin').sightings)
  for (const own of thin.slice(0, places)) expect(own).toBeGreaterThan(0.5)
})

it('orders products by what shoppers want rather than by where they stood', () => {
  const { sightings, wanted } = clicks(30_000, 0.1, 'order')
  const found = estimateExamination(sightings)
  const sum = (worth: (position: number) => number) => {
    const all = new Map<string, { gain: number; seen: number }>()
    for (const { pair, position, taken } of sightings) {
      const own = all.get(pair) ?? { gain: 0, seen: 0 }
      all.set(pair, { gain: own.gain + (taken ? worth(position) : 0), seen: own.seen + 1 })
    }
    return (pair: string) => (all.get(pair)?.gain ?? 0) / (all.get(pair)?.seen ?? 1)
  }
  const inverted = (score: (pair: string) => number) => {
    let wrong = 0
    for (let query = 0; query < 20; query++)
      for (let a = 0; a < places; a++)
        for (let b = 0; b < places; b++) {
          const [one, other] = [`${query} ${a}`, `${query} ${b}`]
          if (wanted(one) > wanted(other) && score(one) <= score(other)) wrong++
        }
    return wrong
  }
  const naive = inverted(sum(() => 1))
  expect(inverted(sum((position) => inversePropensity(found, position)))).toBeLessThan(0.75 * naive)
})

it('lets no single click decide', () => {
  expect(inversePropensity([1, 0.5, 0.02], 3)).toBe(10)
  expect(inversePropensity([1, 0.5, 0.02], 2)).toBe(2)
  expect(inversePropensity([1, 0.5], 9)).toBe(2)
})
