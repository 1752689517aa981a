/** The command line as a person or a script meets it: results, JSON, messages, exit codes. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from './open-shop.ts'

const main = new URL('../dist/cli/main.js', import.meta.url).pathname
const place = temporaryFolder()
afterAll(() => rmSync(place, { recursive: true, force: true }))

function haggle(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: place, encoding: 'utf8' })
  return { status, stdout, stderr, json: () => JSON.parse(stdout) as never }
}

describe('haggle', () => {
  it('init writes every setting once, and replaces only by force', () => {
    expect(haggle('init').status).toBe(0)
    expect(JSON.parse(readFileSync(join(place, 'haggle.config.json'), 'utf8'))).toHaveProperty('training.models')
    expect(haggle('init')).toMatchObject({ status: 2, stderr: expect.stringContaining('--force') as string })
    expect(haggle('init', '--force').status).toBe(0)
  })

  it('refuses an unknown setting by its name', () => {
    writeFileSync(join(place, 'wrong.json'), '{"trainig": {}}')
    const refused = haggle('--config', 'wrong.json', 'doctor')
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('unknown key "trainig"') as string })
    const asJson = haggle('--json', '--config', 'wrong.json', 'doctor')
    expect(asJson.json()).toMatchObject({ error: { code: 'bad-config' } })
  })

  it('doctor describes the machine and lists every setting', () => {
    expect(haggle('--json', 'doctor').json()).toHaveProperty('node', process.version)
    expect(haggle('doctor').stdout).toMatch(/^kernels: gemm GFLOP\/s +\d/m)
    expect(haggle('doctor', '--settings').stdout).toContain('training.testFraction')
  })

  it('doctor says which kernels are used and why, whether they are right, and how fast', () => {
    writeFileSync(join(place, 'simd.json'), '{"kernels": {"backend": "simd", "threads": 2}}')
    const forced = haggle('--json', '--config', 'simd.json', 'doctor').json() as { kernels: Record<string, unknown> }
    expect(forced.kernels).toMatchObject({
      backend: 'simd',
      threads: 2,
      why: expect.stringContaining('forced') as string,
    })
    expect(forced.kernels['self-test']).toBe('agrees with the reference')
    expect(forced.kernels['gemm GFLOP/s']).toBeGreaterThan(0)
    expect(forced.kernels['copy GB/s']).toBeGreaterThan(0)
    writeFileSync(join(place, 'wrong-kernels.json'), '{"kernels": {"backend": "mmx"}}')
    expect(haggle('--config', 'wrong-kernels.json', 'doctor')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('kernels.backend') as string,
    })
  })

  it('simulates a shop, imports it twice with one effect, checks, and answers', () => {
    const made = haggle('--json', 'simulate', '--products', '120', '--shoppers', '40', '--days', '20', '--out', 'shop')
    expect(made.status).toBe(0)
    const files = ['shop/catalogue.jsonl', 'shop/events.jsonl']
    const dry = haggle('--json', '--data-folder', 'untouched', 'import', '--dry-run', ...files)
    expect(dry.status).toBe(0)
    expect(existsSync(join(place, 'untouched'))).toBe(false)
    expect(haggle('--json', 'import', ...files).status).toBe(0)
    const found = () => haggle('--json', 'doctor').json() as Record<string, unknown>
    const before = found()
    expect(haggle('--json', 'import', ...files).status).toBe(0)
    // The speeds of the self-test differ from run to run.
    expect(found()).toEqual({ ...before, kernels: expect.anything() as unknown })
    expect(JSON.stringify(before)).toContain('120 items')
    const check = haggle('check')
    expect(check.status).toBe(0)
    expect(check.stdout).toMatch(/robot/)
    const answer = haggle('--json', 'recommend', '--surface', 'trending-items', '--limit', '5').json() as {
      hits: unknown[]
    }
    expect(answer.hits).toHaveLength(5)
    const [why] = (
      haggle('--json', 'recommend', '--surface', 'trending-items', '--limit', '1', '--why').json() as { why: object[] }
    ).why
    expect(why).toMatchObject({ place: 1, account: { source: 'trending' }, removal: { found: false } })
    const words = haggle('recommend', '--surface', 'trending-items', '--limit', '1', '--why')
    expect(words.stdout).toMatch(/stands at place 1 of 1; .*\n.*in demand now/)
    expect(haggle('recommend', '--why', 'no-such-item')).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('no item no-such-item') as string,
    })
  }, 180_000)

  it('tunes within its budget, shows what was found, and takes it back', () => {
    const size = ['--products', '120', '--shoppers', '150', '--days', '60']
    expect(haggle('--json', 'simulate', ...size, '--out', 'larger').status).toBe(0)
    const there = (...args: string[]) => haggle('--data-folder', 'larger/data', ...args)
    expect(there('--json', 'import', 'larger/catalogue.jsonl', 'larger/events.jsonl').status).toBe(0)
    const tuned = there('--json', 'tune', '--model', 'ease', '--surface', 'recommended-for-you', '--fits', '10')
    expect(tuned.status).toBe(0)
    const { surfaces, after } = tuned.json() as {
      surfaces: Record<string, { tunings: { model: string; spent: { fits: number } }[] }>
      after: Record<string, Record<string, unknown>>
    }
    expect(Object.keys(surfaces)).toEqual(['recommended-for-you'])
    const [{ model, spent }] = surfaces['recommended-for-you'].tunings
    expect(model).toBe('ease')
    expect(spent.fits).toBeLessThanOrEqual(10)
    const isFound = after['recommended-for-you']?.ease !== undefined
    expect(there('doctor').stdout.includes('Tuned: ease')).toBe(isFound)
    expect(there('tune', '--undo').stdout).toContain(isFound ? 'no more Tuned: ease' : 'nothing to undo')
    expect(there('doctor').stdout).not.toContain('Tuned:')
    expect(there('tune', '--surface', 'shop-window')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('recommended-for-you') as string,
    })
    expect(there('tune', '--fits', 'many').status).toBe(2)
  }, 120_000)

  it('says what to do where there is nothing to learn from, to train or to roll back', () => {
    mkdirSync(join(place, 'empty'), { recursive: true })
    expect(haggle('--data-folder', 'empty', 'train')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('Import a log') as string,
    })
    expect(haggle('--data-folder', 'empty', 'rollback').status).toBe(4)
    expect(haggle('--data-folder', 'empty', 'import', 'no-such-file.csv')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('no-such-file.csv') as string,
    })
    expect(haggle('no-such-command').status).toBe(2)
    const misspelt = haggle('--json', 'recommend', '--limit', 'many')
    expect(misspelt.status).toBe(2)
    expect(misspelt.json()).toMatchObject({ error: { code: 'bad-request' } })
    expect(haggle('--data-folder', 'empty', 'recommend')).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/^haggle: Index products does not exist: import .*\n$/) as string,
    })
    expect(haggle('serve', '--port', '99999')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('server.port') as string,
    })
    expect(haggle('--data-folder', 'empty', 'evaluate', '--report', 'no/such/folder/x.html').status).toBe(2)
    expect(existsSync(join(place, 'empty', 'haggle.db'))).toBe(true)
  }, 120_000)
})
