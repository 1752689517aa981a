/** The demo's shop in a real browser, from an empty folder on: import, train, look, buy, see it learn, roll back. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { dressShelves, setUpShelves } from '../src/cli/demo-shelves.ts'
import { storefrontRoutes } from '../src/cli/demo-storefront.ts'
import type { CatalogueId, UserId } from '../src/domain/ids.ts'
import { createWorld } from '../src/simulate/world.ts'
import { writeShop } from '../src/simulate/write-shop.ts'
import { openBrowser, stepsIn } from './chromium.ts'
import { openReader } from './console-walk.ts'
import { openShopForTest, type OpenShop, temporaryFolder } from './open-shop.ts'
import { checkPage, type PageChecks } from './page-checks.ts'

const catalogue = 'products' as CatalogueId
const built = new URL('../dist/storefront/', import.meta.url).pathname
const settings = {
  preprocess: { futureMinutes: 1440 },
  training: { models: ['popularity', 'ease'], bootstrapRounds: 20 },
}

interface Visit extends PageChecks {
  readonly page: Page
}

let browser: Browser | undefined
let reason = ''
let shop: OpenShop
let visit: Visit

async function come(options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await (browser as Browser).newContext({
    ...{ viewport: { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' },
    ...options,
  })
  const page = await context.newPage()
  // The first answers of a shop that has just learnt, on a machine with other things to do.
  page.setDefaultTimeout(90_000)
  const checks = checkPage(page, shop.url)
  await page.goto(`${shop.url}/shop/`)
  await page.locator('[data-row="for-you"] .card').first().waitFor()
  await page.locator('#hits .card').first().waitFor()
  return { ...checks, page }
}

beforeAll(async () => {
  expect(existsSync(`${built}index.html`), 'npm run build makes the storefront').toBe(true)
  const opened = await openBrowser()
  if (typeof opened === 'string') {
    reason = opened
    return
  }
  browser = opened
  shop = await openShopForTest(settings, temporaryFolder(), [storefrontRoutes])
  const world = createWorld({
    seed: '7',
    products: 200,
    shoppers: 200,
    days: 60,
    untilMs: shop.clock.now(),
    chinese: true,
  })
  const { files } = await writeShop(world, join(shop.folder, 'shop'), {})
  await shop.engine.import({ catalogue, files: files.map((path) => ({ path })), dryRun: false })
  await setUpShelves(shop.engine)
  await dressShelves(shop.engine)
  await shop.engine.train(catalogue, {})
  await shop.engine.train(catalogue, { force: true })
  visit = await come()
}, 600_000)

afterAll(async () => {
  await browser?.close()
  await shop?.close()
})

const step = stepsIn(() => reason, 180_000)

const forYou = (page: Page) => page.locator('[data-row="for-you"] .card .title').allInnerTexts()
const hits = (page: Page) => page.locator('#hits .card .title')
const ownToken = (page: Page) => page.evaluate<string>(`localStorage.getItem('visitor')`)
const close = (page: Page, dialog: string) => page.locator(dialog).getByRole('button', { name: 'Close' }).click()
const steps = (page: Page) => page.locator('#learnt li.step:not(.waiting)')
const profileOf = (token: string) => shop.engine.shop(catalogue).profile(token as UserId)

describe('the storefront', () => {
  step('weighs what a shopper on a phone can bear', async () => {
    const weigh = (ending: string) =>
      readdirSync(`${built}assets`)
        .filter((name) => name.endsWith(ending))
        .reduce((sum, name) => sum + gzipSync(readFileSync(`${built}assets/${name}`)).length, 0)
    const [script, style] = [weigh('.js') / 1024, weigh('.css') / 1024]
    console.log(`storefront: ${script.toFixed(0)} KiB of script and ${style.toFixed(0)} KiB of style, gzipped`)
    expect(script).toBeLessThan(120)
    expect(style).toBeLessThan(12)
  })

  step('shows its shelves, its rows and a drawn picture of each product', async () => {
    const { page } = visit
    expect(await hits(page).count()).toBe(24)
    await page.locator('.departments button').nth(9).waitFor()
    await page.locator('[data-row="trending-items"] .card').first().waitFor()
    await page.waitForLoadState('networkidle')
    const drawn = await page.evaluate<number[]>(
      `[...document.querySelectorAll('main img')].filter((img) => img.complete).map((img) => img.naturalWidth)`,
    )
    expect(drawn.length).toBeGreaterThan(20)
    expect(drawn.filter((width) => width === 0)).toEqual([])
    await visit.picture('shop-01-home', false)
    expect(await visit.barriers()).toEqual([])
  })

  step('suggests as one types, by keyboard too, and puts what is paid for first, marked as such', async () => {
    const { page } = visit
    await page.getByRole('combobox', { name: 'Search products' }).fill('lamp')
    await page.getByRole('group', { name: 'Searches' }).getByRole('option').first().waitFor()
    await page.keyboard.press('ArrowDown')
    expect(await page.getByRole('option').first().getAttribute('aria-selected')).toBe('true')
    await visit.picture('shop-02-suggestions', false)
    expect(await visit.barriers()).toEqual([])
    const searches = await page.getByRole('group', { name: 'Searches' }).getByRole('option').count()
    for (let at = 0; at < searches; at++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('heading', { level: 2 }).first().waitFor()
    await close(page, '#product')
    await page.getByText(/\d+ for “lamp”/).waitFor()
    const first = page.locator('#hits .card').first()
    await first.getByText('Sponsored').waitFor()
    expect(await page.locator('#hits .badge', { hasText: 'Sponsored' }).count()).toBe(1)
    expect(await page.locator('#home').isVisible()).toBe(false)
    await visit.picture('shop-03-search', false)
  })

  step('filters, says what is filtered, sorts and turns pages', async () => {
    const { page } = visit
    await page.getByRole('button', { name: 'Larkfield' }).click()
    await page
      .locator('#categories')
      .getByRole('link', { name: /Kitchen/ })
      .click()
    await page.locator('#current').getByText('Kitchen').waitFor()
    await page.locator('#brands').getByRole('checkbox').first().check()
    await page.locator('#sort select').selectOption({ label: 'Price: low to high' })
    const prices = async () =>
      (await page.locator('#hits .price').allInnerTexts()).map((price) => Number(price.replace(/[^\d.]/g, '')))
    await expect
      .poll(async () => {
        const shown = await prices()
        return shown.length > 1 && shown.every((price, at) => at === 0 || price >= shown[at - 1])
      })
      .toBe(true)
    await visit.picture('shop-04-filtered', false)
    expect(await visit.barriers()).toEqual([])
    await page.getByRole('button', { name: 'Clear all' }).click()
    const before = await hits(page).first().innerText()
    await page.locator('#pages').getByRole('link', { name: /2/ }).click()
    await expect.poll(() => hits(page).first().innerText()).not.toBe(before)
  })

  step('learns from what a shopper opens, puts in the cart and buys, and shows what it learnt and why', async () => {
    const { page } = visit
    await page.getByRole('button', { name: 'Larkfield' }).click()
    await page.locator('[data-row="for-you"] .card').first().waitFor()
    const before = await forYou(page)
    // What many like has company to be learnt from, whatever the seed.
    const chosen = page.locator('[data-row="trending-items"] .card-open').nth(1)
    const bought = (await chosen.locator('.title').innerText()).trim()
    await chosen.click()
    const dialog = page.locator('#product')
    expect(await dialog.locator('h2').first().innerText()).toBe(bought)
    for (const row of ['bought-together', 'related-products', 'looking-similar']) {
      await dialog.locator(`[data-row="${row}"] .card`).first().waitFor()
    }
    await visit.picture('shop-05-product', false)
    expect(await visit.barriers()).toEqual([])
    await dialog.getByRole('button', { name: 'Add to cart', exact: true }).click()
    await close(page, '#product')
    await page.getByRole('button', { name: /^Cart/ }).click()
    await page
      .locator('#cart')
      .getByRole('button', { name: /One more/ })
      .click()
    await visit.picture('shop-06-cart', false)
    expect(await visit.barriers()).toEqual([])
    await page.locator('#cart').getByRole('button', { name: 'Buy now' }).click()
    await page.getByText(/Thank you/).waitFor()

    await steps(page).filter({ hasText: 'Bought' }).first().waitFor()
    for (const name of ['Clicked', 'Viewed', 'Added to cart']) {
      await steps(page).getByRole('heading', { name }).first().waitFor()
    }
    const after = await forYou(page)
    expect(after).not.toEqual(before)
    await steps(page)
      .getByText(/^(new|up|down)/)
      .first()
      .waitFor()
    await steps(page).getByText(/^Why /).first().waitFor()
    await page.evaluate('scrollTo(0, 0)')
    await visit.picture('shop-07-learnt', false)
    await page
      .locator('#learnt')
      .screenshot({ path: new URL('../screenshots/shop-08-panel.png', import.meta.url).pathname })
    expect(await visit.barriers()).toEqual([])

    const token = await ownToken(page)
    await shop.engine.shop(catalogue).flush()
    const events = await shop.engine.store.events.ofUser(catalogue, token as UserId, 100)
    const done = events.map(({ type }) => type)
    for (const type of ['click', 'view', 'addToCart', 'purchase']) expect(done).toContain(type)
    // Only products that were opened count as viewed, not every list that was seen.
    const clicked = events.filter(({ type, itemId }) => type === 'click' && itemId !== null)
    expect(done.filter((type) => type === 'view')).toHaveLength(clicked.length)
    const purchase = events.find(({ type }) => type === 'purchase')
    expect(purchase?.quantity).toBe(2)
    const shown = (queryId: unknown) => shop.engine.store.exposures.get(queryId as never)
    expect(await shown(purchase?.queryId)).toMatchObject({ surface: 'trending-items' })
    expect(await shown(clicked.at(-1)?.queryId)).toMatchObject({ surface: 'search' })
  })

  step('tells nobody what was learnt of somebody else, and holds no key that could', async () => {
    const told = async (path: string) => (await fetch(`${shop.url}/shop/${path}`)).status
    const [{ userId: stranger }] = shop.engine
      .shop(catalogue)
      .shoppers('', 200)
      .filter(({ userId, eventCount }) => userId.startsWith('U') && eventCount < 12)
    expect(await told(`mind/${stranger}`)).toBe(404)
    expect(await told(`mind/${await ownToken(visit.page)}`)).toBe(200)
    const given = (await (await fetch(`${shop.url}/shop/settings.json`)).json()) as {
      apiKey: string
      shoppers: { token: string }[]
    }
    expect(JSON.stringify(given)).not.toContain(shop.engine.adminKey)
    expect((await fetch(`${shop.url}/shop/mind/${given.shoppers[0].token}`, { method: 'DELETE' })).status).toBe(400)
    const asked = await fetch(`${shop.url}/haggle/v1/generations?x-algolia-api-key=${given.apiKey}`)
    expect(asked.status).toBe(403)
  })

  step('can be somebody else, who likes other things', async () => {
    const { page } = visit
    const mine = await forYou(page)
    await page.getByLabel('Shopper').selectOption({ index: 1 })
    await page.getByRole('heading', { level: 1, name: /Hello, Ada/ }).waitFor()
    await page.locator('[data-row="recently-viewed"] .card').first().waitFor()
    expect(await forYou(page)).not.toEqual(mine)
    await visit.picture('shop-09-ada', false)
    await page.getByLabel('Shopper').selectOption({ index: 0 })
    await page.getByRole('heading', { level: 1, name: /Everyday/ }).waitFor()
  })

  for (const [colorScheme, width, locale] of [
    ['dark', 1440, 'en-GB'],
    ['light', 390, 'zh-CN'],
    ['dark', 390, 'en-GB'],
  ] as const) {
    step(`keeps nobody out, ${colorScheme}, ${width} pixels wide, ${locale}`, async () => {
      const own = await come({ colorScheme, locale, viewport: { width, height: width < 500 ? 844 : 900 } })
      const { page } = own
      const name = `shop-${colorScheme}-${width}-${locale}`
      await page.waitForLoadState('networkidle')
      await own.picture(name, false)
      if (locale === 'zh-CN') {
        await page.evaluate(`for (const img of document.images) img.loading = 'eager'`)
        await page.waitForLoadState('networkidle')
        await own.picture(`${name}-whole`)
      }
      expect([await own.barriers(), await own.overflow()]).toEqual([[], 0])
      if (locale === 'zh-CN') {
        await page.locator('#hits .add').first().click()
        await page.getByRole('button', { name: '商店刚学到了什么' }).click()
        await steps(page).first().waitFor()
        await own.picture(`${name}-learnt`, false)
        expect(await own.barriers()).toEqual([])
        await page.getByRole('button', { name: '商店刚学到了什么' }).click()
      }
      await page.locator('#hits .card-open').first().click()
      await page.locator('#product .card').first().waitFor()
      await page.waitForLoadState('networkidle')
      await own.picture(`${name}-product`, false)
      expect([await own.barriers(), await own.overflow()]).toEqual([[], 0])
      expect([own.errors, own.elsewhere]).toEqual([[], []])
      await page.context().close()
    })
  }

  step('speaks Chinese of its products too, and finds them in either language', async () => {
    const own = await come({ locale: 'zh-CN' })
    const { page } = own
    const chinese = /\p{Script=Han}{2}/u
    const search = async (words: string) => {
      await page.getByRole('combobox', { name: '搜索商品' }).fill(words)
      await page.getByText(`“${words}”共`).waitFor()
      return hits(page).allInnerTexts()
    }
    await page.getByRole('link', { name: '下一页' }).waitFor()
    const found = await search('台灯')
    expect(found.slice(0, 3).every((title) => title.includes('台灯'))).toBe(true)
    expect(await page.locator('#hits mark').first().innerText()).toContain('台灯')
    expect((await search('table lamp')).slice(0, 3).every((title) => title.includes('台灯'))).toBe(true)
    for (const filter of ['#categories', '#colours']) {
      const labels = await page.locator(`${filter} li`).allInnerTexts()
      expect(labels.length).toBeGreaterThan(0)
      for (const label of labels) expect(label).toMatch(/\p{Script=Han}/u)
    }
    await page.getByRole('combobox', { name: '排序' }).waitFor()
    await page.locator('#colours').getByRole('checkbox').first().check()
    await page.locator('#current').getByText('颜色').waitFor()
    await page.locator('#hits .card-open').first().click()
    const about = page.locator('#product .about')
    for (const part of ['h2', '.maker', 'p:not([class])', 'dd'])
      expect(await about.locator(part).first().innerText()).toMatch(chinese)
    await page.locator('#product .card').first().waitFor()
    await own.picture('shop-10-chinese', false)
    await page.keyboard.press('Escape')
    const interest = steps(page).locator('.interests .tag').first()
    expect(await interest.innerText()).toMatch(chinese)
    expect([await own.barriers(), own.errors]).toEqual([[], []])
    await page.context().close()
  })

  step('fills by itself once a shop that did not answer does', async () => {
    const context = await (browser as Browser).newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    await page.route('**/1/indexes/**', (route) => route.abort())
    await page.goto(`${shop.url}/shop/`)
    await page.getByText('The shop cannot be reached.').waitFor()
    await page.unroute('**/1/indexes/**')
    await hits(page).first().waitFor()
    await page.locator('[data-row="for-you"] .card').first().waitFor()
    await context.close()
  })

  step('can be walked with the keyboard alone', async () => {
    const { page } = visit
    await page.evaluate('document.activeElement?.blur?.(); scrollTo(0, 0)')
    await page.keyboard.press('Tab')
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Skip to content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('main')
    await page.keyboard.press('Tab')
    expect(await page.evaluate<string>('document.activeElement.className')).toBe('card-open')
    await page.keyboard.press('Enter')
    await page.locator('#product[open]').waitFor()
    await steps(page).first().waitFor()
    await page.keyboard.press('Escape')
    // To the card it came from, or to the shelves where that has gone.
    await expect.poll(() => page.evaluate<string>('document.activeElement.tagName')).toMatch(/^(BUTTON|MAIN)$/)
  })

  step('goes on with the generation before, once somebody rolls back in the console', async () => {
    const [newer, older] = await shop.engine.store.generations.list(catalogue)
    expect(shop.engine.shop(catalogue).generation).toBe(newer.id)
    const reader = await openReader(browser as Browser, { url: shop.url, key: shop.engine.adminKey })
    await reader.open('/models')
    await reader.page.getByRole('button', { name: 'Roll back' }).first().click()
    await reader.page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
    await expect.poll(() => shop.engine.shop(catalogue).generation).toBe(older.id)
    await reader.close()
    await visit.page.reload()
    await visit.page.locator('[data-row="for-you"] .card').first().waitFor()
    const mind = await fetch(`${shop.url}/shop/mind/${await ownToken(visit.page)}`)
    expect(await mind.json()).toMatchObject({ generation: older.id })
  })

  step('forgets who asks for it', async () => {
    const { page } = visit
    const token = await ownToken(page)
    expect(profileOf(token)).not.toBeNull()
    await page.getByRole('button', { name: 'Forget me' }).click()
    await expect.poll(() => profileOf(token)).toBeNull()
    await expect.poll(() => ownToken(page)).not.toBe(token)
    await page.locator('[data-row="for-you"] .card').first().waitFor()
  })

  step('has had neither errors nor requests to anywhere else', async () => {
    expect(visit.errors).toEqual([])
    expect(visit.elsewhere).toEqual([])
  })
})
