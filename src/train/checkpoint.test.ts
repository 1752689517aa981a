import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { dayMs } from '../base/clock.ts'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { strangerQuery } from '../models/query.ts'
import { popularity } from '../models/popularity.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { clearCheckpoint, type FittedModel, openCheckpoint } from './checkpoint.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'haggle-checkpoint-'))
})
afterEach(() => rm(folder, { recursive: true }))

const plan = { startedAtMs: 1e12, dataSequence: 40 }
const later = { startedAtMs: 1e12 + 1000, dataSequence: 90 }

async function learnt(): Promise<FittedModel> {
  const data = bareInteractions(csrFromTriples(2, 3, [0, 1, 1], [2, 2, 0], [1, 1, 1]))
  const run = { rng: createRng(1), breathe: createBreathe(), progress: () => undefined, epoch: () => undefined }
  const fitted = await popularity.fit(data, popularity.defaults, run)
  return { model: 'popularity', fitted, curve: [{ epoch: 1, losses: { total: 2 }, examples: 1 }], seconds: 3 }
}

describe('a checkpoint', () => {
  it('gives back finished models and the plan they belong to', async () => {
    const first = await openCheckpoint(folder, { seed: 'a' }, plan)
    expect(first.resumed).toBe(false)
    await first.save('session validation popularity', await learnt())
    const second = await openCheckpoint(folder, { seed: 'a' }, later)
    expect([second.resumed, second.plan]).toEqual([true, plan])
    const loaded = await second.load('session validation popularity')
    const scores = new Float32Array(3)
    loaded?.fitted.score(strangerQuery, scores)
    expect([...scores]).toEqual([1, 0, 2])
    expect(loaded).toMatchObject({ curve: [{ epoch: 1, losses: { total: 2 }, examples: 1 }], seconds: 3 })
    expect(await second.load('session test popularity')).toBeNull()
  })

  it('starts again for other settings, after a day, and once cleared', async () => {
    const first = await openCheckpoint(folder, { seed: 'a' }, plan)
    await first.save('m', await learnt())
    expect((await openCheckpoint(folder, { seed: 'b' }, later)).resumed).toBe(false)
    const dayAfter = { ...later, startedAtMs: plan.startedAtMs + dayMs }
    const stale = await openCheckpoint(folder, { seed: 'a' }, dayAfter)
    expect([stale.resumed, await stale.load('m')]).toEqual([false, null])
    await clearCheckpoint(stale.place)
    expect((await openCheckpoint(folder, { seed: 'a' }, dayAfter)).resumed).toBe(false)
  })

  it('learns again what was half-written or spoilt', async () => {
    const first = await openCheckpoint(folder, {}, plan)
    await first.save('m', await learnt())
    const [key] = await readdir(join(folder, 'checkpoints'))
    await writeFile(join(folder, 'checkpoints', key, 'm.state'), 'spoilt')
    expect(await (await openCheckpoint(folder, {}, later)).load('m')).toBeNull()
    await writeFile(join(folder, 'checkpoints', key, 'plan.json'), '{"started')
    expect((await openCheckpoint(folder, {}, later)).resumed).toBe(false)
  })
})
