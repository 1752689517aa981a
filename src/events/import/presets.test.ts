/** The editions of the public data sets that are not at hand here, a line or two of each, as their makers write them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createManualClock } from '../../base/clock.ts'
import { defaultConfig } from '../../base/config.ts'
import { silentProgress } from '../../base/progress.ts'
import type { CatalogueId } from '../../domain/ids.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { runImport } from './run-import.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-presets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function importText(name: string, content: string) {
  const path = join(folder, name)
  writeFileSync(path, Buffer.from(content, 'latin1'))
  const store = await openSqliteStore({ file: ':memory:' })
  const run = { store, clock: createManualClock(Date.UTC(2026, 0)), config: defaultConfig().preprocess }
  const request = { catalogue: 'shop' as CatalogueId, files: [{ path }] }
  const [report] = (await runImport(request, { ...run, progress: silentProgress })).files
  const events: unknown[] = []
  const records: unknown[] = []
  for await (const some of store.events.scan({ catalogue: request.catalogue })) events.push(...some)
  for await (const some of store.catalogues.scan(request.catalogue)) records.push(...some)
  await store.close()
  return { report, events, records }
}

const at = (...parts: [number, number, number, number?, number?, number?, number?]) => Date.UTC(...parts)
const retailHead = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n'

/** File name, its first lines, the preset that knows it, and its last event or record. */
const editions: readonly (readonly [string, string, string, object])[] = [
  [
    'ratings.dat',
    '1::1193::5::978300760\n2::661::3.5::978302109\n',
    'movielens',
    { type: 'conversion', userId: '2', itemId: '661', rating: 3.5, timeMs: 978_302_109_000 },
  ],
  [
    'movies.dat',
    "73::Mis\xe9rables, Les (1995)::Drama|Musical\n1::Toy Story (1995)::Animation|Children's\n",
    'movielens',
    { objectID: '73', title: 'Misérables, Les (1995)', genres: ['Drama', 'Musical'] },
  ],
  [
    'ratings.csv',
    'userId,movieId,rating,timestamp\n1,2,3.5,1112486027\n',
    'movielens',
    { type: 'conversion', userId: '1', itemId: '2', rating: 3.5, timeMs: 1_112_486_027_000 },
  ],
  [
    'movies.csv',
    'movieId,title,genres\n11,"American President, The (1995)",Comedy|Drama\n',
    'movielens',
    { objectID: '11', title: 'American President, The (1995)', genres: ['Comedy', 'Drama'] },
  ],
  [
    'events.csv',
    'timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n1433222276276,599528,transaction,356475,4000\n',
    'retailrocket',
    { type: 'purchase', userId: '599528', itemId: '356475', orderId: '4000', timeMs: 1_433_222_276_276 },
  ],
  [
    'yoochoose-clicks.dat',
    '1,2014-04-07T10:51:09.277Z,214536502,0\n1,2014-04-07T10:54:09.868Z,214536500,S\n',
    'yoochoose',
    { type: 'view', userId: '1', itemId: '214536500', timeMs: at(2014, 3, 7, 10, 54, 9, 868) },
  ],
  [
    'yoochoose-buys.dat',
    '420374,2014-04-06T18:44:58.314Z,214537888,12462,1\n420374,2014-04-06T18:44:58.325Z,214537850,0,0\n',
    'yoochoose',
    { type: 'purchase', orderId: '420374', itemId: '214537850', priceMinor: null, quantity: 1 },
  ],
  [
    'Online Retail.csv',
    `${retailHead}536365,85123A,CAF\xc9 SIGN,6,12/1/2010 8:26,2.55,17850,United Kingdom\nC536379,85123A,CAF\xc9 SIGN,-1,12/1/2010 9:41,2.55,17850,United Kingdom\n`,
    'online-retail',
    { type: 'return', userId: '17850', quantity: -1, orderId: 'C536379', timeMs: at(2010, 11, 1, 9, 41) },
  ],
  [
    'Online Retail.csv',
    `${retailHead}536365,85123A,CAF\xc9 SIGN,6,12/1/2010 8:26,2.55,17850,United Kingdom\n`,
    'online-retail',
    { objectID: '85123A', title: 'CAFÉ SIGN', price: 2.55 },
  ],
  [
    'online_retail_II.csv',
    'Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n489434,85048,15CM GLASS BALL,12,2009-12-01 07:45:00,6.95,,United Kingdom\n',
    'online-retail',
    { type: 'purchase', userId: 'order:489434', quantity: 12, priceMinor: 695, timeMs: at(2009, 11, 1, 7, 45) },
  ],
  [
    'All_Beauty.jsonl',
    '{"rating":5.0,"title":"Nice","text":"Good","images":[],"asin":"B00A","parent_asin":"B00P","user_id":"AGK","timestamp":1588687728923,"verified_purchase":true}\n',
    'amazon',
    { type: 'purchase', userId: 'AGK', itemId: 'B00P', rating: 5, timeMs: 1_588_687_728_923 },
  ],
  [
    'meta_All_Beauty.jsonl',
    '{"main_category":"All Beauty","title":"Howard &amp; Co","average_rating":4.8,"rating_number":10,"features":[],"description":["<p>Soft</p>"],"price":"12.99","store":"Howard","categories":["Hair","Combs"],"parent_asin":"B01"}\n',
    'amazon',
    {
      objectID: 'B01',
      title: 'Howard & Co',
      description: 'Soft',
      brand: 'Howard',
      price: 12.99,
      categories: ['Hair', 'Combs'],
    },
  ],
  [
    'ta_feng_all_months_merged.csv',
    '"TRANSACTION_DT","CUSTOMER_ID","AGE_GROUP","PIN_CODE","PRODUCT_SUBCLASS","PRODUCT_ID","AMOUNT","ASSET","SALES_PRICE"\n"11/1/2000","01104905  ","45-49","115","110411","4710199010372","2","24","30"\n',
    'tafeng',
    {
      type: 'purchase',
      userId: '01104905',
      itemId: '4710199010372',
      quantity: 2,
      priceMinor: null,
      timeMs: at(2000, 10, 1),
    },
  ],
  ['train.txt', '0 5 9 7\n1 3\n2\n', 'lightgcn', { type: 'conversion', userId: '1', itemId: '3' }],
]

describe('an edition of a public data set is known by its path alone', () => {
  for (const [name, content, preset, last] of editions) {
    it(`${name}: ${Object.values(last).slice(0, 3).join(', ')}`, async () => {
      const { report, events, records } = await importText(name, content)
      expect(report).toMatchObject({ preset, rows: { duplicates: 0, rejected: {} } })
      if ('objectID' in last) expect(records).toContainEqual(expect.objectContaining(last))
      else expect(events.at(-1)).toMatchObject(last)
    })
  }
})
