import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { rowQuery } from '../models/row-query.ts'
import { readSequenceSplit } from './sequence-split.ts'
import type { Split } from './split.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-sequences-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'sequences.txt')
writeFileSync(path, '1 a b c d\n2 d c b\n3 e\n4 a e\n\n')

const known = (split: Split) => [0, 1, 2, 3].map((row) => [...rowQuery(split.asked, row).items])
const hidden = ({ truth }: Split) =>
  [0, 1, 2, 3].map((row) => [...truth.columns.subarray(truth.pointers[row], truth.pointers[row + 1])])

it('asks for the last item and keeps the order of those before', async () => {
  const split = await readSequenceSplit(path, { seed: '1', heldOut: 'last' })
  const [[a, b, c], [d, ...cb], [e]] = known(split)
  expect(new Set([a, b, c, d, e])).toEqual(new Set([0, 1, 2, 3, 4]))
  expect(cb).toEqual([c])
  expect(hidden(split)).toEqual([[d], [b], [], [e]])
  expect([...split.rows]).toEqual([0, 1, 3])
})

it('never lets the last item be seen where the second to last is asked for', async () => {
  const split = await readSequenceSplit(path, { seed: '1', heldOut: 'second-to-last' })
  const [[a, b], [d]] = known(split)
  const [[c]] = hidden(split)
  expect(new Set([a, b, c, d]).size).toBe(4)
  expect(hidden(split)).toEqual([[c], [c], [], []])
  expect(known(split).slice(2)).toEqual([[], [a]])
})

it('shuffles what came before and leaves what is asked for where shuffled is asked', async () => {
  const line = Array.from({ length: 200 }, (_, item) => `i${item}`).join(' ')
  const long = join(folder, 'long.txt')
  writeFileSync(long, `1 ${line}\n`)
  const plain = await readSequenceSplit(long, { seed: '1', heldOut: 'last' })
  const shuffled = await readSequenceSplit(long, { seed: '1', heldOut: 'last', shuffled: true })
  expect(shuffled.truth).toEqual(plain.truth)
  const [before, after] = [plain, shuffled].map((split) => [...rowQuery(split.asked, 0).items])
  expect(after).not.toEqual(before)
  expect(after.toSorted()).toEqual(before.toSorted())
})

it('numbers items by chance, the same for the same seed', async () => {
  const of = async (seed: string) => known(await readSequenceSplit(path, { seed, heldOut: 'last' }))
  expect(await of('1')).toEqual(await of('1'))
  const others = await Promise.all(['2', '3', '4'].map(of))
  expect(others).not.toEqual([await of('1'), await of('1'), await of('1')])
})

it('refuses a file without sequences', async () => {
  writeFileSync(join(folder, 'empty.txt'), '1\n2\n')
  const read = readSequenceSplit(join(folder, 'empty.txt'), { seed: '1', heldOut: 'last' })
  await expect(read).rejects.toMatchObject({ code: 'bad-data' })
})

const beauty = '../shared/data/beauty/Beauty.txt.gz'
it.skipIf(!existsSync(beauty))('counts what Beauty is known to hold (skipped without the data)', async () => {
  const { train, truth, rows } = await readSequenceSplit(beauty, { seed: '1', heldOut: 'last' })
  expect([train.matrix.rowCount, train.matrix.columnCount, rows.length]).toEqual([22_363, 12_101, 22_363])
  expect(train.matrix.columns.length + truth.columns.length).toBe(198_502)
})

it('gives each item the description of its id', async () => {
  const titles: Readonly<Record<string, string>> = { a: 'red boots', b: 'blue boots', d: 'red hat' }
  const split = await readSequenceSplit(path, {
    seed: '1',
    heldOut: 'last',
    describe: (id) =>
      id in titles ? { title: titles[id], brand: null, categoryPath: [], tags: [], priceMinor: null } : undefined,
  })
  const [[a, b, c], [d]] = known(split)
  const tokens = (item: number) => {
    const { pointers, columns } = split.train.content ?? { pointers: new Int32Array(9), columns: new Int32Array() }
    return new Set(columns.subarray(pointers[item], pointers[item + 1]))
  }
  // "boots" is shared by two, "red" by two; what all have or one has is no token.
  expect([tokens(a).size, tokens(b).size, tokens(c).size, tokens(d).size]).toEqual([2, 1, 0, 1])
  expect([...tokens(b), ...tokens(d)].sort()).toEqual([...tokens(a)].sort())
})
