import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createNumberLists } from './number-lists.ts'

const step = fc.record({
  list: fc.nat(20),
  act: fc.constantFrom('add', 'drop', 'set', 'clear', 'load'),
  number: fc.nat(5),
  numbers: fc.array(fc.nat(9), { maxLength: 40 }),
})

describe('number lists', () => {
  it('hold what plain arrays hold after any changes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const lists = createNumberLists()
        const plain: number[][] = Array.from({ length: 21 }, () => [])
        for (const { list, act, number, numbers } of steps) {
          const own = plain[list]
          if (act === 'add') own.push(number)
          else if (act === 'set') plain[list] = [...numbers]
          else if (act === 'drop' && own.includes(number)) {
            own[own.indexOf(number)] = own[own.length - 1]
            own.pop()
          } else if (act === 'clear' && number === 0) for (const each of plain) each.length = 0
          if (act === 'load') {
            lists.load(
              Uint32Array.from(plain, ({ length }) => length),
              Int32Array.from(plain.flat()),
            )
          } else if (act === 'add') lists.add(list, number)
          else if (act === 'set') lists.set(list, Int32Array.from(numbers))
          else if (act === 'drop') lists.drop(list, number)
          else if (number === 0) lists.clear()
        }
        for (let list = 0; list <= 20; list++) {
          expect(Array.from(lists.of(list))).toEqual(plain[list])
          expect(lists.length(list)).toBe(plain[list].length)
        }
      }),
      { seed: 3 },
    )
  })

  it('use a room again that was left', () => {
    const lists = createNumberLists()
    const numbers = Int32Array.from({ length: 100 }, (_, at) => at)
    for (let round = 0; round < 1_000; round++) {
      lists.set(0, numbers)
      lists.set(1, numbers.subarray(0, 50))
      lists.set(0, numbers.subarray(0, 50))
      lists.set(1, numbers)
    }
    expect(lists.of(0).buffer.byteLength).toBeLessThan(10_000)
  })
})
