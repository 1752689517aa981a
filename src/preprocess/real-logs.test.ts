import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import Papa from 'papaparse'
import { expect, it } from 'vitest'
import { defaultConfig } from '../base/config.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import type { ShopEvent } from '../domain/event.ts'
import { cleanLog } from './clean.ts'
import { buildInteractions } from './build-interactions.ts'

const config = defaultConfig().preprocess
const absent = { query: null, queryId: null, position: null, rating: null, orderId: null, name: '', priceMinor: null }

async function clean(events: readonly unknown[]) {
  async function* stream() {
    yield events as readonly ShopEvent[]
  }
  const { log, report } = await cleanLog(stream(), { config, nowMs: Date.UTC(2024, 0, 1), item: () => undefined })
  const rules = Object.fromEntries(report.rules.filter(({ rows }) => rows > 0).map(({ name, rows }) => [name, rows]))
  return { log, report, rules }
}

const read = (file: string) => gunzipSync(readFileSync(file)).toString()

const retailrocket = '../shared/data/retailrocket/events.tsv.gz'
const noRetailrocket = existsSync(retailrocket) ? '' : ` (skipped: ${retailrocket} is absent)`

it.skipIf(noRetailrocket !== '')(`RetailRocket keeps nearly all of its 97,381 events${noRetailrocket}`, async () => {
  const types: Readonly<Record<string, string>> = { view: 'view', cart: 'addToCart', purchase: 'purchase' }
  const { log, report, rules } = await clean(
    read(retailrocket)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [time, userId, itemId, type] = line.split('\t')
        return { ...absent, userId, itemId, type: types[type], timeMs: Number(time) * 1000, quantity: 1 }
      }),
  )
  expect(report.rowsRead).toBe(97_381)
  expect(rules.malformed).toBeUndefined()
  expect(log.length / 97_381).toBeGreaterThan(0.97)
  expect(log.length).toBeLessThanOrEqual(97_381)
  const { interactions } = buildInteractions(log, {
    rows: 'users',
    items: log.items,
    asOfMs: Date.UTC(2024, 0, 1),
    weights: config.weights,
    halfLifeDays: 1e6,
  })
  expect(interactions.matrix.rowCount).toBe(report.users)
  expect(interactions.matrix.values.length / (report.users * report.items)).toBeCloseTo(report.density, 10)
})

const retail = '../shared/data/online-retail/online_retail_I_2010-2011.csv.gz'
const noRetail = existsSync(retail) ? '' : ` (skipped: ${retail} is absent)`

it.skipIf(noRetail !== '')(`an invoice log is no flood, and what comes back was bought${noRetail}`, async () => {
  // The first months; a line without a customer belongs to its invoice.
  const rows = Papa.parse<Record<string, string>>(read(retail).slice(0, 4_000_000), { header: true }).data.slice(0, -1)
  const { log, report, rules } = await clean(
    rows.map(({ InvoiceNo, StockCode, Quantity, InvoiceDate, UnitPrice, CustomerID }) => ({
      ...absent,
      userId: CustomerID || `order:${InvoiceNo}`,
      itemId: StockCode,
      type: 'purchase',
      timeMs: Date.parse(`${InvoiceDate.replace(' ', 'T')}Z`),
      quantity: Number(Quantity),
      priceMinor: Math.round(Number(UnitPrice) * 100),
      orderId: InvoiceNo,
    })),
  )
  const negative = rows.filter(({ Quantity }) => Number(Quantity) < 0).length
  expect(rules['negative-quantity']).toBe(negative)
  expect(rules.flood ?? 0).toBe(0)
  expect(rules['robot-by-pace'] ?? 0).toBe(0)
  expect(report.byType.return + rules['return-without-purchase']).toBeLessThanOrEqual(negative)
  const bought = createVocabulary(rows.filter(({ Quantity }) => Number(Quantity) > 0).map(({ InvoiceNo }) => InvoiceNo))
  expect(report.orders.count).toBe(bought.size)
  expect(log.quantity.every((pieces) => pieces > 0)).toBe(true)
})
