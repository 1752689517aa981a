/** The kernels, as they are built, run in a browser too: later work trains and scores there. */
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { openBrowser } from './chromium.ts'

const dist = new URL('../dist/', import.meta.url)

/** What stands in for src/kernels/host.ts where there is no Node. */
const browserHost = `
  export const coreCount = () => 1
  export const availableBytes = () => 2 ** 30
  export const setting = () => undefined
  export const prepareCompiler = () => undefined
  export const openLibrary = () => { throw new Error('A page has no libraries.') }
  export const startWorker = () => { throw new Error('One thread only.') }
`

let reason: string | null = null
let server: Server
let browser: Browser | undefined

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    // Memory that threads could share is for isolated pages only.
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    response.setHeader('Content-Type', path.endsWith('.js') ? 'text/javascript' : 'text/html')
    if (path === '/') response.end('<!doctype html><title>kernels</title>')
    else if (path === '/kernels/host.js') response.end(browserHost)
    else {
      readFile(new URL(`.${path}`, dist)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      )
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const opened = await openBrowser()
  if (typeof opened === 'string') reason = opened
  else browser = opened
}, 600_000)

afterAll(async () => {
  await browser?.close()
  server.close()
})

/** Whole numbers from −8 to 8 keep every sum exact in float32: the browser must find them to the bit. */
const number = (at: number) => ((at * 7919) % 17) - 8
const [rows, width, shared] = [203, 37, 61]

const inPage = (backend: string) => `(async () => {
  const { useBackend, backend } = await import('/kernels/backend.js')
  const { createItemTable } = await import('/kernels/item-table.js')
  const { gemm } = await import('/kernels/gemm.js')
  const number = ${number.toString()}
  const numbers = (length) => Float32Array.from({ length }, (_, at) => number(at))
  await useBackend({ backend: '${backend}', threads: 1 })
  const table = createItemTable(numbers(${rows * width}), ${rows}, ${width})
  const scores = new Float32Array(${rows})
  table.dots(numbers(${width}), scores)
  const best = table.best(numbers(${width}), 10, null).rows
  const product = new Float32Array(${rows * width})
  gemm(${rows}, ${width}, ${shared}, numbers(${rows * shared}), numbers(${shared * width}), product)
  return { name: backend().name, scores: [...scores], best: [...best], product: [...product] }
})()`

it.for(['fma', 'simd', 'plain'])('a page finds what Node finds, with the kernels %s', async (name, { skip }) => {
  if (reason !== null || browser === undefined) {
    console.log(`skipped: no browser (${reason})`)
    skip(`no browser (${reason})`)
    return
  }
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const found = await page.evaluate<{ name: string; scores: number[]; best: number[]; product: number[] }>(inPage(name))
  expect(found.name).toBe(name)
  const dot = (length: number, left: (at: number) => number, right: (at: number) => number) =>
    Array.from({ length }, (_, at) => number(left(at)) * number(right(at))).reduce((sum, part) => sum + part, 0)
  const scores = Array.from({ length: rows }, (_, row) =>
    dot(
      width,
      (at) => row * width + at,
      (at) => at,
    ),
  )
  expect(found.scores).toEqual(scores)
  const order = scores.map((_, row) => row).sort((a, b) => scores[b] - scores[a] || a - b)
  expect(found.best).toEqual(order.slice(0, 10))
  const product = Array.from({ length: rows * width }, (_, cell) =>
    dot(
      shared,
      (at) => Math.floor(cell / width) * shared + at,
      (at) => at * width + (cell % width),
    ),
  )
  expect(found.product).toEqual(product)
})
