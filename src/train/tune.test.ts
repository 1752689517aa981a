import { afterEach, describe, expect, it, vi } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import type { Fitted, Model } from '../models/model.ts'
import { popularity } from '../models/popularity.ts'
import { rp3beta } from '../models/rp3beta.ts'
import type { Settings } from '../models/search-space.ts'
import { bareInteractions, type Interactions } from '../preprocess/interactions.ts'
import { describeTuning, tune, type TuningTask } from './tune.ts'
import { foldsOf } from './tuning-folds.ts'

/** Shoppers who take items in falling order of popularity, most of the time. */
function shop(shoppers = 80, items = 30): Interactions {
  const rng = createRng('shop')
  const rows: number[] = []
  const columns: number[] = []
  for (let row = 0; row < shoppers; row++) {
    for (let item = 0; item < items; item++) {
      if (rng.next() > 0.9 * (1 - item / items) ** 2) continue
      rows.push(row)
      columns.push(item)
    }
  }
  const values = new Float32Array(rows.length).fill(1)
  return bareInteractions(csrFromTriples(shoppers, items, rows, columns, values))
}

interface Leaning {
  readonly contrary: boolean
  readonly idle: number
}

/** Popularity, or the contrary; notes its fits. */
function leaning(fits: Settings[] = [], onFit: (config: Leaning) => void = () => undefined): Model<Leaning> {
  return {
    name: 'leaning',
    defaults: { contrary: false, idle: 0 },
    space: { contrary: { among: [true, false] }, idle: { from: 0, to: 100, scale: 'linear' } },
    fit: async (data, config, run) => {
      onFit(config)
      await run.breathe()
      fits.push({ ...config })
      const fitted = await popularity.fit(data, popularity.defaults, run)
      const score: Fitted['score'] = (query, scores) => {
        fitted.score(query, scores)
        if (config.contrary) scores.forEach((value, item) => (scores[item] = -value))
      }
      return { ...fitted, score }
    },
    load: () => {
      throw new Error('nobody asks for it')
    },
  }
}

const counts = { choosing: 2, confirming: 2 }

function taskFor(model: Model, changes: Partial<TuningTask> = {}): TuningTask {
  return {
    model,
    standard: model.defaults as Settings,
    space: model.space ?? {},
    hunches: [],
    folds: foldsOf(shop(), 'at random', counts, 'folds'),
    metric: 'G@20',
    maximumRows: 1000,
    memoryMiB: null,
    bootstrapRounds: 200,
    budget: { fits: 20 },
    seed: 'tune',
    ...changes,
  }
}

/** What a killed process leaves: text. */
function memory() {
  const notes = new Map<string, string>()
  return {
    notes,
    recall: async (name: string) => JSON.parse(notes.get(name) ?? 'null') as unknown,
    note: async (name: string, value: unknown) => void notes.set(name, JSON.stringify(value)),
  }
}

const run = () => ({ breathe: createBreathe(), checkpoint: memory(), progress: () => undefined })

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a tuning', () => {
  it('finds the better of two settings and is sure of it', async () => {
    const task = taskFor(leaning(), {
      standard: { contrary: true, idle: 0 },
      space: { contrary: { among: [true, false] } },
    })
    const tuning = await tune(task, run())
    expect(tuning).toMatchObject({ recommended: true, problem: null, winner: { settings: { contrary: false } } })
    expect(tuning.winner?.difference.low).toBeGreaterThan(0)
    expect(tuning.winner?.figure).toBeCloseTo(
      (tuning.winner?.standard ?? 0) + (tuning.winner?.difference.mean ?? 0),
      12,
    )
    expect(tuning.trials.map(({ settings }) => settings)).toEqual([{ contrary: false }, {}])
    expect(describeTuning(tuning)).toMatch(/contrary false: G@20 .* without tuning, \+.* better\. Spent 8 fits/)
  })

  it('keeps the standard where it is the better one, or the other is the same by another name', async () => {
    const worse = await tune(taskFor(leaning(), { space: { contrary: { among: [true, false] } } }), run())
    expect(worse).toMatchObject({ recommended: false, winner: { settings: { contrary: true } } })
    expect(worse.winner?.difference.high).toBeLessThan(0)
    const same = await tune(taskFor(leaning(), { space: { idle: { from: 1, to: 9, scale: 'log' } } }), run())
    expect(same).toMatchObject({ recommended: false, winner: { difference: { mean: 0, low: 0, high: 0 } } })
    expect(describeTuning(same)).toContain('not surely better')
  })

  it('says nothing for sure of a handful of rows', async () => {
    const folds = foldsOf(shop(9), 'at random', counts, 'few')
    const task = taskFor(leaning(), { folds, standard: { contrary: true, idle: 0 } })
    const tuning = await tune({ ...task, space: { contrary: { among: [false] } } }, run())
    expect(tuning.winner?.difference.low).toBeGreaterThan(0)
    expect(tuning.recommended).toBe(false)
  })

  it('gives the same for the same seed, and tries other settings for another', async () => {
    const task = taskFor(rp3beta, { budget: { fits: 24 } })
    const { spent: firstSpent, ...first } = await tune(task, run())
    const { spent, ...second } = await tune(task, run())
    expect(second).toEqual(first)
    expect(spent.fits).toBe(firstSpent.fits)
    const { trials } = await tune({ ...task, seed: 'another' }, run())
    expect(trials.map(({ settings }) => settings)).not.toEqual(first.trials.map(({ settings }) => settings))
  })

  it('fits as often as it says and no more than its budget, whatever that is', async () => {
    for (const fits of [8, 9, 13, 20, 37]) {
      const made: Settings[] = []
      const { spent, problem } = await tune(taskFor(leaning(made), { budget: { fits } }), run())
      expect([problem, spent.fits]).toEqual([null, made.length])
      expect(spent.fits).toBeLessThanOrEqual(fits)
      expect(spent.fits).toBeGreaterThan(fits - 3)
    }
    const few: Settings[] = []
    const { winner, problem, spent } = await tune(taskFor(leaning(few), { budget: { fits: 7 } }), run())
    expect([winner, spent.fits, few.length]).toEqual([null, 1, 1])
    expect(problem).toContain('takes 8')
  })

  it('ends when its seconds are over, with what it has by then', async () => {
    // A clock that only fits move, by 1 to 2 s.
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const slow = leaning([], ({ idle }) => (now += 1000 + 10 * idle))
    const standard = { contrary: true, idle: 0 }
    const tuning = await tune(taskFor(slow, { standard, budget: { seconds: 40 } }), run())
    expect(tuning).toMatchObject({ recommended: true, winner: { settings: { contrary: false } } })
    expect(tuning.spent.seconds).toBeLessThanOrEqual(40)
    expect(tuning.spent.seconds).toBeGreaterThan(25)
    const short = await tune(taskFor(slow, { budget: { seconds: 3 } }), run())
    expect(short).toMatchObject({ winner: null, spent: { fits: 1 } })
  })

  it('goes on where it was stopped, without fitting anything twice', async () => {
    const whole: Settings[] = []
    const { spent, ...expected } = await tune(taskFor(leaning(whole)), run())
    const checkpoint = memory()
    const made: Settings[] = []
    const stops = leaning(made, () => {
      if (made.length === 7) throw new HaggleError('cancelled', 'killed')
    })
    await expect(tune(taskFor(stops), { ...run(), checkpoint })).rejects.toMatchObject({ code: 'cancelled' })
    const { spent: spentAgain, ...again } = await tune(taskFor(leaning(made)), { ...run(), checkpoint })
    expect(again).toEqual(expected)
    expect(made).toHaveLength(whole.length)
    expect(spentAgain.fits).toBe(spent.fits)
  })

  it('lets settings that cannot learn drop out with their reason, and gives up where the standard cannot', async () => {
    const frail: Model<Leaning> = {
      ...leaning(),
      fit: (data, config, context) =>
        config.idle > 50
          ? Promise.reject(new HaggleError('diverged', 'too idle'))
          : leaning().fit(data, config, context),
    }
    const tuning = await tune(taskFor(frail, { standard: { contrary: true, idle: 0 } }), run())
    const fallen = tuning.trials.filter(({ settings }) => Number(settings.idle ?? 0) > 50)
    expect(fallen.length).toBeGreaterThan(0)
    for (const trial of fallen) expect(trial).toMatchObject({ folds: 0, failure: 'too idle' })
    expect(tuning).toMatchObject({ recommended: true, winner: { settings: { contrary: false } } })
    const hopeless = await tune(taskFor(frail, { standard: { contrary: true, idle: 60 } }), run())
    expect(hopeless).toMatchObject({ winner: null, problem: 'too idle', spent: { fits: 1 } })
  })

  it('tries what an earlier tuning found before anything else', async () => {
    const task = taskFor(rp3beta, { hunches: [{ beta: 0.123 }], budget: { fits: 8 } })
    const { trials } = await tune(task, run())
    expect(trials.map(({ settings }) => settings)).toContainEqual({ beta: 0.123 })
    expect(trials).toHaveLength(2)
  })

  it('tells how far it is, up to the end', async () => {
    const steps: [number, number][] = []
    const progress = (done: number, planned: number) => void steps.push([done, planned])
    const { spent } = await tune(taskFor(leaning()), { ...run(), progress })
    expect(steps.at(-1)).toEqual([spent.fits, spent.fits])
    expect(steps.every(([done], at) => at === 0 || done >= steps[at - 1][0])).toBe(true)
  })
})
