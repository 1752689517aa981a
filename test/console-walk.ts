/** A reader of the console: a real page, signed in, that notes every error, every request elsewhere and every barrier. */
import { mkdirSync } from 'node:fs'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'

const folder = new URL('../screenshots/', import.meta.url).pathname

export interface Reader {
  readonly page: Page
  /** Errors of the page, refused scripts and styles included. */
  readonly errors: readonly string[]
  /** Requests to anywhere but the server. */
  readonly elsewhere: readonly string[]
  /** Opens a page of the console and waits for its heading. */
  open(path: string): Promise<void>
  /** What is serious or critical for people who cannot see, hear or point; empty where nothing is. */
  barriers(): Promise<string[]>
  /** By how many pixels the page is wider than its window. */
  overflow(): Promise<number>
  picture(name: string): Promise<void>
  close(): Promise<void>
}

export interface ReaderOptions {
  readonly url: string
  readonly key: string
  readonly scheme?: 'light' | 'dark'
  readonly width?: number
  readonly locale?: string
}

export async function openReader(browser: Browser, options: ReaderOptions): Promise<Reader> {
  const { url, key, scheme = 'light', width = 1280, locale = 'en-GB' } = options
  const context = await browser.newContext({ viewport: { width, height: 860 }, colorScheme: scheme, locale })
  const page = await context.newPage()
  const errors: string[] = []
  const elsewhere: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  await page.goto(`${url}/console/`)
  await page.getByLabel(/Admin key|管理密钥/).fill(key)
  await page.keyboard.press('Enter')
  await page.locator('nav a').first().waitFor()
  return {
    page,
    errors,
    elsewhere,
    open: async (path) => {
      await page.goto(`${url}/console${path}`)
      await page.locator('h1').waitFor()
    },
    barriers: async () => {
      await page.evaluate(axe.source)
      return page.evaluate(async () => {
        type Found = { impact: string; id: string; nodes: { target: string[]; failureSummary: string }[] }
        const { axe: checker } = globalThis as unknown as { axe: { run(): Promise<{ violations: Found[] }> } }
        const { violations } = await checker.run()
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(
            ({ id, nodes }) =>
              `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).join(' | ')}`,
          )
      })
    },
    overflow: () =>
      page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    picture: async (name) => {
      mkdirSync(folder, { recursive: true })
      await page.screenshot({ path: `${folder}${name}.png`, fullPage: true })
    },
    close: () => context.close(),
  }
}
