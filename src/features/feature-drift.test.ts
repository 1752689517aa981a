import { describe, expect, it } from 'vitest'
import { dayMs, hourMs } from '../base/clock.ts'
import { createRng } from '../base/rng.ts'
import type { CatalogueId, ItemId, UserId } from '../domain/ids.ts'
import { readItem } from '../domain/item.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { createFeatureDrift } from './feature-drift.ts'
import type { FeatureSet } from './feature-set.ts'

const item = readItem('products' as CatalogueId, { objectID: 'a' })

/** Signals that say what they are told to. */
function opened() {
  const now = { steady: 0, moving: 0 }
  const names = Object.keys(now)
  const features: FeatureSet = {
    names,
    remember: () => undefined,
    value: () => 0,
    values: (_, __, into = new Float32Array(2), at = 0) => {
      into.set(Object.values(now), at)
      return into
    },
  }
  const drift = createFeatureDrift(features)
  const rng = createRng('feature drift')
  let timeMs = 0
  return {
    drift,
    /** Acts for so many days, an hour apart four times over, with the second signal around a mean. */
    live: (days: number, mean: number) => {
      for (const untilMs = timeMs + days * dayMs; timeMs < untilMs; timeMs += hourMs / 4) {
        Object.assign(now, { steady: rng.normal(), moving: mean + 2 * rng.normal() })
        const behaviour = { userId: 'u' as UserId, itemId: 'a' as ItemId, timeMs } as Behaviour
        drift.notice(behaviour, item)
      }
    },
  }
}

describe('the drift of signals', () => {
  it('says nothing before enough was seen', () => {
    const { drift, live } = opened()
    live(3, 5)
    expect(drift.figures).toEqual({})
  })

  it('stays near 0 while nothing changes, and tells which signal moved, by how many deviations', () => {
    const { drift, live } = opened()
    live(60, 5)
    expect(Math.abs(drift.figures.moving)).toBeLessThan(0.6)
    live(3, 11)
    expect(drift.figures.moving).toBeGreaterThan(1.5)
    expect(drift.figures.moving).toBeLessThan(3.2)
    expect(Math.abs(drift.figures.steady)).toBeLessThan(0.6)
  })

  it('takes what lasts for usual', () => {
    const { drift, live } = opened()
    live(60, 5)
    live(200, 11)
    expect(Math.abs(drift.figures.moving)).toBeLessThan(0.6)
  })
})
