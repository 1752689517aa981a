import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPublishedSplit } from './published-split.ts'

const data = '../shared/data'
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'haggle-split-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function write(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content)
  return join(folder, name)
}

describe('published splits', () => {
  it('reads triples, gzipped or not, counts over both files and leaves out what was trained on', async () => {
    const train = await write('train.gz', gzipSync('0 0 3.0\n0 2 1.0\n1\t1\t5.0\n'))
    const test = await write('test', '0 1 4.0\n0 2 4.0\n2 3 1.0\n')
    const split = await readPublishedSplit(train, test)
    expect([split.train.matrix.rowCount, split.train.matrix.columnCount]).toEqual([3, 4])
    expect([...split.train.matrix.columns]).toEqual([0, 2, 1])
    expect([...split.train.matrix.values]).toEqual([1, 1, 1])
    expect([...split.truth.columns]).toEqual([1, 3])
    expect([...split.rows]).toEqual([0, 2])
  })

  it('reads lists of items, one user a line, also where all lines have three fields', async () => {
    const split = await readPublishedSplit(await write('lists', '0 5 6\n1 7 8\n'), await write('held', '0 7\n1\n'))
    expect([...split.train.matrix.columns]).toEqual([5, 6, 7, 8])
    expect([...split.rows]).toEqual([0])
  })

  it('names file and line of what is no number', async () => {
    const broken = await write('broken', '0 1 1\n0 x 1\n')
    await expect(readPublishedSplit(broken, broken)).rejects.toThrow(/broken, line 2: .*"x"/)
    await expect(readPublishedSplit(join(folder, 'none'), broken)).rejects.toThrow(/Cannot read the split file/)
  })

  it.skipIf(!existsSync(`${data}/cfgan`))(
    'has the known sizes of the CFGAN splits (skipped without the data)',
    async () => {
      const read = (name: string) =>
        readPublishedSplit(`${data}/cfgan/${name}.train.gz`, `${data}/cfgan/${name}.test.gz`)
      const [movies, ciao] = [await read('ML100K'), await read('Ciao')]
      const size = ({ train: { matrix }, truth }: typeof movies) => [
        matrix.rowCount,
        matrix.columnCount,
        matrix.columns.length,
        truth.columns.length,
      ]
      expect(size(movies)).toEqual([943, 1653, 80_000, 19_963])
      expect(size(ciao)).toEqual([662, 1347, 13_464, 3_357])
    },
  )

  it.skipIf(!existsSync(`${data}/gowalla`))('has the known sizes of Gowalla (skipped without the data)', async () => {
    const { train, truth } = await readPublishedSplit(`${data}/gowalla/train.txt.gz`, `${data}/gowalla/test.txt.gz`)
    expect([train.matrix.rowCount, train.matrix.columnCount]).toEqual([29_858, 40_981])
    expect([train.matrix.columns.length, truth.columns.length]).toEqual([810_128, 217_242])
  })
})
