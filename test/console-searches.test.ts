/** A merchandiser's day in the console: what shoppers searched, and the rules and synonyms that mend it. */
import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { minuteMs } from '../src/base/clock.ts'
import type { CatalogueId } from '../src/domain/ids.ts'
import { openBrowser, stepsIn } from './chromium.ts'
import { openReader, type Reader } from './console-walk.ts'
import { openShopForTest, type OpenShop } from './open-shop.ts'

const indexName = 'products'
let browser: Browser | undefined
let reason = ''
let shop: OpenShop
let reader: Reader

const search = async (searchParams: object) => {
  shop.clock.advance(minuteMs)
  const { hits, queryID } = (await shop.admin.searchSingleIndex({ indexName, searchParams })) as unknown as {
    hits: { objectID: string }[]
    queryID?: string
  }
  return { ids: hits.map(({ objectID }) => objectID), queryID: queryID ?? '' }
}
/** Looked at, not counted. */
const found = async (query: string) => (await search({ query, analytics: false })).ids

beforeAll(async () => {
  expect(existsSync(new URL('../dist/console/index.html', import.meta.url)), 'npm run build makes the console').toBe(
    true,
  )
  const opened = await openBrowser()
  if (typeof opened === 'string') {
    reason = opened
    return
  }
  browser = opened
  shop = await openShopForTest()
  const objects = Array.from({ length: 20 }, (_, at) => ({
    objectID: `p${at}`,
    name: at < 12 ? `Oak table ${at}` : `Sofa ${at}`,
    brand: at % 2 === 0 ? 'Acme' : 'Borealis',
    price: 10 + at,
    sold: (at * 7) % 20,
  }))
  await shop.engine.change(
    indexName as CatalogueId,
    objects.map((record) => ({ kind: 'put', record })),
  )
  reader = await openReader(browser, { url: shop.url, key: shop.engine.adminKey })
}, 300_000)

afterAll(async () => {
  await browser?.close()
  await shop?.close()
})

const step = stepsIn(() => reason, 120_000)

const button = (name: string | RegExp) => reader.page.getByRole('button', { name }).first()
const table = (name: string) => reader.page.getByRole('table', { name })
const side = (name: 'As it is' | 'Once saved') => reader.page.getByRole('region', { name })
const shown = (name: 'As it is' | 'Once saved') => side(name).locator('article a').allInnerTexts()
const saved = () => reader.page.getByText('Saved: in force with the next search.').waitFor()

describe('the console, for a merchandiser', () => {
  step('says what to do where nobody has searched and nothing is set', async () => {
    await reader.open('/searches')
    await reader.page.getByText('Nobody searched in these days').waitFor()
    expect(await reader.barriers()).toEqual([])
    await reader.page.locator('main').getByRole('link', { name: 'Merchandising' }).click()
    await reader.page.getByText('There is no rule yet').waitFor()
    expect(await reader.barriers()).toEqual([])
  })

  step('tells what was searched, what found nothing, and what nobody clicked', async () => {
    for (const userToken of ['ann', 'bob']) {
      const { ids, queryID } = await search({ query: 'oak', userToken, clickAnalytics: true, filters: 'price < 30' })
      await shop.insights.pushEvents({
        events: [
          {
            ...{ eventType: 'click', eventName: 'Clicked', index: indexName, userToken, queryID },
            ...{ objectIDs: [ids[1]], positions: [2], timestamp: shop.clock.now() },
          },
        ],
      })
    }
    await search({ query: 'Sofa', userToken: 'ann', clickAnalytics: true })
    await search({ query: 'couch' })
    await reader.open('/searches')
    await table('Most searched').getByRole('link', { name: 'oak' }).waitFor()
    const rows = await table('Most searched').locator('tbody tr').allInnerTexts()
    expect(rows.map((row) => row.split(/\s+/).slice(0, 4))).toEqual([
      ['oak', '2', '12', '100.0'],
      ['couch', '1', '0', '–'],
      ['sofa', '1', '8', '0.0'],
    ])
    await table('Found nothing').getByRole('link', { name: 'couch' }).waitFor()
    await table('Found something, nobody clicked').getByRole('link', { name: 'sofa' }).waitFor()
    await reader.page.getByRole('img', { name: /^Places clicked: 1: 0, 2: 2, 3: 0/ }).waitFor()
    await table('Filters asked for').getByText('price').waitFor()
    await reader.page.getByRole('img', { name: 'Day by day (UTC): 4 Searches' }).waitFor()
    await button('How the rates of searches is computed').click()
    await reader.page.getByText('searches that found nothing / searches').waitFor()
    await reader.page.keyboard.press('Escape')
    await reader.picture('10-searches')
    expect(await reader.barriers()).toEqual([])
  })

  step('mends a search that found nothing with a synonym, seen before it is saved, by keyboard', async () => {
    const { page } = reader
    await table('Found nothing').getByRole('link', { name: 'Synonym' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: 'Words (Enter after each)' }).focus()
    await page.keyboard.type('sofa')
    await page.keyboard.press('Enter')
    await side('Once saved').getByText('8 products').waitFor()
    await side('As it is').getByText('0 products').waitFor()
    expect(await found('couch')).toEqual([])
    await reader.picture('11-synonym')
    expect(await reader.barriers()).toEqual([])
    await button('Save').focus()
    await page.keyboard.press('Enter')
    await saved()
    expect(await found('couch')).toHaveLength(8)
    await button('Delete').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('There is no synonym yet').waitFor()
    expect(await found('couch')).toEqual([])
  })

  step('writes a rule that pins, hides, prefers, filters and replaces words, seen before it is saved', async () => {
    const { page } = reader
    const before = await found('oak')
    await reader.open('/searches')
    await table('Most searched').getByRole('link', { name: 'oak' }).click()
    await side('Once saved').locator('article').nth(3).waitFor()
    const names = await shown('As it is')
    await button(`Pin first: ${names[3]}`).click()
    await button(`Hide: ${names[0]}`).click()
    await side('Once saved').getByText('pinned').waitFor()
    const after = await shown('Once saved')
    expect(after[0]).toBe(names[3])
    expect(after).not.toContain(names[0])
    expect(await shown('As it is')).toEqual(names)
    expect(await found('oak')).toEqual(before)
    await page.getByLabel('What it is for').fill('Oak week')
    await reader.picture('12-rule')
    expect(await reader.barriers()).toEqual([])
    await button('Save').click()
    await saved()
    const ruled = await found('oak')
    expect([ruled[0], ruled.includes(before[0])]).toEqual([before[3], false])

    await page.getByLabel(/^Show only/).fill('price < 15')
    await page.getByRole('combobox', { name: /^Prefer/ }).fill('brand:Borealis')
    await page.keyboard.press('Enter')
    await button('Save').click()
    await saved()
    const { hits } = await shop.admin.searchRules({ indexName })
    expect(hits).toHaveLength(1)
    expect(hits[0]).toMatchObject({
      description: 'Oak week',
      conditions: [{ pattern: 'oak', anchoring: 'is' }],
      consequence: {
        promote: [{ objectID: before[3], position: 0 }],
        hide: [{ objectID: before[0] }],
        params: { filters: 'price < 15', optionalFilters: ['brand:Borealis'] },
      },
    })
  })

  step(
    'opens a saved rule again whole, keeps what its form does not show, and deletes it after a question',
    async () => {
      const { page } = reader
      const [{ objectID }] = (await shop.admin.searchRules({ indexName })).hits
      const rule = await shop.admin.getRule({ indexName, objectID })
      const told = { ...rule, consequence: { ...rule.consequence, userData: { banner: 'oak' } } }
      await shop.admin.saveRule({ indexName, objectID, rule: told })
      await reader.open('/merchandising')
      await button(/^Oak week/).click()
      expect(await page.getByLabel(/^Show only/).inputValue()).toBe('price < 15')
      await page.getByLabel(/^Show only/).fill('')
      await button('Add: Replace words').click()
      await page.getByLabel('Word 1', { exact: true }).fill('oak')
      await page.getByLabel('becomes (nothing: is left out) 1').fill('sofa')
      await page.getByLabel('From', { exact: true }).fill('2026-01-01T00:00')
      await page.getByLabel('What is typed').fill('oak')
      await side('Once saved').getByText('searched as “sofa”').waitFor()
      await button('Save').click()
      await saved()
      expect(await shop.admin.getRule({ indexName, objectID })).toMatchObject({
        validity: [{ from: Date.parse('2026-01-01T00:00') / 1000 }],
        consequence: {
          userData: { banner: 'oak' },
          params: { query: { edits: [{ type: 'replace', delete: 'oak', insert: 'sofa' }] } },
        },
      })
      await button('Delete').click()
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await page.getByText('There is no rule yet').waitFor()
      expect((await shop.admin.searchRules({ indexName })).nbHits).toBe(0)
    },
  )

  step('orders equals by the shop’s own figures, seen before it is saved', async () => {
    const { page } = reader
    await reader.open('/merchandising?tab=ranking')
    await button('Add').click()
    await page.getByLabel('Attribute 1').fill('sold')
    await side('Once saved').locator('article a', { hasText: 'Sofa 17' }).waitFor()
    await expect.poll(async () => (await shown('Once saved'))[0]).toBe('Sofa 17')
    expect(await reader.barriers()).toEqual([])
    await button('Save').click()
    await saved()
    expect((await shop.admin.getSettings({ indexName })).customRanking).toEqual(['desc(sold)'])
    expect((await found(''))[0]).toBe('p17')
  })

  step('counts nothing of what was tried out here', async () => {
    await shop.engine.shop(indexName as never).flush()
    const response = await fetch(`${shop.url}/2/searches/count?index=${indexName}`, {
      headers: { 'x-algolia-api-key': shop.engine.adminKey },
    })
    expect(await response.json()).toMatchObject({ count: 4 })
  })

  for (const [scheme, width, locale] of [
    ['dark', 1280, 'zh-CN'],
    ['dark', 390, 'en-GB'],
  ] as const) {
    step(`keeps nobody out, ${scheme}, ${width} pixels wide, ${locale}`, async () => {
      const { url, engine } = shop
      const own = await openReader(browser as Browser, { url, key: engine.adminKey, scheme, width, locale })
      for (const path of [
        'searches',
        'merchandising?query=oak',
        'merchandising?tab=synonyms&word=couch',
        'merchandising?tab=ranking',
      ]) {
        await own.open(`/${path}`)
        await own.page.locator('main section').first().waitFor()
        await own.page.waitForLoadState('networkidle')
        await own.picture(`page-${path.replace(/\W+/g, '-')}-${scheme}-${width}`)
        expect([path, await own.barriers(), await own.overflow()]).toEqual([path, [], 0])
      }
      expect([own.errors, own.elsewhere]).toEqual([[], []])
      await own.close()
    })
  }

  step('has had neither errors nor requests to anywhere else', async () => {
    expect([reader.errors, reader.elsewhere]).toEqual([[], []])
  })
})
