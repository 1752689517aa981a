/** The public data sets, from the files people download, against the figures that are known of them. */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../base/clock.ts'
import { defaultConfig } from '../../base/config.ts'
import { silentProgress } from '../../base/progress.ts'
import type { CatalogueId } from '../../domain/ids.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { type FileReport, rejectedCount, type Sums } from './import-report.ts'
import { runImport } from './run-import.ts'

const data = `${process.env.HAGGLE_DATA ?? '../shared/data'}/`
const catalogue = 'shop' as CatalogueId

async function importAll(files: readonly string[], { dryRun, times = 1 }: { dryRun: boolean; times?: number }) {
  const store = await openSqliteStore({ file: ':memory:' })
  const clock = createManualClock(Date.UTC(2026, 0, 1))
  const run = { store, clock, config: defaultConfig().preprocess, progress: silentProgress }
  const reports: FileReport[][] = []
  const states: unknown[] = []
  for (let time = 0; time < times; time++) {
    const report = await runImport({ catalogue, files: files.map((file) => ({ path: data + file })), dryRun }, run)
    reports.push([...report.files])
    states.push([await store.events.counts(catalogue), await store.catalogues.list()])
  }
  await store.close()
  return { reports, states }
}

interface Known {
  readonly preset: string
  readonly read: number
  readonly duplicates?: number
  readonly rejected?: number
  readonly sums: Partial<Sums>
}

const known: Readonly<Record<string, Known>> = {
  'ml-100k/u.data.gz': {
    preset: 'movielens',
    read: 100_000,
    sums: { byType: { conversion: 100_000 }, users: 943, items: 1_682 },
  },
  'ml-100k/u.item.gz': { preset: 'movielens', read: 1_682, sums: { records: 1_682 } },
  'retailrocket/events.tsv.gz': {
    preset: 'retailrocket',
    read: 97_381,
    // The known 30,113 products count those of the held-out purchases too.
    sums: { byType: { view: 75_374, addToCart: 12_456, purchase: 9_551 }, users: 2_174, items: 29_905 },
  },
  'yoochoose-100k/train_full.txt.gz': { preset: 'yoochoose', read: 70_278, duplicates: 1, sums: {} },
  'yoochoose-100k/test.txt.gz': { preset: 'yoochoose', read: 13_568, sums: {} },
  'online-retail/online_retail_I_2010-2011.csv.gz': {
    preset: 'online-retail',
    read: 541_909,
    duplicates: 5_270,
    rejected: 2,
    sums: {
      byType: { purchase: 531_285, return: 10_624 },
      // 4,372 customers, and an invoice without one stands for a shopper of its own.
      users: 8_082,
      items: 4_070,
      orders: 25_900,
      value: 9_747_747.93,
    },
  },
  'amazon2018/Magazine_Subscriptions_5.json.gz': { preset: 'amazon', read: 2_375, duplicates: 47, sums: {} },
  'amazon2018/meta_Magazine_Subscriptions.json.gz': {
    preset: 'amazon',
    read: 3_385,
    duplicates: 1_065,
    sums: { records: 2_320 },
  },
  'amazon2018/Gift_Cards_5.json.gz': { preset: 'amazon', read: 2_972, duplicates: 3, sums: {} },
  'amazon2018/meta_Gift_Cards.json.gz': { preset: 'amazon', read: 1_547, sums: { records: 1_547 } },
  'amazon2023/interactions.csv.gz': { preset: 'amazon', read: 25_023, sums: {} },
  'amazon2023/items.csv.gz': { preset: 'amazon', read: 10_000, sums: { records: 10_000 } },
  'tafeng/TaFeng.json.gz': { preset: 'tafeng', read: 396_783, sums: { users: 9_841 } },
  'cfgan/Ciao.train.gz': { preset: 'lightgcn', read: 13_464, sums: { users: 662, items: 1_347 } },
  'gowalla/train.txt.gz': { preset: 'lightgcn', read: 810_128, sums: { users: 29_858, items: 40_981 } },
  'beauty/Beauty.txt.gz': { preset: 'lightgcn', read: 198_502, sums: { users: 22_363, items: 12_101 } },
  'myntra/myntra_products_catalog.csv.gz': { preset: 'myntra', read: 12_491, sums: { records: 12_491 } },
}

const skipped = (file: string) => (existsSync(data + file) ? '' : ` (skipped: ${data}${file} is absent)`)

describe('a public data set is known by its path alone, with the figures that are known of it', () => {
  for (const [file, { preset, read, duplicates = 0, rejected = 0, sums }] of Object.entries(known)) {
    it.skipIf(skipped(file) !== '')(`${file}${skipped(file)}`, async () => {
      const [[report]] = (await importAll([file], { dryRun: true })).reports
      expect(report).toMatchObject({ preset, outcome: 'checked' })
      expect(report.rows).toMatchObject({ read, duplicates, accepted: read - duplicates - rejected })
      expect(rejectedCount(report.rows.rejected)).toBe(rejected)
      const { value, ...counts } = sums
      expect(report.sums).toMatchObject(counts)
      if (value !== undefined) expect(report.sums.value).toBeCloseTo(value, 2)
    })
  }
})

const pairs = [
  ['ml-100k/u.data.gz', 'ml-100k/u.item.gz'],
  ['amazon2018/Gift_Cards_5.json.gz', 'amazon2018/meta_Gift_Cards.json.gz'],
  ['amazon2023/interactions.csv.gz', 'amazon2023/items.csv.gz'],
]

describe('importing a log and its catalogue twice, in either order, leaves the same shop', () => {
  for (const [log, items] of pairs) {
    it.skipIf(skipped(log) !== '')(`${log} and ${items}${skipped(log)}`, async () => {
      const { reports, states } = await importAll([log, items], { dryRun: false, times: 2 })
      expect(reports[0].map(({ rows }) => rows.accepted)).toEqual([
        known[log].read - (known[log].duplicates ?? 0),
        known[items].read - (known[items].duplicates ?? 0),
      ])
      expect(reports[1].map(({ outcome, rows }) => [outcome, rows.accepted])).toEqual([
        ['known', 0],
        ['known', 0],
      ])
      expect(states[1]).toEqual(states[0])
      const turned = await importAll([items, log], { dryRun: false })
      const [counts, catalogues] = turned.states[0] as [object, object]
      expect(states[0]).toMatchObject([{ ...counts }, catalogues])
    })
  }
})
