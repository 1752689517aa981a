/** The first thing anybody runs: a shop that never was, and a real log, each from files to live figures. */
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from './open-shop.ts'

const main = new URL('../dist/cli/main.js', import.meta.url).pathname
const place = temporaryFolder()
afterAll(() => rmSync(place, { recursive: true, force: true }))
writeFileSync(
  join(place, 'haggle.config.json'),
  JSON.stringify({ training: { models: ['popularity', 'item-knn', 'ials'], bootstrapRounds: 20 } }),
)

function haggle(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: place, encoding: 'utf8' })
  expect([status, stderr.replaceAll(/^ {2}.*: done$/gm, '').trim()]).toEqual([0, ''])
  return stdout
}
const small = ['--products', '200', '--shoppers', '80', '--days', '50']

describe('the demo', () => {
  it('makes a shop, reports on its data, trains, serves and counts live shoppers', () => {
    const said = haggle('demo', ...small, '--seconds', '3', '--port', '0')
    expect(said).toMatch(/events\.jsonl \(haggle\): imported/)
    expect(said).toMatch(/robot-by-views/)
    expect(said).toMatch(/recommended-for-you: .* \(split /)
    expect(said).toMatch(/Serving at http:\/\/127\.0\.0\.1:\d+/)
    expect(said).toMatch(/Shop: http:\/\/127\.0\.0\.1:\d+\/shop\//)
    expect(said).toMatch(/Console: http:\/\/127\.0\.0\.1:\d+\/console\/ with the admin key [0-9a-f]{48}/)
    const [, visits] = /By generation:\n.*\n\S+ +(\d+)/.exec(said) ?? []
    expect(Number(visits)).toBeGreaterThan(0)
  }, 120_000)

  it('plays the last tenth of a real log in its own time, however long ago it was', () => {
    haggle('simulate', ...small, '--out', 'shop')
    const out = haggle('--json', 'demo', '--data', 'shop/catalogue.jsonl', 'shop/events.jsonl', '--port', '0')
    const [counts] = Object.values(JSON.parse(out) as Record<string, { events: number; asked: number; hits: number }>)
    expect(counts.events).toBeGreaterThan(200)
    expect(counts.asked).toBeGreaterThan(20)
    expect(counts.hits / counts.asked).toBeGreaterThan(0.1)
  }, 120_000)
})
