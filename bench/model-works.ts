/** Every model's fit, and its answer to a shopper with 50 items, on power-law shops of three sizes. */
import { createBreathe } from '../src/base/breathe.ts'
import { createRng } from '../src/base/rng.ts'
import { topK } from '../src/kernels/top-k.ts'
import { createJudge } from '../src/models/haggle-judge.ts'
import { configFor, models } from '../src/models/index.ts'
import type { Fitted, FitRun, Model, Query } from '../src/models/model.ts'
import { bareInteractions } from '../src/preprocess/interactions.ts'
import { powerLaw, type Size } from './power-law.ts'
import type { Work } from './work.ts'

/** ×1; ×10 and ×100 multiply all three. */
const base: Size = { users: 1000, items: 500, interactions: 20_000 }

export function shopOf(scale: number): Size {
  return { users: base.users * scale, items: base.items * scale, interactions: base.interactions * scale }
}

/** Fewer rounds than the defaults where a fit is a number of like rounds. */
const settings: Readonly<Record<string, object>> = {
  ials: { iterations: 2 },
  cfgan: { epochs: 2, validationFraction: 0 },
}

const run: FitRun = {
  rng: createRng('bench'),
  breathe: createBreathe(),
  progress: () => undefined,
  epoch: () => undefined,
}

function fit(model: Model, scale: number): Promise<Fitted> {
  const data = bareInteractions(powerLaw(shopOf(scale)))
  return model.fit(data, configFor(model, settings[model.name]), run)
}

function shopper(itemCount: number): Query {
  const rng = createRng('shopper')
  const items = Int32Array.from(new Set(Array.from({ length: 50 }, () => rng.int(itemCount))))
  return { items, weights: new Float32Array(items.length).fill(1), ageDays: null, features: null }
}

/** What the discriminator sees of a slate: six base models, and the signals of src/features. */
const slate = { candidates: 150, features: 41, hidden: 16, nets: 3 }

const judgeWork: Work = {
  name: 'judge',
  about: `judges 20 slates: ${JSON.stringify(slate)}`,
  scales: [1],
  plainUpTo: 1,
  prepare: async () => {
    const { candidates, features, hidden, nets } = slate
    const rng = createRng('judge')
    const numbers = (count: number) => Float32Array.from({ length: count }, () => rng.normal() / 4)
    const sizes = [features, 1, features * hidden, hidden, hidden * hidden, hidden, hidden, 1]
    const scales = { centre: numbers(features), scale: numbers(features) }
    const judge = createJudge(Array.from({ length: nets }, () => ({ ...scales, parameters: sizes.map(numbers) })))
    const seen = numbers(candidates * features)
    return () => {
      for (let round = 0; round < 20; round++) judge(seen)
    }
  },
}

export const modelWorks: readonly Work[] = [
  judgeWork,
  ...Object.values(models).flatMap((model): Work[] => [
    {
      name: `fit ${model.name}`,
      about: `learns from ${base.users} × scale shoppers, ${base.items} × scale items, ${base.interactions} × scale interactions ${JSON.stringify(settings[model.name] ?? {})}`,
      scales: [1, 10, 100],
      plainUpTo: model.name === 'popularity' ? 100 : 10,
      prepare: async (scale) => {
        const data = bareInteractions(powerLaw(shopOf(scale)))
        return () => model.fit(data, configFor(model, settings[model.name]), run)
      },
    },
    {
      name: `answer ${model.name}`,
      about: 'scores the catalogue for 20 shoppers with 50 items each and takes the best 100',
      scales: [1, 10, 100],
      plainUpTo: 10,
      prepare: async (scale) => {
        const fitted = await fit(model, scale)
        const scores = new Float32Array(fitted.itemCount)
        const query = shopper(fitted.itemCount)
        return () => {
          for (let round = 0; round < 20; round++) {
            fitted.score(query, scores)
            topK(scores, 100)
          }
        }
      },
    },
  ]),
]
