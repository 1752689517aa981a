/** Debian's Chromium, for the tests that need a real page. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { it } from 'vitest'

const executablePath = '/usr/bin/chromium'

/** Installs Chromium where that is possible; otherwise says why there is none. */
function missingBrowser(): string | null {
  if (existsSync(executablePath)) return null
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return `${executablePath} is not installed`
  try {
    execFileSync('apt-get', ['update'], { stdio: 'ignore' })
    execFileSync('apt-get', ['install', '-y', 'chromium'], { stdio: 'ignore', timeout: 280_000 })
  } catch (error) {
    return `apt-get could not install chromium: ${(error as Error).message}`
  }
  return existsSync(executablePath) ? null : 'apt-get installed chromium somewhere else'
}

/** A browser, or in words why there is none. */
export async function openBrowser(): Promise<Browser | string> {
  const reason = missingBrowser()
  if (reason !== null) return reason
  const quiet = ['quic', 'background-networking', 'component-update', 'sync'].map((what) => `--disable-${what}`)
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet],
  })
}

/** A step of a walk through a page: each begins where the one before ended. `missing` says why there is no browser. */
export function stepsIn(missing: () => string, timeoutMs: number) {
  return (name: string, walk: () => Promise<void>): void => {
    it(
      name,
      async ({ skip }) => {
        if (missing() !== '') skip(`no browser (${missing()})`)
        await walk()
      },
      timeoutMs,
    )
  }
}
