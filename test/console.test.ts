/** The console in a real browser, from an empty folder on: what people see, read and can do there. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { minuteMs } from '../src/base/clock.ts'
import type { CatalogueId } from '../src/domain/ids.ts'
import { createLiveShoppers } from '../src/simulate/live.ts'
import { createWorld, type World } from '../src/simulate/world.ts'
import { writeShop } from '../src/simulate/write-shop.ts'
import { openBrowser, stepsIn } from './chromium.ts'
import { openReader, type Reader } from './console-walk.ts'
import { openShopForTest, type OpenShop } from './open-shop.ts'

const catalogue = 'products' as CatalogueId
const settings = {
  // Simulated visits go on for minutes of their own time.
  preprocess: { futureMinutes: 1440 },
  training: {
    models: ['popularity', 'item-knn', 'ease', 'cfgan'],
    config: { cfgan: { epochs: 12 } },
    bootstrapRounds: 50,
  },
}

let browser: Browser | undefined
let reason = ''
let shop: OpenShop
let world: World
let files: readonly string[]
let reader: Reader

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
  shop = await openShopForTest(settings)
  world = createWorld({ seed: '7', products: 150, shoppers: 80, days: 60, untilMs: shop.clock.now() })
  files = (await writeShop(world, join(shop.folder, 'shop'), {})).files
  reader = await openReader(browser, { url: shop.url, key: shop.engine.adminKey })
}, 600_000)

afterAll(async () => {
  await browser?.close()
  await shop?.close()
})

const step = stepsIn(() => reason, 180_000)

const visible = (text: string | RegExp) => reader.page.getByText(text).first().waitFor({ timeout: 90_000 })
const click = (name: string | RegExp) => reader.page.getByRole('button', { name }).first().click()

/** Shoppers of the simulated world, through the door like anybody's. */
async function visits(count: number): Promise<void> {
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${shop.url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    return (await response.json()) as { results: { queryID: string; hits: { objectID: string }[] }[] }
  }
  const shoppers = createLiveShoppers(world, {
    recommend: async ({ surface, userToken, objectID, limit }) => {
      const asked = { indexName: catalogue, model: surface, maxRecommendations: limit, queryParameters: { userToken } }
      const requests = [{ ...asked, ...(objectID === undefined ? {} : { objectID }) }]
      const { results } = await post('/1/indexes/*/recommendations', { requests })
      return { queryID: results[0].queryID, objectIDs: results[0].hits.map((hit) => hit.objectID) }
    },
    send: async (events) => {
      for (let at = 0; at < events.length; at += 1000) await post('/1/events', { events: events.slice(at, at + 1000) })
    },
  })
  for (let visit = 0; visit < count; visit++) {
    await shoppers.playVisit(shop.clock.now())
    shop.clock.advance(minuteMs)
  }
}

const shownTo = async (userToken: string) => {
  await reader.open(`/shoppers/${userToken}`)
  const cards = reader.page.locator('section', { hasText: 'What they would be shown now' }).locator('article')
  await cards.first().waitFor()
  return cards.locator('a').allInnerTexts()
}

describe('the console', () => {
  step('paints within a second, in a fresh window', async () => {
    const paints: number[] = []
    const fields: number[] = []
    let carried = 0
    for (let round = 0; round < 3; round++) {
      const context = await (browser as Browser).newContext()
      const fresh = await context.newPage()
      await fresh.goto(`${shop.url}/console/`)
      await fresh.getByLabel('Admin key').waitFor()
      fields.push(await fresh.evaluate<number>('performance.now()'))
      carried = await fresh.evaluate<number>(
        `performance.getEntriesByType('resource').reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`,
      )
      paints.push(
        await fresh.evaluate<number>(`new Promise((resolve) =>
          new PerformanceObserver((list) => {
            for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') resolve(startTime)
          }).observe({ type: 'paint', buffered: true }))`),
      )
      await context.close()
    }
    const told = (times: readonly number[]) => times.map((time) => time.toFixed(0)).join(', ')
    console.log(`first contentful paint after ${told(paints)} ms, the field to type in after ${told(fields)} ms`)
    console.log(`the sign-in takes ${(carried / 1024).toFixed(0)} KiB over the wire`)
    // Packed by the build; plain, it is four times that.
    expect(carried).toBeLessThan(250 * 1024)
    // The machine has other things to do, too: the best of three says what the page takes.
    expect(Math.min(...paints)).toBeLessThan(1000)
  })

  step('turns away a wrong key', async () => {
    const fresh = await (browser as Browser).newPage()
    await fresh.goto(`${shop.url}/console/`)
    await fresh.getByLabel('Admin key').fill('guess')
    await fresh.keyboard.press('Enter')
    await fresh.getByText('This is not the admin key of this server.').waitFor()
    await fresh.close()
    expect(await (await fetch(`${shop.url}/haggle/v1/generations`)).json()).toMatchObject({ status: 403 })
  })

  step('says what to do next where there is nothing yet', async () => {
    await reader.page.getByRole('link', { name: 'Import files' }).waitFor()
    await reader.picture('01-empty')
    expect(await reader.barriers()).toEqual([])
  })

  step('imports files that are chosen there, with a log of what was done', async () => {
    await reader.page.getByRole('link', { name: 'Import files' }).click()
    const [chooser] = await Promise.all([
      reader.page.waitForEvent('filechooser'),
      reader.page.getByLabel(/^Files: CSV/).click(),
    ])
    await chooser.setFiles([...files])
    await reader.page.getByRole('button', { name: 'Import', exact: true }).click()
    const done = reader.page.getByRole('button', { name: /^import done/ })
    await done.waitFor({ timeout: 60_000 })
    await done.click()
    await visible(/"outcome": "imported"/)
    await visible(/remember who did what/)
    await reader.picture('02-imported')
    expect(shop.engine.shop(catalogue).itemCount).toBe(150)
  })

  step('trains from there, with the curves of both networks while they learn', async () => {
    await click('Train now')
    await reader.page
      .getByRole('img', { name: /Learning curves: .*generator.*discriminator/ })
      .first()
      .waitFor({ timeout: 90_000 })
    await reader.picture('03-learning')
    await reader.page.getByRole('button', { name: /^training done/ }).waitFor({ timeout: 120_000 })
  })

  step('shows the models of a generation with their intervals, and how each figure is computed', async () => {
    await reader.open('/models')
    const board = reader.page.getByRole('table', { name: 'Leaderboard' })
    await board.waitFor()
    const models = ['popularity', 'item-knn', 'ease', 'cfgan']
    for (const model of models) await board.getByText(model, { exact: true }).waitFor()
    await reader.page
      .getByRole('img', { name: /What accuracy costs/ })
      .locator('svg')
      .waitFor()
    await reader.page.getByRole('img', { name: /Learning curves: cfgan.*epoch \d+: .*discriminator/ }).waitFor()
    await reader.picture('04-models')
    await click('How the certificate is computed')
    await visible(/this is 2 ln 2 = 1.3863 exactly/)
    await reader.page.keyboard.press('Escape')
  })

  step('shows a shopper’s ranking change with what they do, and why', async () => {
    const shoppers = shop.engine.shop(catalogue).shoppers('', 200)
    const { userId } = shoppers.find(({ eventCount }) => eventCount > 5) ?? shoppers[0]
    const before = await shownTo(userId)
    const liked = (await shop.engine.shop(catalogue).listItems({ text: '', from: 3, limit: 6 })).items
    const events = liked.map(({ id }) => ({
      eventType: 'conversion',
      eventSubtype: 'addToCart',
      eventName: 'Added',
      index: catalogue,
      userToken: userId,
      objectIDs: [id],
    }))
    await fetch(`${shop.url}/1/events`, { method: 'POST', body: JSON.stringify({ events }) })
    expect(await shownTo(userId)).not.toEqual(before)
    await reader.page
      .getByRole('button', { name: /^Why\?/ })
      .first()
      .click()
    await visible(/What of the history adds|What it shares|something else speaks for it/)
    await reader.picture('05-shopper-why')
    await reader.page.keyboard.press('Escape')
  })

  step('counts what live shoppers are shown and do, and tells the fate of each event', async () => {
    await visits(40)
    await reader.open('/overview')
    await reader.page.getByRole('table', { name: 'By surface' }).getByText('recommended-for-you').waitFor()
    await reader.picture('06-overview')
    const answers = await reader.page.getByRole('table', { name: 'By surface' }).locator('tbody tr').count()
    expect(answers).toBeGreaterThan(0)
    await reader.open('/events')
    await visible('named by queryID')
    await fetch(`${shop.url}/1/events`, { method: 'POST', body: JSON.stringify({ events: [{ eventType: 'hover' }] }) })
    await visible(/events\[0\]\.eventType: expected view, click, conversion or search/)
    await reader.picture('07-events')
  })

  step('tells an integrator what is wrong with an event, and keeps nothing of it', async () => {
    const before = await shop.engine.store.events.latest(catalogue, 1)
    await reader.page.getByRole('tab', { name: 'Check an event' }).click()
    await click('Check')
    await visible('events[0]: would be accepted')
    await reader.page.getByLabel(/Paste one event/).fill('{"eventType": "click", "userToken": "ann", "eventName": "x"}')
    await click('Check')
    await visible('events[0].objectIDs: expected an array of strings')
    expect(await shop.engine.store.events.latest(catalogue, 1)).toEqual(before)
    await reader.page.getByRole('tab', { name: 'Data quality' }).click()
    await click('Check the data now')
    await visible('robot-by-views')
    await reader.picture('08-quality')
  })

  step('previews a search for everybody and for one shopper, and nothing of it counts as shown', async () => {
    const [, { userId }] = shop.engine.shop(catalogue).shoppers('', 2)
    const count = async () => (await shop.engine.store.exposures.ofUser(catalogue, userId, 1000)).length
    await shop.engine.shop(catalogue).flush()
    const before = await count()
    const [{ title, categoryPath }] = (await shop.engine.shop(catalogue).listItems({ text: '', from: 0, limit: 1 }))
      .items
    await reader.open('/catalogue')
    await reader.page.getByRole('tab', { name: 'Preview a search' }).click()
    await reader.page.getByLabel('What is typed').fill(categoryPath.at(-1) ?? title)
    await reader.page.getByLabel('by this shopper (a token)').fill(userId)
    const column = reader.page.locator('section', { hasText: 'For this shopper' })
    await column.locator('article').first().waitFor()
    await reader.picture('08-search-preview')
    expect(await reader.barriers()).toEqual([])
    await shop.engine.shop(catalogue).flush()
    expect(await count()).toBe(before)
  })

  step('compares two generations, makes one live, and goes back', async () => {
    await shop.engine.train(catalogue, { force: true })
    const [newer, older] = await shop.engine.store.generations.list(catalogue)
    await reader.open(`/models/compare?a=${older.id}&b=${newer.id}`)
    await visible('What they then did')
    await reader.picture('09-compare')
    await reader.open('/catalogue')
    await reader.page.getByRole('tab', { name: 'Preview a search' }).click()
    await reader.page.getByRole('combobox', { name: 'beside another generation' }).click()
    await reader.page.getByRole('option', { name: older.id }).click()
    await reader.page.locator('section', { hasText: older.id }).locator('article').first().waitFor()
    await reader.picture('09-search-by-generation')
    expect(await reader.barriers()).toEqual([])
    await reader.open('/models')
    await click('Roll back')
    await reader.page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
    await expect.poll(() => shop.engine.shop(catalogue).generation).toBe(older.id)
    await click('Make live')
    await reader.page.getByRole('dialog').getByRole('button', { name: 'Make live' }).click()
    await expect.poll(() => shop.engine.shop(catalogue).generation).toBe(newer.id)
  })

  step('takes down what a shopper agrees to', async () => {
    const [, { userId }] = shop.engine.shop(catalogue).shoppers('', 2)
    await reader.open(`/shoppers/${userId}`)
    await visible('The shopper has not said anything')
    await reader.page.getByRole('switch', { name: 'Learning from what they do' }).click()
    await visible('As the shopper said.')
    expect(shop.engine.people.consent(userId)).toEqual({
      consent: { analytics: true, personalization: true, training: false },
      said: true,
    })
  })

  step('tells who changed what, and notices where the record was tampered with', async () => {
    await reader.open('/audit')
    const lines = reader.page.getByRole('table', { name: 'Who changed what' })
    for (const what of ['consent', 'promote', 'rollback', 'job', 'sign-in'])
      await lines.getByText(what, { exact: true }).first().waitFor()
    await visible(/All \d+ lines are as they were written/)
    await lines.locator('summary').first().click()
    await visible(/"hash": "[0-9a-f]{64}"/)
    await reader.picture('10-audit')
    expect(await reader.barriers()).toEqual([])
    const broken = { lines: 3, head: '', broken: 'line 4 is missing' }
    await reader.page.route('**/haggle/v1/audit/verify', (route) => route.fulfill({ json: broken }))
    await visible('The record was tampered with: line 4 is missing')
    await reader.page.unroute('**/haggle/v1/audit/verify')
  })

  step('forgets a shopper who asks for it, after a question', async () => {
    const [{ userId }] = shop.engine.shop(catalogue).shoppers('', 1)
    await reader.open(`/shoppers/${userId}`)
    await click('Erase')
    await reader.page.getByRole('dialog').getByRole('button', { name: 'Erase' }).click()
    await expect.poll(() => shop.engine.shop(catalogue).profile(userId)).toBeNull()
    expect(await shop.engine.store.events.ofUser(catalogue, userId, 1)).toEqual([])
  })

  step('draws 20,000 points without a stall', async () => {
    const epochs = Array.from({ length: 20_000 }, (_, at) => ({
      epoch: at + 1,
      losses: { total: Math.sin(at / 500) + 2 },
    }))
    const training = {
      ...{
        startedAtMs: 0,
        endedAtMs: null,
        status: 'running',
        message: '',
        stage: 'x',
        fraction: 0.5,
        note: '',
        stages: [],
      },
      curves: [{ surface: 'session', model: 'gru', stage: 'x', epochs }],
    }
    await reader.page.route('**/haggle/v1/training?*', (route) => route.fulfill({ json: { training } }))
    await reader.page.addInitScript(`
      globalThis.longest = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, entry.duration)
      }).observe({ type: 'longtask', buffered: true })`)
    await reader.open('/models')
    await reader.page.getByRole('img', { name: /epoch 20000/ }).waitFor()
    // Told anew several times meanwhile.
    await reader.page.waitForTimeout(2_500)
    const longest = await reader.page.evaluate<number>('globalThis.longest')
    console.log(`longest task with 20,000 points: ${longest.toFixed(0)} ms`)
    await reader.page.unroute('**/haggle/v1/training?*')
    expect(longest).toBeLessThan(1000)
  })

  for (const [scheme, width, locale] of [
    ['light', 1280, 'en-GB'],
    ['dark', 1280, 'zh-CN'],
    ['dark', 390, 'en-GB'],
  ] as const) {
    step(`keeps nobody out, ${scheme}, ${width} pixels wide, ${locale}`, async () => {
      const own = await openReader(browser as Browser, {
        url: shop.url,
        key: shop.engine.adminKey,
        scheme,
        width,
        locale,
      })
      const [{ id }] = (await shop.engine.shop(catalogue).listItems({ text: '', from: 0, limit: 1 })).items
      const [{ userId }] = shop.engine.shop(catalogue).shoppers('', 1)
      const pages = [
        'overview',
        'models',
        'train',
        'shoppers',
        'events',
        'catalogue',
        'searches',
        'merchandising',
        'audit',
        `shoppers/${userId}`,
        `catalogue/${id}`,
      ]
      for (const name of pages) {
        await own.open(`/${name}`)
        await own.page.locator('main :is(section, article, .empty)').first().waitFor()
        await own.page.waitForLoadState('networkidle')
        await own.picture(`page-${name.replace('/', '-')}-${scheme}-${width}`)
        expect([name, await own.barriers(), await own.overflow()]).toEqual([name, [], 0])
      }
      expect([own.errors, own.elsewhere]).toEqual([[], []])
      await own.close()
    })
  }

  step('can be walked with the keyboard alone', async () => {
    await reader.open('/overview')
    await reader.page.keyboard.press('Tab')
    expect(await reader.page.evaluate<string>('document.activeElement.textContent')).toBe('Skip to content')
    const reached = new Set<string>()
    for (let press = 0; press < 18; press++) {
      await reader.page.keyboard.press('Tab')
      reached.add(
        await reader.page.evaluate<string>(`document.activeElement.textContent || document.activeElement.ariaLabel`),
      )
    }
    for (const name of [
      ...['Overview', 'Models', 'Train and import', 'Shoppers', 'Events', 'Catalogue'],
      ...['Searches', 'Merchandising', 'Audit log', 'Preferences'],
    ]) {
      expect([...reached]).toContain(name)
    }
  })

  step('has had neither errors nor requests to anywhere else', async () => {
    // What the server refuses shows as an error of the page, too: none was asked for here.
    expect(reader.errors).toEqual([])
    expect(reader.elsewhere).toEqual([])
  })
})
