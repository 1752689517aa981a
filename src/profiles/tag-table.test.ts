import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TagTable } from './tag-table.ts'

describe('a tag table', () => {
  it('sums what each tag gained, faded to the moment asked for, whatever the order of events', () => {
    const event = fc.record({
      tag: fc.integer({ min: 0, max: 30 }),
      amount: fc.integer({ min: 1, max: 5 }),
      timeMs: fc.integer({ min: 0, max: 1000 }),
    })
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const table = new TagTable(32, 100)
        for (const { tag, amount, timeMs } of events) table.add(tag, amount * table.advance(timeMs), timeMs)
        for (let tag = 0; tag <= 30; tag++) {
          const own = events.filter((each) => each.tag === tag)
          const expected = own.reduce((sum, { amount, timeMs }) => sum + amount * 2 ** ((timeMs - 1000) / 100), 0)
          expect(table.strength(tag, 1000)).toBeCloseTo(expected, 8)
          const row = table.list(1000).find((each) => each.tag === tag)
          if (own.length > 0)
            expect(row).toMatchObject({ evidence: own.length, lastMs: Math.max(...own.map(({ timeMs }) => timeMs)) })
          else expect(row).toBeUndefined()
        }
        const even = events.reduce(
          (sum, { tag, amount, timeMs }) => sum + (tag % 2 === 0 ? amount * 2 ** ((timeMs - 1000) / 100) : 0),
          0,
        )
        expect(table.total(0, (tag) => tag % 2) * table.left(1000)).toBeCloseTo(even, 8)
      }),
    )
  })

  it('lets the weakest go when it is full, and takes no more back than there is', () => {
    const table = new TagTable(8, 100)
    table.advance(0)
    for (let tag = 0; tag < 8; tag++) table.add(tag, tag === 3 ? 0.5 : 1 + tag, 0)
    table.add(99, 2, 0)
    expect(table.held(3)).toBe(0)
    expect(table.held(99)).toBe(2)
    expect(table.list(0)).toHaveLength(8)
    table.add(99, -5, 0)
    table.add(77, -5, 0)
    expect([table.held(99), table.held(77)]).toEqual([0, 0])
    table.clear()
    expect([table.held(7), table.left(0), table.list(0).length]).toEqual([0, 0, 0])
  })
})
