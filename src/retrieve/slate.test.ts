import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { readItem } from '../domain/item.ts'
import { composeSlate, intraListDiversity, miscalibration, poolSize, tasteOf, unknownKind } from './slate.ts'
import { createSlateKinds } from './slate-kinds.ts'

const kindsOf = (...all: number[][]) => all.map((own) => Int32Array.from(own))
const [shoes, boots, hats, books] = [1, 2, 3, 4]

/** The objective of the head comment as it is written, with every sum anew. */
function slowly(kinds: Int32Array[], scores: number[], limit: number, diversity: number, calibration: number) {
  const taste = tasteOf(kindsOf([shoes, boots], [shoes], [hats], [7]), [1, 2, 0.5, 1])
  const cosine = (a: Int32Array, b: Int32Array) => {
    const shared = a.filter((kind) => b.includes(kind)).length
    return shared / Math.sqrt(a.length * b.length)
  }
  const least = scores[scores.length - 1]
  const relevance = scores.map((score) => (score - least) / (scores[0] - least))
  const chosen = [0]
  for (let place = 1; place < limit; place++) {
    const value = (at: number) => {
      const mean = chosen.reduce((sum, other) => sum + cosine(kinds[at], kinds[other]), 0) / chosen.length
      const list = [...chosen, at].map((each) => kinds[each])
      const divergence = taste === null ? 0 : (miscalibration(list, taste) ?? 0)
      return (
        relevance[at] - diversity * (place / (limit - 1)) ** 2 * mean - calibration * ((place + 1) / limit) * divergence
      )
    }
    const left = [...kinds.keys()].filter((at) => !chosen.includes(at))
    chosen.push(left.reduce((best, at) => (value(at) > value(best) ? at : best)))
  }
  return { chosen, taste }
}

describe('a composed list', () => {
  it('is what the objective says, place by place', () => {
    const rng = createRng('slate')
    for (let round = 0; round < 30; round++) {
      // Of each category its own array, as a shop has it: few or many of them.
      const categories = Array.from({ length: round % 2 === 0 ? 6 : 60 }, () =>
        Int32Array.from(new Set(Array.from({ length: 1 + rng.int(3) }, () => 1 + rng.int(8)))),
      )
      const kinds = Array.from({ length: 40 }, () => rng.pick(categories))
      const scores = kinds.map(() => 0.5 + rng.next()).sort((a, b) => b - a)
      const knobs = { diversity: rng.next(), calibration: rng.next() }
      const { chosen, taste } = slowly(kinds, scores, 12, knobs.diversity, knobs.calibration)
      expect([...composeSlate(kinds, scores, 12, knobs, taste)]).toEqual(chosen)
    }
  })

  it('keeps its order with both knobs at 0, where no kind is known and where all are of one kind', () => {
    const scores = [9, 8, 7, 6]
    const same = kindsOf([shoes], [shoes], [shoes], [shoes])
    const taste = tasteOf(same, [1, 1, 1, 1])
    const on = { diversity: 1, calibration: 1 }
    const mixed = kindsOf([shoes], [shoes], [hats], [books])
    const unknown = same.map(() => Int32Array.of(unknownKind))
    expect([...composeSlate(mixed, scores, 3, { diversity: 0, calibration: 0 }, taste)]).toEqual([0, 1, 2])
    expect([...composeSlate(unknown, scores, 4, on, null)]).toEqual([0, 1, 2, 3])
    expect([...composeSlate(same, scores, 4, on, taste)]).toEqual([0, 1, 2, 3])
  })

  it('breaks up twenty of a kind with diversity, and never moves the first', () => {
    const kinds = kindsOf([shoes], [shoes], [shoes], [shoes], [hats], [books])
    const scores = [1, 0.9, 0.8, 0.7, 0.6, 0]
    const chosen = [...composeSlate(kinds, scores, 4, { diversity: 1, calibration: 0 }, null)]
    expect(chosen[0]).toBe(0)
    expect(chosen).toContain(4)
    expect(intraListDiversity(chosen.map((at) => kinds[at]))).toBeGreaterThan(0)
  })

  it("brings the shopper's own shares with calibration, and no kind they never had", () => {
    const kinds = kindsOf(...Array.from({ length: 10 }, () => [shoes]), ...Array.from({ length: 10 }, () => [hats]), [
      books,
    ])
    const scores = kinds.map((_, at) => 1 - 0.02 * at)
    const taste = tasteOf(kindsOf([shoes], [hats]), [7, 3])
    const chosen = [...composeSlate(kinds, scores, 10, { diversity: 0, calibration: 10 }, taste)]
    expect(chosen.filter((at) => kinds[at][0] === hats)).toHaveLength(3)
    expect(chosen.filter((at) => kinds[at][0] === shoes)).toHaveLength(7)
  })

  it('holds each proposal at most once, and all of them where there are no more', () => {
    const rng = createRng('all')
    const kinds = Array.from({ length: 150 }, () => Int32Array.of(1 + rng.int(9)))
    const scores = kinds.map((_, at) => 500 - at)
    const chosen = composeSlate(
      kinds,
      scores,
      200,
      { diversity: 0.5, calibration: 0.5 },
      tasteOf(
        kinds,
        scores.map(() => 1),
      ),
    )
    expect([...chosen].sort((a, b) => a - b)).toEqual([...kinds.keys()])
    expect([...composeSlate([], [], 5, { diversity: 1, calibration: 1 }, null)]).toEqual([])
    // What lies behind the fifty places that are composed stays in order.
    expect([...chosen.slice(50)]).toEqual([...chosen.slice(50)].sort((a, b) => a - b))
  })

  it('is made from five proposals a place, 250 at most where that many are not asked for', () => {
    expect([poolSize(20), poolSize(100), poolSize(2000)]).toEqual([100, 250, 2000])
  })
})

describe('the measures of a list', () => {
  it('diversity is 0 for things of one kind and 1 for things with nothing in common', () => {
    expect(intraListDiversity(kindsOf([shoes], [shoes], [shoes]))).toBeCloseTo(0, 12)
    expect(intraListDiversity(kindsOf([shoes], [hats], [books]))).toBe(1)
    expect(intraListDiversity(kindsOf([shoes, boots], [shoes], [hats]))).toBeCloseTo(1 - Math.SQRT1_2 / 3, 12)
    expect(intraListDiversity(kindsOf([shoes]))).toBeNull()
  })

  it('miscalibration is 0 for the own shares and large for a list without a kind', () => {
    const taste = tasteOf(kindsOf([shoes], [hats]), [1, 1])
    if (taste === null) return expect.fail('there is a taste')
    expect(miscalibration(kindsOf([shoes], [hats]), taste)).toBeCloseTo(0, 12)
    const expected = 0.5 * Math.log(0.5 / (0.99 + 0.005)) + 0.5 * Math.log(0.5 / 0.005)
    expect(miscalibration(kindsOf([shoes], [shoes]), taste)).toBeCloseTo(expected, 12)
    expect(miscalibration([], taste)).toBeNull()
  })

  it('a taste counts what is known, by its weight', () => {
    expect(tasteOf(kindsOf([shoes, boots], [unknownKind], [hats]), [1, 5, 3])).toEqual({
      kinds: Int32Array.of(shoes, boots, hats),
      shares: Float64Array.of(0.125, 0.125, 0.75),
    })
    expect(tasteOf(kindsOf([unknownKind]), [1])).toBeNull()
  })
})

describe('the kinds of an item', () => {
  it('are the parts of its category, each once, or that nothing is known', () => {
    const kinds = createSlateKinds()
    const item = (categories: string[]) => readItem('products' as never, { objectID: categories.join(), categories })
    expect([...kinds.of(item([]))]).toEqual([unknownKind])
    expect(kinds.known).toBe(false)
    const [first, second] = [kinds.of(item(['Women > Shoes > Women'])), kinds.of(item(['Shoes']))]
    expect([...first]).toHaveLength(2)
    expect([...first]).toContain(second[0])
    expect(kinds.known).toBe(true)
    expect([...kinds.of(undefined)]).toEqual([unknownKind])
  })
})
