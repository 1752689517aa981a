/** The splits that recipes make of their own: what is learnt from, what is known, what is asked and what is masked. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { readHeldOutPurchases, readLastPurchases, readNextPurchases } from '../recipes/splits/retailrocket.ts'
import { simulatedShop, simulatedTruth } from '../recipes/splits/shop.ts'
import type { Split } from '../src/evaluate/split.ts'
import { columnSums, type Csr } from '../src/kernels/csr.ts'
import { rowQuery } from '../src/models/row-query.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-splits-'))
afterAll(() => rmSync(folder, { recursive: true }))

const day = 86_400
/** Ann (row 0) and Bob (row 1); minutes within a day. */
const log: [days: number, minutes: number, user: string, item: string, type: string][] = [
  [0, 0, 'ann', 'pen', 'view'],
  [0, 1, 'ann', 'ink', 'view'],
  [0, 2, 'ann', 'ink', 'cart'],
  [0, 3, 'ann', 'ink', 'purchase'],
  [1, 0, 'ann', 'pad', 'cart'],
  [2, 0, 'bob', 'pen', 'view'],
  [2, 5, 'bob', 'pen', 'purchase'],
  [3, 0, 'ann', 'cap', 'view'],
  [3, 10, 'ann', 'ink', 'purchase'],
  [3, 20, 'ann', 'pad', 'purchase'],
]

function shop(): string {
  const shopFolder = join(folder, 'retailrocket')
  mkdirSync(shopFolder, { recursive: true })
  const events = log.map(([days, minutes, ...rest]) => [1e9 + days * day + minutes * 60, ...rest].join('\t'))
  const gzipped = (name: string, lines: readonly string[]) =>
    writeFileSync(join(shopFolder, name), gzipSync(`${lines.join('\n')}\n`))
  gzipped('events.tsv.gz', ['timestamp\tuser\titem\tevent', ...events])
  gzipped('test_purchases.tsv.gz', ['user\titem', 'ann\tmug', 'bob\tink'])
  return shopFolder
}

/** Items have random numbers: tells them by where they are known to stand. */
function names(split: Split, marks: readonly (readonly [row: number, name: string][])[]) {
  const items = marks.flatMap((row, at) =>
    row.map(([place, name]) => [rowQuery(split.train, at).items[place], name] as const),
  )
  const nameOf = new Map(items)
  return (matrix: Csr, row: number) =>
    [...matrix.columns.subarray(matrix.pointers[row], matrix.pointers[row + 1])]
      .map((item) => nameOf.get(item) ?? '?')
      .toSorted()
}

describe('RetailRocket', () => {
  it('weighs an item by the strongest event and dates it by the latest', async () => {
    const { asked } = await readHeldOutPurchases(shop())
    const query = rowQuery(asked, 0)
    expect([...query.weights]).toEqual([1, 1, 5, 5])
    expect([...(query.ageDays ?? [])].map((age) => Math.round((age * day) / 60))).toEqual([3 * 24 * 60 + 20, 20, 10, 0])
  })

  it('asks for the held-out purchase and masks all that was touched', async () => {
    const split = await readHeldOutPurchases(shop())
    const named = names(split, [
      [
        [0, 'pen'],
        [1, 'cap'],
        [2, 'ink'],
        [3, 'pad'],
      ],
      [],
    ])
    expect(named(split.truth, 0)).toEqual(['?'])
    expect(named(split.truth, 1)).toEqual(['ink'])
    expect(split.masked).toBeUndefined()
    expect([...split.rows]).toEqual([0, 1])
  })

  it('removes every trace of the last purchase of those with two or more, to choose settings on', async () => {
    const split = await readLastPurchases(shop())
    const named = names(split, [
      [
        [0, 'pen'],
        [1, 'cap'],
        [2, 'ink'],
      ],
      [],
    ])
    expect(named(split.train.matrix, 0)).toEqual(['cap', 'ink', 'pen'])
    expect(named(split.train.matrix, 1)).toEqual(['pen'])
    expect(named(split.truth, 0)).toEqual(['?'])
    expect([...split.rows]).toEqual([0])
  })

  it('learns from before the cut and asks for the next thing not yet bought, masking what was bought', async () => {
    const split = await readNextPurchases(shop(), { afterDays: 1.5, known: 'at-cut' })
    const named = names(split, [
      [
        [0, 'pen'],
        [1, 'ink'],
        [2, 'pad'],
      ],
      [],
    ])
    expect(named(split.train.matrix, 0)).toEqual(['ink', 'pad', 'pen'])
    expect(named(split.train.matrix, 1)).toEqual([])
    expect(named(split.truth, 0)).toEqual(['pad'])
    expect(split.masked && named(split.masked, 0)).toEqual(['ink'])
    expect([...split.rows]).toEqual([0])
  })

  it('knows at a visit what happened before it, and nothing of the visit', async () => {
    const split = await readNextPurchases(shop(), { afterDays: 0.5, known: 'at-visit' })
    const named = names(split, [
      [
        [0, 'pen'],
        [1, 'ink'],
      ],
      [],
    ])
    expect(named(split.train.matrix, 0)).toEqual(['ink', 'pen'])
    // The pad, carted after the cut and before the visit.
    expect(named(split.asked.matrix, 0)).toEqual(['?', 'ink', 'pen'])
    expect(named(split.truth, 0)).toEqual(['?'])
    expect([...split.rows]).toEqual([0])
  })

  it('looks at nothing after the end', async () => {
    expect((await readNextPurchases(shop(), { afterDays: 1.5, untilDays: 3, known: 'at-cut' })).rows.length).toBe(0)
  })

  const real = '../shared/data/retailrocket'
  it.skipIf(!existsSync(real))('has its known counts (skipped without the data)', async () => {
    const heldOut = await readHeldOutPurchases(real)
    const { rowCount, columnCount } = heldOut.train.matrix
    expect([rowCount, columnCount, heldOut.rows.length]).toEqual([2174, 30_113, 2174])
    expect((await readLastPurchases(real)).rows.length).toBe(885)
    expect((await readNextPurchases(real, { afterDays: 70, known: 'at-visit' })).rows.length).toBe(562)
  })
})

describe('a simulated shop', () => {
  const options = { shoppers: 120, products: 200, days: 40 }

  it('comes with signals, kinds, and what each shopper first touched after the cut', async () => {
    const { split, kinds } = await simulatedShop(options)
    expect(split.rows.length).toBeGreaterThan(5)
    expect(split.train.signals?.names.length).toBeGreaterThan(10)
    expect(kinds).toHaveLength(split.train.matrix.columnCount)
    expect(metOf(split, split.truth)).toEqual([])
  }, 30_000)

  it('can be asked for what its shoppers would like best, all their lives unmet', async () => {
    const { split } = await simulatedTruth(options)
    const { pointers } = split.truth
    expect(split.rows.length).toBeGreaterThan(60)
    for (const row of split.rows) expect(pointers[row + 1] - pointers[row]).toBe(20)
    expect(metOf(split, split.truth)).toEqual([])
    // It is taste and not fashion: nothing is for everyone.
    const wanted = columnSums(split.truth)
    expect(Math.max(...wanted)).toBeLessThan(0.9 * split.rows.length)
  }, 30_000)
})

/** What stands in the truth of a row that has it already. */
function metOf({ asked, rows }: Split, truth: Csr): number[] {
  const own = ({ pointers, columns }: Csr, row: number) => columns.subarray(pointers[row], pointers[row + 1])
  return [...rows].flatMap((row) => [...own(truth, row)].filter((item) => own(asked.matrix, row).includes(item)))
}
