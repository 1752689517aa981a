import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { type Interactions, interactionsFrom } from '../preprocess/interactions.ts'
import { coOccurrence, type CoOccurrenceConfig } from './co-occurrence.ts'
import { rowQuery } from './row-query.ts'

const plain: CoOccurrenceConfig = {
  window: 10,
  backward: 0,
  distanceExponent: 1,
  gapExponent: 0,
  gapMinutes: 60,
  rowExponent: 0,
  sourceExponent: 0,
  targetExponent: 0,
  sourceStrength: 0,
  targetStrength: 0,
  askedStrength: 1,
  decay: 1,
  neighbours: 100,
  binarise: false,
  halfLifeDays: 90,
}

/** Rows of items, oldest first; what stands in one list happened at once. */
function table(rows: readonly (number | number[])[][], strengthOf = (_item: number) => 1): Interactions {
  const entries = rows.flatMap((moments, row) =>
    moments.flatMap((moment, at) =>
      [moment].flat().map((item) => ({ row, item, strength: strengthOf(item), atMs: 1000 * at })),
    ),
  )
  return interactionsFrom(entries, { rowCount: rows.length, itemCount: 6, asOfMs: 100_000 })
}

async function scores(data: Interactions, config: Partial<CoOccurrenceConfig>, asked: Interactions, row = 0) {
  const run = { rng: createRng(1), breathe: createBreathe(), progress: () => undefined, epoch: () => undefined }
  const fitted = await coOccurrence.fit(data, { ...plain, ...config }, run)
  const values = new Float32Array(6)
  fitted.score(rowQuery(asked, row), values)
  // The prior is there for ties and far below what a pair counts.
  return Array.from(values, (value) => Math.round(value * 1e6) / 1e6)
}

/** What `item` alone leads to. */
const after = (item: number) => table([[item]])

describe('co-occurrence', () => {
  it('counts a pair the less the further apart it stands, within its window', async () => {
    const data = table([[0, 1, 2, 3]])
    expect(await scores(data, {}, after(0))).toEqual([0, 1, 0.5, 0.333333, 0, 0])
    expect(await scores(data, { window: 2 }, after(0))).toEqual([0, 1, 0.5, 0, 0, 0])
    expect(await scores(data, { distanceExponent: 0 }, after(0))).toEqual([0, 1, 1, 1, 0, 0])
  })

  it('counts a pair the less the more time lies between, where it is told what is long', async () => {
    // A moment is a second here.
    const data = table([[0, 1, 2]])
    const [, next, last] = await scores(data, { gapExponent: 1, gapMinutes: 1 / 60 }, after(0))
    expect([next, last].map((value, at) => value * [2, 6][at])).toEqual([expect.closeTo(1, 4), expect.closeTo(1, 4)])
    expect(await scores(data, { gapExponent: 1, gapMinutes: 1e6 }, after(0))).toEqual([0, 1, 0.5, 0, 0, 0])
  })

  it('hears what a shopper dealt with firmly as much more as it is told', async () => {
    const firmly = table([[0]], () => 4)
    const answers = [0, 0.5, 1].map((askedStrength) => scores(table([[0, 1]]), { askedStrength }, firmly))
    expect((await Promise.all(answers)).map((values) => values[1])).toEqual([1, 2, 4])
  })

  it('counts what came before as much as it is told', async () => {
    const data = table([[0, 1, 2]])
    expect(await scores(data, {}, after(1))).toEqual([0, 0, 1, 0, 0, 0])
    expect(await scores(data, { backward: 0.25 }, after(1))).toEqual([0.25, 0, 1, 0, 0, 0])
  })

  it('takes what happened at once as side by side, in no order, however much it is', async () => {
    const basket = table([[[5, 1, 2, 3], 4]])
    for (const item of [5, 1, 2, 3]) {
      const others = [0, 1, 1, 1, 1, 1].map((one, other) => (other === item ? 0 : one))
      expect(await scores(basket, { window: 1 }, after(item))).toEqual(others)
    }
    expect(await scores(basket, { window: 1 }, after(4))).toEqual([0, 0, 0, 0, 0, 0])
    const timeless = { ...table([[5, 1, 2, 3]]), ageDays: null }
    expect(await scores(timeless, { window: 1 }, after(3))).toEqual([0, 1, 1, 0, 0, 1])
  })

  it('adds up rows, and lets long ones speak more softly', async () => {
    const data = table([
      [0, 1],
      [0, 1],
      [0, 2, 3, 4],
    ])
    expect(await scores(data, { distanceExponent: 0 }, after(0))).toEqual([0, 2, 1, 1, 1, 0])
    const [, short, long] = await scores(data, { distanceExponent: 0, rowExponent: 1 }, after(0))
    expect([short, long]).toEqual([1.26186, 0.430677].map((value) => expect.closeTo(value, 5) as number))
  })

  it('divides by how many rows have the item at hand and the one it leads to', async () => {
    const data = table([
      [0, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [0, 5],
    ])
    expect(await scores(data, { targetExponent: 0.5 }, after(0))).toEqual([0, 0.5, 0, 0, 0, 1])
    expect(await scores(data, { sourceExponent: 1 }, after(0))).toEqual([0, 0.5, 0, 0, 0, 0.5])
  })

  it('lets the strength of either end of a pair count', async () => {
    const strong = table([[0, 1, 2]], (item) => [4, 1, 9][item])
    expect(await scores(strong, { distanceExponent: 0, sourceStrength: 0.5 }, after(0))).toEqual([0, 2, 2, 0, 0, 0])
    expect(await scores(strong, { distanceExponent: 0, targetStrength: 0.5 }, after(0))).toEqual([0, 1, 3, 0, 0, 0])
  })

  it('forgets older items of the history moment by moment', async () => {
    const data = table([
      [0, 3],
      [1, 4],
      [2, 5],
    ])
    expect(await scores(data, { decay: 0.5 }, table([[0, 1, 2]]))).toEqual([0, 0, 0, 0.25, 0.5, 1])
    expect(await scores(data, { decay: 0.5 }, table([[0, [1, 2]]]))).toEqual([0, 0, 0, 0.5, 1, 1])
  })

  it('keeps the strongest neighbours where there are too many', async () => {
    expect(await scores(table([[0, 1, 2, 3]]), { neighbours: 2 }, after(0))).toEqual([0, 1, 0.5, 0, 0, 0])
  })
})
