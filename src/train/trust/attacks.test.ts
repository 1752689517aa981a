import { describe, expect, it } from 'vitest'
import { createRng } from '../../base/rng.ts'
import { columnSums, csrFromTriples } from '../../kernels/csr.ts'
import { attackKinds, withAttacks } from './attacks.ts'

const rng = createRng('shop')
const pairs = Array.from({ length: 100 * 10 }, (_, at) => [Math.floor(at / 10), Math.floor(60 * rng.next() ** 2)])
const summed = csrFromTriples(
  100,
  60,
  pairs.map(([row]) => row),
  pairs.map(([, item]) => item),
  pairs.map(() => 1),
)
const matrix = { ...summed, values: summed.values.map(() => 2) }
const table = { matrix, ageDays: matrix.values.map((_, entry) => entry % 90) }

describe.each(attackKinds)('a %s attack', (kind) => {
  const attack = { kind, target: 59, accounts: 7 }
  const attacked = withAttacks(table, [attack], createRng(kind))

  it('adds accounts that all hold the target, and leaves the shoppers as they are', () => {
    const { matrix: all, ageDays } = attacked
    expect(all.rowCount).toBe(107)
    expect(all.columns.slice(0, matrix.columns.length)).toEqual(matrix.columns)
    for (let row = 100; row < 107; row++) {
      const own = all.columns.subarray(all.pointers[row], all.pointers[row + 1])
      expect(own).toContain(59)
      expect([...own]).toEqual([...new Set(own)].sort((a, b) => a - b))
    }
    expect(ageDays).toHaveLength(all.columns.length)
    expect(ageDays?.every((age) => age >= 0 && age <= 90)).toBe(true)
    expect(all.values.every((value) => value === 2)).toBe(true)
  })

  it('is the same for the same seed', () => {
    expect(withAttacks(table, [attack], createRng(kind))).toEqual(attacked)
  })
})

it('fills accounts as its kind says: bestsellers by bandwagon, what is rare by chance', () => {
  const counts = columnSums(matrix, 0)
  const meanPopularity = (kind: 'random' | 'average' | 'bandwagon') => {
    const { matrix: all } = withAttacks(table, [{ kind, target: 59, accounts: 200 }], createRng('fill'))
    const own = all.columns.subarray(matrix.columns.length)
    return own.reduce((sum, item) => sum + counts[item], 0) / own.length
  }
  expect(meanPopularity('bandwagon')).toBeGreaterThan(1.2 * meanPopularity('random'))
  expect(meanPopularity('average')).toBeGreaterThan(1.2 * meanPopularity('random'))
})
