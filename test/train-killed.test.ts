/** The power goes, or a person changes their mind, in the middle of a training. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from './open-shop.ts'

const main = new URL('../dist/cli/main.js', import.meta.url).pathname
const place = temporaryFolder()
const checkpoints = join(place, 'haggle-data', 'checkpoints')
const children: ChildProcess[] = []

beforeAll(async () => {
  const models = ['popularity', 'item-knn', 'rp3beta', 'ease', 'cfgan']
  const settings = { training: { models, bootstrapRounds: 20, config: { cfgan: { epochs: 40 } } } }
  writeFileSync(join(place, 'haggle.config.json'), JSON.stringify(settings))
  const size = ['--products', '200', '--shoppers', '120', '--days', '60']
  expect((await ended(start('simulate', ...size, '--out', 'shop'))).code).toBe(0)
  expect((await ended(start('import', 'shop/catalogue.jsonl', 'shop/events.jsonl'))).code).toBe(0)
}, 60_000)

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(place, { recursive: true, force: true })
})

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [main, '--json', ...args], { cwd: place, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

function ended(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = ''
  child.stdout?.on('data', (text: Buffer) => {
    said += text.toString()
  })
  child.stderr?.resume()
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })))
}

/** Models that have learnt and are kept. */
function finished(): string[] {
  if (!existsSync(checkpoints)) return []
  const [folder] = readdirSync(checkpoints)
  if (folder === undefined) return []
  return readdirSync(join(checkpoints, folder)).filter((name) => name.endsWith('.json') && name !== 'plan.json')
}

async function stopOnce(count: number, signal: NodeJS.Signals) {
  const child = start('train')
  const end = ended(child)
  while (finished().length < count && child.exitCode === null) await new Promise((resolve) => setImmediate(resolve))
  child.kill(signal)
  return end
}

describe('a training that is stopped', () => {
  it('leaves nothing half-done, keeps what has learnt, and is carried on with by the next', async () => {
    expect((await stopOnce(1, 'SIGKILL')).code).toBeNull()
    const afterKill = finished().length
    expect(afterKill).toBeGreaterThan(0)
    expect((await ended(start('doctor'))).said).toContain('live generation none')

    const cancelled = await stopOnce(afterKill + 2, 'SIGINT')
    expect(cancelled.code).toBe(130)
    expect(JSON.parse(cancelled.said)).toMatchObject({ error: { code: 'cancelled' } })
    expect(finished().length).toBeGreaterThan(afterKill)
    expect((await ended(start('doctor'))).said).toContain('live generation none')

    const { code, said } = await ended(start('train'))
    expect(code).toBe(0)
    const outcome = JSON.parse(said) as { published: boolean; generation: { id: string }; report: { resumed: boolean } }
    expect(outcome).toMatchObject({ published: true, report: { resumed: true } })
    expect(finished()).toEqual([])
    expect((await ended(start('doctor'))).said).toContain(outcome.generation.id)
  }, 120_000)
})
