import { beforeAll, describe, expect, it } from 'vitest'
import { createBreathe } from '../../base/breathe.ts'
import { createRng } from '../../base/rng.ts'
import { csrFromTriples } from '../../kernels/csr.ts'
import { attackKinds, type AttackKind, type Table, withAttacks } from './attacks.ts'
import { teachRowJudge } from './judge-rows.ts'

/** 400 shoppers of ten tastes with 30 items each; one item in six is anything. */
function shop(): Table {
  const rng = createRng('tastes')
  const pairs = Array.from({ length: 400 }, (_, row) =>
    Array.from({ length: 8 + rng.int(10) }, () => {
      const item = rng.int(6) === 0 ? rng.int(300) : 30 * (row % 10) + Math.floor(30 * rng.next() ** 1.5)
      return [row, item]
    }),
  ).flat()
  const summed = csrFromTriples(
    400,
    300,
    pairs.map(([row]) => row),
    pairs.map(([, item]) => item),
    pairs.map(() => 1),
  )
  return { matrix: { ...summed, values: summed.values.map(() => 1) }, ageDays: null }
}

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length
const breathe = createBreathe()

describe('the judge of rows', () => {
  const table = shop()

  it('believes nearly all shoppers where nobody attacks', async () => {
    const judge = await teachRowJudge(table, { rng: createRng('quiet'), breathe })
    const beliefs = await judge.beliefs(table)
    expect(mean(beliefs)).toBeGreaterThan(0.93)
    expect(beliefs.every((belief) => belief > 0 && belief <= 1)).toBe(true)
    expect(await judge.beliefs(table)).toEqual(beliefs)
  }, 30_000)

  describe.each(['random', 'copied'] satisfies AttackKind[])('under a %s attack, which it has never seen', (kind) => {
    let beliefs: Float32Array
    beforeAll(async () => {
      const attacked = withAttacks(table, [{ kind, target: 29, accounts: 40 }], createRng(kind))
      const kinds = attackKinds.filter((other) => other !== kind && !(kind === 'copied' && other === 'blend'))
      const judge = await teachRowJudge(attacked, { kinds, rng: createRng('judge'), breathe })
      beliefs = await judge.beliefs(attacked)
    }, 30_000)

    it('doubts the hired accounts', () => {
      expect(mean(beliefs.subarray(400))).toBeLessThan(0.3)
    })

    it('believes the shoppers', () => {
      expect(mean(beliefs.subarray(0, 400))).toBeGreaterThan(0.93)
    })
  })
})
