import { describe, expect, it } from 'vitest'
import { readWrittenNumber } from './written-number.ts'

describe('a number', () => {
  it('is read as people write prices, and is none where it is a word', () => {
    for (const text of ['1299.5', '$1,299.50', '£1299.50', '1299.50 €']) expect(readWrittenNumber(text)).toBe(1299.5)
    for (const text of ['1299,5', '1.299,50 €']) expect(readWrittenNumber(text, ',')).toBe(1299.5)
    for (const text of ['12,50', '12,5', '12,50 €', '€ 12,50']) expect(readWrittenNumber(text)).toBe(12.5)
    expect(
      ['1.299,50', '12.345.678,9', '1299,5', '0,125', '-1,2', '1,23456'].map((text) => readWrittenNumber(text)),
    ).toEqual([1299.5, 12_345_678.9, 1299.5, 0.125, -1.2, 1.23456])
    // Both ways may be meant: as it always was, and as a mapping says.
    expect([
      readWrittenNumber('1,299'),
      readWrittenNumber('1,299', ','),
      readWrittenNumber('1.299'),
      readWrittenNumber('1.299', ','),
    ]).toEqual([1299, 1.299, 1.299, 1299])
    for (const text of ['', 'cheap', '1,2,3', '12.50,00', '1,2.5', '$10 - $20', '0x10'])
      expect(readWrittenNumber(text)).toBeNaN()
  })
})
