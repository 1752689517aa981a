import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import type { Fitted } from '../models/model.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { evaluate } from './evaluate.ts'
import { filledRows, type Split } from './split.ts'

/** A table from rows written out. */
function table(rows: readonly (readonly number[])[], itemCount: number): Csr {
  const pairs = rows.flatMap((items, row) => items.map((item) => ({ row, item })))
  return csrFromTriples(
    rows.length,
    itemCount,
    pairs.map(({ row }) => row),
    pairs.map(({ item }) => item),
    pairs.map(() => 1),
  )
}

function split(train: readonly (readonly number[])[], truth: readonly (readonly number[])[], itemCount: number): Split {
  const known = bareInteractions(table(train, itemCount))
  const hidden = table(truth, itemCount)
  return { train: known, asked: known, truth: hidden, rows: filledRows(hidden) }
}

/** Always the same scores, whoever asks. */
function constant(scores: readonly number[]): Fitted {
  return {
    itemCount: scores.length,
    score: (_query, into) => into.set(scores),
    serialise: () => ({ model: 'constant', version: 1, config: {}, itemCount: scores.length, arrays: {} }),
  }
}

describe('evaluate', () => {
  it('never ranks what the row already has', async () => {
    const examined = split([[0], [1]], [[1], [2]], 3)
    const { metrics } = await evaluate(constant([3, 2, 1]), examined, { cutoffs: [1] })
    // Row 0 has item 0, so item 1 comes first (right); row 1 has item 1, so item 0 comes first (wrong).
    expect(metrics['HR@1']).toBe(1 / 2)
  })

  it('masks what the split says instead, where it says so', async () => {
    const examined = { ...split([[0], [1]], [[0], [2]], 3), masked: table([[], [0]], 3) }
    const { perRow } = await evaluate(constant([3, 2, 1]), examined, { cutoffs: [1, 2] })
    // Row 0 may name what it has; row 1 may not name item 0, and names its own item 1 before item 2.
    expect([...perRow['HR@1']]).toEqual([1, 0])
    expect([...perRow['HR@2']]).toEqual([1, 1])
  })

  it('takes means over the rows with held-out items only, and keeps each row', async () => {
    const examined = split([[0], [0], [0]], [[1], [], [2]], 3)
    const { metrics, perRow, rows } = await evaluate(constant([3, 2, 1]), examined, { cutoffs: [1, 2] })
    expect([...rows]).toEqual([0, 2])
    expect([...perRow['M@2']]).toEqual([1, 1 / 2])
    expect(metrics['M@2']).toBe(3 / 4)
    expect(metrics['P@1']).toBe(1 / 2)
  })

  it('measures how mixed lists are in kind, and how far from what each row has', async () => {
    const kinds = [[1], [1], [1], [2]].map((own) => Int32Array.from(own))
    const examined = split([[0], [3]], [[1], [2]], 4)
    const { diversity, miscalibration } = await evaluate(constant([4, 3, 2, 1]), examined, { cutoffs: [2], kinds })
    // Row 0 is shown items 1 and 2, of one kind and its own; row 1 items 0 and 1, of one kind and none of its own.
    expect(diversity).toBe(0)
    expect(miscalibration).toBeCloseTo(-Math.log(0.01) / 2, 12)
    const unknown = await evaluate(constant([4, 3, 2, 1]), examined, { cutoffs: [2] })
    expect([unknown.diversity, unknown.miscalibration]).toEqual([null, null])
  })

  it('ranks composed lists as they are served', async () => {
    const kinds = [[1], [1], [1], [2], [3]].map((own) => Int32Array.from(own))
    const examined = split([[0], [0]], [[3], [3]], 5)
    const options = { cutoffs: [2], kinds }
    const asRanked = await evaluate(constant([4, 3, 2.9, 2.5, 0]), examined, options)
    const composed = await evaluate(constant([4, 3, 2.9, 2.5, 0]), examined, {
      ...options,
      slate: { diversity: 2, calibration: 0 },
    })
    expect([asRanked.metrics['HR@2'], composed.metrics['HR@2']]).toEqual([0, 1])
    expect([asRanked.diversity, composed.diversity]).toEqual([0, 1])
    const off = await evaluate(constant([4, 3, 2.9, 2.5, 0]), examined, {
      ...options,
      slate: { diversity: 0, calibration: 0 },
    })
    expect(off.perRow).toEqual(asRanked.perRow)
  })

  it('gives ties to the lower index', async () => {
    const { perRow } = await evaluate(constant([1, 1, 1, 1]), split([[0]], [[3]], 4), { cutoffs: [3] })
    expect(perRow['M@3'][0]).toBe(1 / 3)
  })

  it('says how much of the catalogue is shown, how evenly, and how surprising it is', async () => {
    const examined = split([[0], [0]], [[1], [2]], 4)
    const { coverage, exposureGini, novelty } = await evaluate(constant([9, 2, 1, 0]), examined, { cutoffs: [2] })
    expect(coverage).toBe(2 / 4)
    expect(exposureGini).toBeCloseTo(1 / 2, 12)
    // Nobody has items 1 and 2: −log2(1 / 3).
    expect(novelty).toBeCloseTo(Math.log2(3), 12)
  })

  it('agrees with sorting the whole catalogue', async () => {
    const rng = createRng('sorted')
    const scores = Array.from({ length: 200 }, () => rng.int(50))
    const truth = Array.from({ length: 10 }, () => [rng.int(100) + 100])
    const train = truth.map(() => [rng.int(100)])
    const { perRow } = await evaluate(constant(scores), split(train, truth, 200), { cutoffs: [50] })
    truth.forEach(([wanted], row) => {
      const order = scores.map((_, item) => item).filter((item) => item !== train[row][0])
      const rank = order.sort((a, b) => scores[b] - scores[a] || a - b).indexOf(wanted) + 1
      expect(perRow['M@50'][row]).toBe(rank <= 50 ? 1 / rank : 0)
    })
  })

  it('draws the same rows for the same seed where there are too many', async () => {
    const examined = split(
      Array.from({ length: 50 }, () => [0]),
      Array.from({ length: 50 }, () => [1]),
      2,
    )
    const drawn = async () =>
      (await evaluate(constant([1, 0]), examined, { cutoffs: [1], maximumRows: 7, rng: createRng('draw') })).rows
    expect((await drawn()).length).toBe(7)
    expect(await drawn()).toEqual(await drawn())
  })

  it('hands the oldest item over first where ages are known', async () => {
    const examined = split([[0, 1, 2]], [[3]], 4)
    const asked = { ...examined.asked, ageDays: Float32Array.of(2, 9, 1) }
    const seen: number[][] = []
    const spy: Fitted = {
      ...constant([0, 0, 0, 1]),
      score: (query, into) => void (seen.push([...query.items]), into.fill(0)),
    }
    await evaluate(spy, { ...examined, asked }, { cutoffs: [1] })
    expect(seen).toEqual([[1, 0, 2]])
  })

  it('has nothing to say about no rows', async () => {
    const { metrics, novelty } = await evaluate(constant([1]), split([[0]], [[]], 1), { cutoffs: [5] })
    expect(metrics['G@5']).toBe(0)
    expect(novelty).toBe(0)
  })
})
