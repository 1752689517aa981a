import { describe, expect, it } from 'vitest'
import { compileTime } from './time-format.ts'

const noon = Date.UTC(2024, 1, 29, 12, 5, 7)

describe('a time', () => {
  const same: readonly (readonly [string, unknown, number?])[] = [
    ['s', noon / 1000],
    ['s', String(noon / 1000)],
    ['ms', String(noon)],
    ['ms', BigInt(noon)],
    ['auto', noon],
    ['auto', noon / 1000],
    ['auto', '2024-02-29T12:05:07Z'],
    ['iso', '2024-02-29 12:05:07'],
    ['iso', '2024-02-29T12:05:07.25Z', noon + 250],
    ['iso', '2024-02-29 13:05:07+01:00'],
    ['iso', '2024-02-29 07:05:07 -0500'],
    ['iso', '2024-02-29', Date.UTC(2024, 1, 29)],
    ['ms', new Date(noon)],
    ['dd/mm/yyyy hh:mm:ss', '29/02/2024 12:05:07'],
    ['m/d/yy h:mm', '2/29/24 12:05', noon - 7000],
    ['dd.mm.yyyy', '29.02.2024', Date.UTC(2024, 1, 29)],
    ['dd-mon-yyyy', '29-Feb-2024', Date.UTC(2024, 1, 29)],
    ['d/m/yy', '1/2/95', Date.UTC(1995, 1, 1)],
    ['share', 0, Date.UTC(2000, 0, 1)],
    ['share', 1, Date.UTC(2000, 0, 31)],
  ]
  for (const [format, value, expected = noon] of same) {
    it(`${String(value)} as ${format}`, () => {
      expect(compileTime(format)(value)).toBe(expected)
    })
  }

  it('that no calendar or clock has, or that is written otherwise, is none', () => {
    const none = ['2023-02-29', '2024-13-01', '2024-01-01 24:00:00', '29/02/2024', 'noon', '', null, undefined, {}]
    for (const value of none) expect(compileTime('iso')(value)).toBeNaN()
    expect(compileTime('dd/mm/yyyy')('02/29/2024')).toBeNaN()
  })

  it('in a format that is none is refused', () => {
    for (const format of ['msec', 'yyyy', 'hh:mm']) {
      expect(() => compileTime(format)).toThrow(`"${format}" is no time format`)
    }
  })
})
