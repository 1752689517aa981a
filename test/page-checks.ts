/** What every page must stand: no errors, no requests elsewhere, no barriers, no wider than its window; and its pictures. */
import { mkdirSync } from 'node:fs'
import axe from 'axe-core'
import type { Page } from 'playwright-core'

const folder = new URL('../screenshots/', import.meta.url).pathname

export interface PageChecks {
  /** Errors of the page, refused scripts and styles included. */
  readonly errors: readonly string[]
  /** Requests to anywhere but the server. */
  readonly elsewhere: readonly string[]
  /** What is serious or critical for people who cannot see, hear or point; empty where nothing is. */
  barriers(): Promise<string[]>
  /** By how many pixels the page is wider than its window. */
  overflow(): Promise<number>
  /** Kept in `screenshots/`. */
  picture(name: string, fullPage?: boolean): Promise<void>
}

/** @param url of the server the page may talk to */
export function checkPage(page: Page, url: string): PageChecks {
  const errors: string[] = []
  const elsewhere: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  return {
    errors,
    elsewhere,
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
    picture: async (name, fullPage = true) => {
      mkdirSync(folder, { recursive: true })
      await page.screenshot({ path: `${folder}${name}.png`, fullPage })
    },
  }
}
