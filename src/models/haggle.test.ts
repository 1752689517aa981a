import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions, type Interactions } from '../preprocess/interactions.ts'
import { createGenerator } from './haggle-generator.ts'
import { createHaggle, type HaggleConfig } from './haggle.ts'
import type { Fitted, Model, Query } from './model.ts'
import { decodeState, encodeState } from './state.ts'

const [rowCount, itemCount, groups] = [160, 40, 4]

/** Everyone has six of the ten items of one group: item i is in group i mod 4. */
function groupTastes(): Interactions {
  const rng = createRng('haggle')
  const rows: number[] = []
  const columns: number[] = []
  for (let row = 0; row < rowCount; row++) {
    const items = rng.shuffle(Array.from({ length: itemCount / groups }, (_, at) => (row % groups) + groups * at))
    for (const item of items.slice(0, 6)) {
      rows.push(row)
      columns.push(item)
    }
  }
  return bareInteractions(
    csrFromTriples(
      rowCount,
      itemCount,
      rows,
      columns,
      rows.map(() => 1),
    ),
  )
}

/** A model that learns nothing, and says of each item what `opinion` says. */
function opinionated(name: string, opinion: (query: Query, item: number) => number): Model {
  const load = (): Fitted => ({
    itemCount,
    score: (query, scores) => scores.forEach((_, item) => (scores[item] = opinion(query, item))),
    serialise: () => ({ model: name, version: 1, config: {}, itemCount, arrays: {} }),
  })
  return { name, defaults: {}, fit: async () => load(), load }
}

/** Chance that depends on nothing but the question: the same when learning and when answering. */
function noise({ items }: Query, item: number, seed: string): number {
  return createRng(`${seed} ${items.join()} ${item}`).normal()
}

const sameGroup = ({ items }: Query, item: number) => (items.length > 0 && items[0] % groups === item % groups ? 1 : 0)

const known = {
  right: opinionated('right', (query, item) => sameGroup(query, item) + 0.3 * noise(query, item, 'right')),
  inverted: opinionated('inverted', (query, item) => -sameGroup(query, item) + 0.3 * noise(query, item, 'inverted')),
  silent: opinionated('silent', () => 0),
  noise: opinionated('noise', (query, item) => noise(query, item, 'noise')),
}

const haggle = createHaggle(known, () => ({}))

const named = (...names: string[]) => Object.fromEntries(names.map((model) => [model, { model }]))

function fit(changed: Partial<HaggleConfig>, curves: Readonly<Record<string, number>>[] = []): Promise<Fitted> {
  return haggle.fit(
    groupTastes(),
    { ...haggle.defaults, candidates: 30, batchSize: 32, steps: 100, seeds: 1, adversarialWeights: [0], ...changed },
    {
      rng: createRng('fit'),
      breathe: () => undefined,
      progress: (fraction) => expect(fraction >= 0 && fraction <= 1).toBe(true),
      epoch: ({ losses }) => curves.push(losses),
    },
  )
}

function askedOf(items: readonly number[]): Query {
  const weights = new Float32Array(items.length).fill(1)
  return { items: Int32Array.from(items), weights, ageDays: null, features: null }
}

/** Share of the four unseen items of one's own group among the first four, over shoppers never learnt from. */
function hits(fitted: Fitted): number {
  const rng = createRng('ask')
  const scores = new Float32Array(itemCount)
  let found = 0
  for (let asked = 0; asked < 40; asked++) {
    const group = asked % groups
    const own = rng.shuffle(Array.from({ length: itemCount / groups }, (_, at) => group + groups * at))
    const query = askedOf(own.slice(0, 6))
    fitted.score(query, scores)
    const unseen = [...scores.keys()].filter((item) => !query.items.includes(item))
    const best = unseen.sort((a, b) => scores[b] - scores[a]).slice(0, 4)
    found += best.filter((item) => item % groups === group).length / 4
  }
  return found / 40
}

/** With too few slates there is no discriminator: the generator alone. */
const generatorOnly = { maximumSlates: 8 }

const learntOf = (fitted: Fitted) =>
  fitted.serialise().config as {
    readonly learnt: {
      readonly nets: number
      readonly validation: { adversarialWeight: number | null; accuracy: Record<string, number>; slates: number }
    }
  }

describe('the discriminator', () => {
  const bases = named('right', 'inverted', 'noise')

  it.each(['choice', 'hard negatives', 'density ratio'] as const)(
    'learns whom to believe, which the mean of all cannot know (%s)',
    async (objective) => {
      const alone = await fit({ bases, ...generatorOnly })
      const both = await fit({ bases, objective })
      expect([learntOf(alone).learnt.nets, learntOf(both).learnt.nets]).toEqual([0, 1])
      expect(hits(alone)).toBeLessThan(0.5)
      expect(hits(both)).toBeGreaterThan(0.8)
    },
  )

  it('learns it from hard negatives as well', async () => {
    const fitted = await fit({ bases, adversarialWeights: [10] })
    expect(learntOf(fitted).learnt.validation).toMatchObject({ adversarialWeight: 10 })
    expect(hits(fitted)).toBeGreaterThan(0.8)
  })

  it('reports losses that fall, the adversary among them', async () => {
    const curves: Readonly<Record<string, number>>[] = []
    await fit({ bases, adversarialWeights: [1] }, curves)
    expect(curves).toHaveLength(50)
    expect(curves[49].total).toBeLessThan(curves[0].total)
    for (const { generator, discriminator, total } of curves) {
      expect(generator).toBeGreaterThan(0)
      expect(generator + discriminator).toBeCloseTo(total, 10)
    }
  })

  it('tells data from a generator that is wrong, and not where it is given nothing to tell them by', async () => {
    const lossLeft = async (...names: string[]) => {
      const curves: Readonly<Record<string, number>>[] = []
      await fit({ bases: named(...names), objective: 'density ratio', ridge: 0.1 }, curves)
      // It starts at D = 0, where the loss is 2 ln 2 for each that was chosen.
      return curves[49].discriminator / curves[0].discriminator
    }
    expect(await lossLeft('inverted')).toBeLessThan(0.75)
    expect(await lossLeft('silent')).toBeGreaterThan(0.95)
  })
})

describe('the weight of the adversary', () => {
  it('is the one that held-out slates like best, and what they said is kept', async () => {
    const fitted = await fit({ bases: named('right', 'noise'), adversarialWeights: [0, 0.5, 2], steps: 20 })
    const { validation } = learntOf(fitted).learnt
    expect(Object.keys(validation.accuracy).sort()).toEqual(['0', '0.5', '2', 'generator'])
    const best = Math.max(...Object.values(validation.accuracy))
    expect(best).toBeGreaterThan(0.3)
    expect(validation.accuracy[String(validation.adversarialWeight)]).toBe(best)
    expect(validation.slates).toBeGreaterThan(100)
  })

  it('is told with what each variant gained above the mean of all, and how surely', async () => {
    const { ablation } = await fit({ bases: named('right', 'inverted', 'noise'), adversarialWeights: [0, 10] })
    expect(ablation?.variants.map(({ name }) => name)).toEqual(['ensemble mean', 'listwise', 'mixed, μ 10'])
    const [mean, ...judged] = ablation?.variants ?? []
    expect(mean.gain).toBeNull()
    for (const { accuracy, gain } of judged) {
      expect(gain?.mean).toBeCloseTo(accuracy - mean.accuracy, 9)
      expect(gain?.low).toBeGreaterThan(0)
      expect(gain?.high).toBeGreaterThan(gain?.mean ?? 1)
    }
    expect(judged.map(({ name }) => name)).toContain(ablation?.chosen)
    expect((await fit({ bases: named('right', 'noise'), ...generatorOnly })).ablation).toBeUndefined()
  })
})

describe('what is asked', () => {
  it('gets the same features each time, whatever was asked between', async () => {
    const data = groupTastes()
    const bases = await Promise.all(Object.values(known).map((model) => model.fit(data, {}, undefined as never)))
    const generator = createGenerator(
      bases.map((fitted) => ({ fitted, weight: 1 })),
      new Float32Array(itemCount).fill(3),
      { candidates: 10, signals: [], repeats: false, scale: 'deviation' },
    )
    const query = askedOf([0, 4, 8])
    const first = generator.propose(query)
    const [items, features, mean] = [first.items.slice(), first.features.slice(), first.mean.slice()]
    generator.propose(askedOf([1, 5]))
    const again = generator.propose(query)
    expect([again.items, again.features, again.mean]).toEqual([items, features, mean])
    expect(features.every(Number.isFinite)).toBe(true)
  })

  it('is proposed what it has as well where things are bought again', async () => {
    const base = await known.right.fit(groupTastes(), {}, undefined as never)
    const propose = (repeats: boolean) =>
      createGenerator([{ fitted: base, weight: 1 }], new Float32Array(itemCount).fill(3), {
        candidates: 15,
        signals: [],
        repeats,
        scale: 'deviation',
      }).propose(askedOf([0, 4, 8]))
    const has = (items: Int32Array) => [0, 4, 8].filter((item) => items.includes(item))
    expect([has(propose(true).items), has(propose(false).items)]).toEqual([[0, 4, 8], []])
    expect(Math.abs(propose(true).mean.reduce((sum, z) => sum + z, 0))).toBeLessThan(1e-3)
  })

  it('hears opinions as shares of the mean of the hundred highest among what it has not, where asked to', async () => {
    const base = await known.right.fit(groupTastes(), {}, undefined as never)
    const query = askedOf([0, 4, 8])
    const own = new Float32Array(itemCount)
    base.score(query, own)
    const { mean, scales } = createGenerator([{ fitted: base, weight: 1 }], new Float32Array(itemCount), {
      candidates: 15,
      signals: [],
      repeats: false,
      scale: 'top',
    }).propose(query)
    const unmet = own.filter((_, item) => !query.items.includes(item)).sort((a, b) => b - a)
    const best = unmet.slice(0, 100)
    const unit = best.reduce((sum, score) => sum + score, 0) / best.length
    expect(scales[0].by).toBeCloseTo(1 / unit, 5)
    own.forEach((score, item) => expect(mean[item]).toBeCloseTo(score / unit, 5))
  })

  it('is proposed nothing that it has, and candidates stand above all else', async () => {
    const fitted = await fit({ bases: named('right', 'noise'), candidates: 5 })
    const scores = new Float32Array(itemCount)
    const query = askedOf([0, 4, 8])
    fitted.score(query, scores)
    const best = [...scores.keys()].sort((a, b) => scores[b] - scores[a]).slice(0, 5)
    expect(best.filter((item) => query.items.includes(item))).toEqual([])
  })

  it('is judged the same by nets that were stored and loaded', async () => {
    const fitted = await fit({ bases: named('right', 'inverted'), seeds: 2 })
    const loaded = haggle.load(decodeState(encodeState(fitted.serialise())))
    for (const items of [[0], [1, 5, 9], []]) {
      const [one, other] = [new Float32Array(itemCount), new Float32Array(itemCount)]
      fitted.score(askedOf(items), one)
      loaded.score(askedOf(items), other)
      expect(other).toEqual(one)
    }
  })
})

it('settles what a table decides once, on the whole of it: lessons are held as what serves', async () => {
  const learntWith: { entries: number; size: unknown }[] = []
  const sized: Model = {
    ...known.right,
    settle: (data) => ({ size: data.matrix.columns.length }),
    fit: async (data, config, run) => {
      learntWith.push({ entries: data.matrix.columns.length, size: (config as { size?: number }).size })
      return known.right.fit(data, config, run)
    },
  }
  const { defaults } = haggle
  const run = { rng: createRng('fit'), breathe: () => undefined, progress: () => undefined, epoch: () => undefined }
  await createHaggle({ right: sized }, () => ({})).fit(
    groupTastes(),
    { ...defaults, bases: named('right'), steps: 5 },
    run,
  )
  const whole = 6 * rowCount
  expect(learntWith.map(({ size }) => size)).toEqual(Array.from({ length: defaults.folds + 1 }, () => whole))
  expect(learntWith.filter(({ entries }) => entries < whole)).toHaveLength(defaults.folds)
})

describe('settings and states', () => {
  it('that make no sense are refused', async () => {
    const refused = expect.objectContaining({ code: 'bad-config' }) as Error
    await expect(fit({ bases: {} })).rejects.toEqual(refused)
    await expect(fit({ bases: named('unheard-of') })).rejects.toThrow(/no base model "unheard-of"; there are right/)
    await expect(fit({ objective: 'guess' as 'choice' })).rejects.toEqual(refused)
    await expect(fit({ scale: 'guess' as 'top' })).rejects.toEqual(refused)
  })

  it('with a net missing or cut short are refused', async () => {
    const state = (await fit({ bases: named('right', 'noise') })).serialise()
    const badState = expect.objectContaining({ code: 'bad-state' }) as Error
    const { 'net0.2': weights, ...without } = state.arrays
    expect(() => haggle.load({ ...state, arrays: without })).toThrow(badState)
    expect(() => haggle.load({ ...state, arrays: { ...without, 'net0.2': weights.slice(1) } })).toThrow(badState)
  })
})
