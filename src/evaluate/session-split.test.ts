import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { rowQuery } from '../models/row-query.ts'
import { readLastSessions, readSessionSplit } from './session-split.ts'
import type { Split } from './split.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-sessions-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, `SessionId\tItemId\tTime\n${lines.join('\n')}\n`)
  return path
}

const train = file('train', ['1\tpen\t1000.5', '1\tink\t1010', '2\tpad\t200000', '2\tpen\t200010', '2\tink\t200020'])
const test = file('test', [
  '7\tpen\t300000',
  '7\tink\t300060',
  '7\tnew\t300070',
  '7\tpen\t300080',
  '8\tpad\t300000',
  '9\tnew\t300000',
  '9\tpad\t300010',
])

const known = (split: Split) =>
  Array.from({ length: split.asked.matrix.rowCount }, (_, row) => [...rowQuery(split.asked, row).items])

it('asks after every click for the next, leaving out items no training visit has', async () => {
  const split = await readSessionSplit(train, test, '1')
  const [pen, ink] = rowQuery(split.train, 0).items
  expect(known(split)).toEqual([[pen], [pen, ink]])
  expect([...split.truth.columns]).toEqual([ink, pen])
  expect([...split.rows]).toEqual([0, 1])
  expect(split.train.matrix.columnCount).toBe(3)
})

it('lets the next click go back to what was seen: nothing is masked', async () => {
  const { masked } = await readSessionSplit(train, test, '1')
  expect(masked?.rowCount).toBe(2)
  expect(masked?.columns.length).toBe(0)
})

it('keeps the order of a visit and its times by the clock of the question', async () => {
  const split = await readSessionSplit(train, test, '1')
  const ages = rowQuery(split.asked, 1).ageDays ?? new Float32Array(0)
  expect(Array.from(ages, (age) => Math.round(age * 86_400))).toEqual([60, 0])
  expect(rowQuery(split.train, 1).items.length).toBe(3)
})

it('holds out the last days of the training file', async () => {
  const split = await readLastSessions(train, 1, '1')
  const [pen, ink] = rowQuery(split.train, 0).items
  expect(split.train.matrix.rowCount).toBe(1)
  expect(known(split)).toEqual([[pen]])
  expect([...split.truth.columns]).toEqual([ink])
})

it('refuses a table without its columns, a short line and a time that is none', async () => {
  const refusal = (message: string) => ({ code: 'bad-data', message: expect.stringContaining(message) as string })
  writeFileSync(join(folder, 'other'), 'a b c\n1 2 3\n')
  await expect(readSessionSplit(join(folder, 'other'), test, '1')).rejects.toMatchObject(refusal('SessionId'))
  await expect(readSessionSplit(file('short', ['1 pen']), test, '1')).rejects.toMatchObject(refusal('line 2'))
  await expect(readSessionSplit(file('late', ['1 pen 1', '1 ink soon']), test, '1')).rejects.toMatchObject(
    refusal('line 3: "soon"'),
  )
})

const real = '../shared/data/yoochoose-100k'
it.skipIf(!existsSync(real))('has the known counts of YooChoose-100k (skipped without the data)', async () => {
  const split = await readSessionSplit(`${real}/train_full.txt.gz`, `${real}/test.txt.gz`, '1')
  // 70,278 and 13,568 clicks; 18,884 of the former go back to an item of the same visit.
  expect([split.train.matrix.rowCount, split.train.matrix.columnCount]).toEqual([17_794, 2933])
  expect(split.train.matrix.columns.length).toBe(70_278 - 18_884)
  expect(split.rows.length).toBe(10_152)
})
