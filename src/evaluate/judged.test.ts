import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { foldQueries, judgeSearch, ndcg, pairedGain } from './judged.ts'
import { readJudgedCatalogue, readJudgedPairs } from './judged-file.ts'
import { titleBm25 } from './title-bm25.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-judged-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe('judging a search', () => {
  it('discounts gains by place, and takes what nobody judged for irrelevant', () => {
    const gains = new Map([
      [7, 3],
      [8, 1],
      [9, 0],
    ])
    const ideal = 3 + 1 / Math.log2(3)
    expect(ndcg([7, 8], gains, 10)).toBeCloseTo(1)
    expect(ndcg([5, 7, 8], gains, 10)).toBeCloseTo((3 / Math.log2(3) + 1 / 2) / ideal)
    expect(ndcg([5, 7, 8], gains, 2)).toBeCloseTo(3 / Math.log2(3) / ideal)
    expect(ndcg([], gains, 10)).toBe(0)
  })

  it('cuts queries into folds of nearly one size', () => {
    const folds = foldQueries(13, 5, createRng('1'))
    expect([0, 1, 2, 3, 4].map((fold) => folds.filter((each) => each === fold).length)).toEqual([3, 3, 3, 2, 2])
  })

  it('pairs two searches by query: what is hard for both widens no interval', () => {
    const hard = Float64Array.from({ length: 100 }, (_, query) => (query % 10) / 10 + 0.05)
    const options = { rounds: 500, rng: createRng('1') }
    const gain = pairedGain(
      hard.map((value) => value * 1.1),
      hard,
      options,
    )
    expect([gain.mean, gain.low, gain.high].map((value) => value.toFixed(6))).toEqual(Array(3).fill('0.100000'))
    const noise = createRng('2')
    const noisy = hard.map((value) => value + 0.5 * noise.normal())
    const { low, high } = pairedGain(noisy, hard, options)
    expect(high - low).toBeGreaterThan(0.1)
  })
})

describe('judgments', () => {
  const catalogue = file(
    'catalogue.jsonl',
    '{"objectID":"a","title":"Red shoe"}\n{"objectID":"b","title":"Blue shoe"}\n',
  )

  it('of a shop are its catalogue and a table of query, item and grade', async () => {
    const grades = 'query,item,grade\nshoe,a,2\nshoe,a,1\nshoe,b,0\nhat,b,0\n'
    const { records, queries } = await readJudgedCatalogue(catalogue, file('grades.csv', grades))
    const indexOf = (id: string) => records.findIndex(({ objectID }) => objectID === id)
    expect(queries.map(({ text }) => text)).toEqual(['shoe'])
    expect(queries[0].gains.get(indexOf('a'))).toBe(1.5)
    expect(queries[0].gains.get(indexOf('b'))).toBe(0)
  })

  it('of a product that is none are refused by name', async () => {
    const path = file('wrong.csv', 'query,item,grade\nshoe,c,2\n')
    await expect(readJudgedCatalogue(catalogue, path)).rejects.toThrow(/"shoe" rates c/)
    await expect(readJudgedCatalogue(catalogue, file('bare.csv', 'query,item\nshoe,a\n'))).rejects.toThrow(/grade/)
  })

  it('leave out what a product tells about its judging', async () => {
    const told = file('told.jsonl', '{"asin":"a","title":"Red shoe","query_id":["1"]}\n')
    const nested = '{"judgmentRatings":[{"query":"shoe","ratings":[{"docId":"a","rating":"100.000"}]}]}'
    const { records, queries } = await readJudgedCatalogue(told, file('judgments.json', nested))
    expect(records).toEqual([{ objectID: 'a', asin: 'a', title: 'Red shoe' }])
    expect([...queries[0].gains]).toEqual([[0, 100]])
  })
})

const data = process.env.HAGGLE_DATA ?? '../shared/data'
const esci = ['esci/ubi_ecommerce_products.json.gz', 'esci/esci_us_judgments.json.gz'].map((name) => join(data, name))
const crowdflower = join(data, 'crowdflower-search/train.csv.zip')
const figure = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
const titles = (records: readonly { readonly [key: string]: unknown }[]) => records.map(({ title }) => title as string)

it.skipIf(!esci.every(existsSync))(`gives title BM25 .589 on ESCI (skipped where ${esci[0]} is absent)`, async () => {
  const { records, queries } = await readJudgedCatalogue(esci[0], esci[1])
  expect([records.length, queries.length]).toEqual([6764, 150])
  expect(Math.abs(figure(judgeSearch(queries, titleBm25(titles(records)))) - 0.589)).toBeLessThan(0.005)
})

it.skipIf(!existsSync(crowdflower))(
  `gives title BM25 .778 on Crowdflower (skipped where ${crowdflower} is absent)`,
  async () => {
    const { records, queries } = await readJudgedPairs(crowdflower)
    expect([records.length, queries.length]).toEqual([9913, 261])
    expect(Math.abs(figure(judgeSearch(queries, titleBm25(titles(records)))) - 0.778)).toBeLessThan(0.005)
  },
)
