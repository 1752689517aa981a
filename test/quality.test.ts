/** The data-quality report: what a person reads, what a program gets and what the monitor scrapes are the same numbers. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeQuality } from '../src/engine.ts'
import { noon, openShopForTest, temporaryFolder } from './open-shop.ts'

const catalogue = 'products' as never
const row = (user: string, type: string, secondsAgo: number, more: object = {}) =>
  JSON.stringify({ user, item: 'cup', type, time: noon - secondsAgo * 1000, ...more })

it('every rule tells how many rows it touched and why, in the report and on /metrics, also after a restart', async () => {
  const folder = temporaryFolder()
  const first = await openShopForTest({}, folder)
  const file = join(folder, 'log.jsonl')
  const rows = [
    row('ann', 'purchase', 900, { quantity: 2, price: 5 }),
    row('ann', 'purchase', 800, { quantity: -1, price: 5 }),
    row('bob', 'purchase', 700, { quantity: -1, price: 5 }),
    row('bob', 'view', 601),
    row('bob', 'view', 600),
    ...Array.from({ length: 70 }, (_, at) => row('cid', 'view', 120 + at / 2, { item: `i${at}` })),
  ]
  writeFileSync(file, rows.join('\n'))
  await first.engine.change(catalogue, [{ kind: 'put', record: { objectID: 'cup', title: 'Cup' } }])
  await first.engine.import({ catalogue, files: [{ path: file }], dryRun: false })
  const report = await first.engine.check(catalogue)
  const touched = Object.fromEntries(report.rules.filter((rule) => rule.rows > 0).map((rule) => [rule.name, rule.rows]))
  expect(touched).toMatchObject({ 'negative-quantity': 2, 'return-without-purchase': 1, repeat: 1 })
  expect(touched.flood ?? 0).toBeGreaterThan(0)
  const text = describeQuality(report)
  for (const { name, why } of report.rules) expect(text).toMatch(new RegExp(`${name} .*${why}`))
  expect(text).not.toMatch(/\bbob\b/)

  const scraped = async (url: string) => {
    const metrics = await (await fetch(`${url}/metrics`)).text()
    const lines = metrics.matchAll(/^haggle_data_quality_rows\{catalogue="products",rule="(.+)"\} (\d+)$/gm)
    return Object.fromEntries([...lines].map(([, rule, count]) => [rule, Number(count)]))
  }
  const all = Object.fromEntries(report.rules.map((rule) => [rule.name, rule.rows]))
  expect(await scraped(first.url)).toEqual(all)
  await first.close(true)

  const second = await openShopForTest({}, folder)
  expect(await scraped(second.url)).toEqual(all)
  await second.close(true)
  rmSync(folder, { recursive: true, force: true })
})
