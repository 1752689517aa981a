import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { dayMs } from '../base/clock.ts'
import { type Interactions, interactionsFrom } from '../preprocess/interactions.ts'
import { rowQuery } from './row-query.ts'
import { sessionKnn, type SessionKnnConfig } from './session-knn.ts'

const plain: SessionKnnConfig = {
  neighbours: 100,
  sample: 100,
  historyLength: 10,
  maximumLength: 10,
  decay: 1,
  lengthExponent: 0,
  sourceExponent: 0,
  targetExponent: 0,
  nearness: 1,
  backward: 1,
  binarise: true,
  halfLifeDays: 1e9,
}

/** Visits of items, oldest first, one visit a day and one item a second. */
function visits(rows: readonly (readonly number[])[]): Interactions {
  const entries = rows.flatMap((items, row) =>
    items.map((item, at) => ({ row, item, strength: 1, atMs: row * dayMs + 1000 * at })),
  )
  return interactionsFrom(entries, { rowCount: rows.length, itemCount: 6, asOfMs: rows.length * dayMs })
}

async function scores(data: Interactions, config: Partial<SessionKnnConfig>, history: readonly number[]) {
  const run = { rng: createRng(1), breathe: createBreathe(), progress: () => undefined, epoch: () => undefined }
  const fitted = await sessionKnn.fit(data, { ...plain, ...config }, run)
  const values = new Float32Array(6)
  fitted.score(rowQuery(visits([history]), 0), values)
  return Array.from(values, (value) => Math.round(value * 1e4) / 1e4)
}

describe('session-knn', () => {
  it('adds up what stood in the visits that share something, the more the more they share', async () => {
    const data = visits([
      [0, 1, 3],
      [0, 4],
      [2, 5],
    ])
    expect(await scores(data, {}, [0, 1])).toEqual([3, 2, 0, 2, 1, 0])
  })

  it('asks only the nearest visits', async () => {
    const data = visits([
      [0, 1, 3],
      [0, 4],
    ])
    expect(await scores(data, { neighbours: 1 }, [0, 1])).toEqual([2, 2, 0, 2, 0, 0])
  })

  it('looks only at the latest visits with an item', async () => {
    const data = visits([
      [0, 1],
      [0, 2],
      [0, 3],
    ])
    expect(await scores(data, { sample: 2 }, [0])).toEqual([2, 0, 1, 1, 0, 0])
  })

  it('lets what was seen last say most about which visit is alike', async () => {
    const data = visits([
      [0, 3],
      [1, 4],
    ])
    expect(await scores(data, { decay: 0.5 }, [0, 1])).toEqual([0.5, 1, 0, 0.5, 1, 0])
    expect(await scores(data, { historyLength: 1 }, [0, 1])).toEqual([0, 1, 0, 0, 1, 0])
  })

  it('counts what stands near the latest shared item, and what came after it, more', async () => {
    const data = visits([[5, 0, 1, 2, 3]])
    expect(await scores(data, { nearness: 0.5 }, [0, 1])).toEqual([1, 2, 1, 0.5, 0, 0.5])
    expect(await scores(data, { nearness: 0.5, backward: 0.5 }, [0, 1])).toEqual([0.5, 2, 1, 0.5, 0, 0.25])
  })

  it('keeps the latest part of a long visit', async () => {
    expect(await scores(visits([[0, 1, 2, 3]]), { maximumLength: 2 }, [1])).toEqual([0, 0, 0, 0, 0, 0])
    expect(await scores(visits([[0, 1, 2, 3]]), { maximumLength: 2 }, [2])).toEqual([0, 0, 1, 1, 0, 0])
  })

  it('lets long visits, frequent items of the question and frequent answers weigh less', async () => {
    const data = visits([
      [0, 1, 2, 3],
      [0, 4],
      [4, 5],
    ])
    expect(await scores(data, { lengthExponent: 0.5 }, [0])).toEqual([1.2071, 0.5, 0.5, 0.5, 0.7071, 0])
    expect(await scores(data, { sourceExponent: 1 }, [0])).toEqual([1, 0.5, 0.5, 0.5, 0.5, 0])
    expect(await scores(data, { targetExponent: 1 }, [0])).toEqual([1, 1, 1, 1, 0.5, 0])
  })

  it('forgets old visits by half-lives', async () => {
    const data = visits([[0, 1], [0, 2], ...Array.from({ length: 8 }, () => [5])])
    const [, old, recent] = await scores(data, { halfLifeDays: 1 / 2 }, [0])
    // A visit's age counts in how alike it is and in what it says.
    expect(old).toBeCloseTo(recent / 16, 4)
  })
})
