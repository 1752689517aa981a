/** What the documentation shows is what happens. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { presets } from '../src/events/import/presets.ts'
import { openShopForTest, type OpenShop } from './open-shop.ts'

const text = readFileSync(new URL('../docs/events.md', import.meta.url), 'utf8')
const block = (kind: string) => new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? ''

let shop: OpenShop | undefined
afterAll(() => shop?.close())

describe('docs/events.md', () => {
  it('has a row for every preset, and no other', () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name]) => name)
    expect(rows.sort()).toEqual(presets.map(({ name }) => name).sort())
  })

  it('shows a mapping that does what it says', async () => {
    shop = await openShopForTest()
    const path = join(shop.folder, 'till.csv')
    writeFileSync(path, Buffer.from(block('csv'), 'latin1'))
    const files = [{ path, mapping: JSON.parse(block('json mapping')) as unknown }]
    const { files: reports } = await shop.engine.import({ catalogue: 'products' as never, files, dryRun: false })
    expect(reports[0].rows).toEqual({ read: 2, accepted: 2, duplicates: 0, rejected: {} })
    const { store } = shop.engine
    const [bought] = await store.events.ofUser('products' as never, 'ann' as never, 9)
    const [back] = await store.events.ofUser('products' as never, 'guest:R2' as never, 9)
    const both = { itemId: '7', priceMinor: 129_950 }
    const boughtMs = Date.UTC(2025, 11, 24, 10, 30)
    expect(bought).toMatchObject({ ...both, type: 'purchase', quantity: 2, orderId: 'R1', timeMs: boughtMs })
    expect(back).toMatchObject({
      ...both,
      type: 'return',
      quantity: 1,
      orderId: 'R2',
      timeMs: Date.UTC(2025, 11, 27, 9),
    })
    expect((await store.catalogues.get('products' as never, ['7' as never])).get('7' as never)).toEqual({
      objectID: '7',
      title: 'Kettle & lid',
      brand: 'Acme',
      shop: 'Berlin',
    })
  })

  it('shows native lines that are read as they stand', async () => {
    shop ??= await openShopForTest()
    const path = join(shop.folder, 'native.jsonl')
    writeFileSync(path, block('json'))
    const request = { catalogue: 'products' as never, files: [{ path }], dryRun: true }
    expect((await shop.engine.import(request)).files[0]).toMatchObject({ preset: 'haggle', rows: { accepted: 2 } })
  })
})
