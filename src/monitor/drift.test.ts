import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { createDriftDetector, type DriftEvidence, fewestStored } from './drift.ts'

/** Marks of things taken: the larger `exponent`, the more expected. */
function marks(seed: string, count: number, exponent: number): number[][] {
  const rng = createRng(seed)
  return Array.from({ length: count }, () => {
    const surprise = rng.next() ** exponent
    return [surprise, Math.log(surprise + 1e-3)]
  })
}

/** After how many observations p passed α, looked at after each; -1: never. */
function firesAfter(seed: string, exponent: number, alpha = 0.01): number {
  const detector = createDriftDetector(marks(`${seed} stored`, 300, 3))
  if (detector === null) throw new Error('there is enough to compare with')
  return marks(`${seed} fresh`, 600, exponent).findIndex((each) => {
    detector.observe(each)
    return detector.state.pValue <= alpha
  })
}

const seeds = Array.from({ length: 100 }, (_, at) => `shop ${at}`)

describe('the drift detector', () => {
  it('stays silent while shoppers do what was expected, however often it is looked at', () => {
    expect(seeds.filter((seed) => firesAfter(seed, 3) >= 0).length / seeds.length).toBeLessThanOrEqual(0.01)
  })

  it('fires within some hundred observations once they do something else', () => {
    const after = seeds.map((seed) => firesAfter(seed, 1.4)).sort((a, b) => a - b)
    expect(after[0]).toBeGreaterThan(0)
    expect(after[50]).toBeLessThan(250)
  })

  it('notices by its discriminator a change that surprises no more on average', () => {
    const detector = createDriftDetector(marks('usual', 600, 1))
    const rng = createRng('both ends')
    for (let at = 0; at < 800; at++) {
      const surprise = rng.next() < 0.5 ? 0.45 + rng.next() / 10 : 0.5
      detector?.observe([surprise, Math.log(surprise + 1e-3)])
    }
    expect(detector?.state.surprise).toBeLessThan(0.54)
    expect(detector?.state.discrimination).toBeGreaterThan(0.6)
    expect(detector?.state.pValue).toBeLessThan(0.01)
  })

  it('goes on after a restart from what it had gathered', () => {
    const stored = marks('stored', 300, 3)
    const all = marks('fresh', 400, 1.6)
    const whole = createDriftDetector(stored)
    const first = createDriftDetector(stored)
    for (const each of all.slice(0, 200)) first?.observe(each)
    const second = createDriftDetector(stored, JSON.parse(JSON.stringify(first?.kept)) as DriftEvidence)
    expect(second?.state).toEqual(first?.state)
    for (const each of all.slice(200)) second?.observe(each)
    for (const each of all) whole?.observe(each)
    // Stopped just after a lesson: the discriminator is taught the same again.
    expect(second?.state).toEqual(whole?.state)
  })

  it('says nothing where too little is known of what is usual', () => {
    expect(createDriftDetector(marks('few', fewestStored - 1, 1))).toBeNull()
    expect(createDriftDetector(marks('enough', fewestStored, 1))?.state).toEqual({
      pValue: 1,
      surprise: 0.5,
      discrimination: 0.5,
      observations: 0,
    })
  })
})
