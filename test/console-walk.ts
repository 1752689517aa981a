/** A reader of the console: a real page, signed in, and what is checked of it. */
import type { Browser, Page } from 'playwright-core'
import { checkPage, type PageChecks } from './page-checks.ts'

export interface Reader extends PageChecks {
  readonly page: Page
  /** Opens a page of the console and waits for its heading. */
  open(path: string): Promise<void>
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
  const checks = checkPage(page, url)
  await page.goto(`${url}/console/`)
  await page.getByLabel(/Admin key|管理密钥/).fill(key)
  await page.keyboard.press('Enter')
  await page.locator('nav a').first().waitFor()
  return {
    ...checks,
    page,
    open: async (path) => {
      await page.goto(`${url}/console${path}`)
      await page.locator('h1').waitFor()
    },
    close: () => context.close(),
  }
}
