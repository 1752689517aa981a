import { describe, expect, it } from 'vitest'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import type { Evaluation } from './evaluate.ts'
import { segmentsOf } from './segments.ts'
import { filledRows, type Split } from './split.ts'

/** Row r knows r + 1 items of 9, and went for item 9 (even rows) or 10 (odd ones), of which the last row has item 10. */
function ladder(): Split {
  const known = Array.from({ length: 6 }, (_, row) =>
    Array.from({ length: row + 1 }, (_, item) => ({ row, item })),
  ).flat()
  known.push({ row: 6, item: 10 })
  const train = bareInteractions(
    csrFromTriples(
      7,
      11,
      known.map(({ row }) => row),
      known.map(({ item }) => item),
      known.map(() => 1),
    ),
  )
  const rows = [0, 1, 2, 3, 4, 5]
  const truth = csrFromTriples(
    7,
    11,
    rows,
    rows.map((row) => 9 + (row % 2)),
    rows.map(() => 1),
  )
  return { train, asked: train, truth, rows: filledRows(truth) }
}

const evaluation = (values: readonly number[]): Evaluation => ({
  metrics: {},
  perRow: { 'G@5': Float64Array.from(values) },
  rows: Int32Array.from(values, (_, row) => row),
  coverage: 0,
  exposureGini: 0,
  popularityLift: 0,
  novelty: 0,
  diversity: null,
  miscalibration: null,
  seconds: 0,
  millisecondsPerRow: 0,
})

describe('segments', () => {
  it('tell rows apart by what is known of them and by how popular the hidden items are', () => {
    const segments = segmentsOf(ladder(), new Map([['ease', evaluation([0, 0.2, 0.4, 0.6, 0.8, 1])]]), [5])
    expect(segments.map(({ name, rows }) => [name, rows])).toEqual([
      ['1–2 known items', 2],
      ['3–4 known items', 2],
      ['5–6 known items', 2],
      ['went for items that 0 others have', 3],
      ['went for items that 1 others have', 3],
    ])
    const means = segments.map((segment) => segment.means.ease)
    ;[0.1, 0.5, 0.9, 0.4, 0.6].forEach((mean, at) => expect(means[at]).toBeCloseTo(mean, 12))
  })

  it('are none where nobody was asked', () => {
    expect(segmentsOf(ladder(), new Map([['ease', evaluation([])]]), [5])).toEqual([])
    expect(segmentsOf(ladder(), new Map(), [5])).toEqual([])
  })
})
