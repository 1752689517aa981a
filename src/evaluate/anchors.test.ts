/** The evaluator and EASE together against figures known to four digits (docs of the evaluator: metrics.ts). */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { ease } from '../models/ease.ts'
import { evaluate } from './evaluate.ts'
import { readPublishedSplit } from './published-split.ts'

const data = '../shared/data/cfgan'
const missing = !existsSync(data)

const anchors = [
  {
    name: 'ML100K',
    ridge: 300,
    figures: {
      'P@5': 0.4464,
      'R@5': 0.1544,
      'G@5': 0.4808,
      'M@5': 0.6762,
      'P@20': 0.2933,
      'R@20': 0.3547,
      'G@20': 0.437,
      'M@20': 0.6875,
    },
  },
  {
    name: 'Ciao',
    ridge: 150,
    figures: {
      'P@5': 0.0613,
      'R@5': 0.0694,
      'G@5': 0.0803,
      'M@5': 0.1345,
      'P@20': 0.0423,
      'R@20': 0.1809,
      'G@20': 0.1175,
      'M@20': 0.1604,
    },
  },
]

describe('the exact anchors', () => {
  it.skipIf(missing).each(anchors)(
    'EASE on the $name split, ridge $ridge, to 2e-4 (skipped without the data)',
    async ({ name, ridge, figures }) => {
      const split = await readPublishedSplit(`${data}/${name}.train.gz`, `${data}/${name}.test.gz`)
      const run = { rng: createRng(name), breathe: createBreathe(), progress: () => undefined, epoch: () => undefined }
      const fitted = await ease.fit(split.train, { ...ease.defaults, ridge }, run)
      const { metrics } = await evaluate(fitted, split, { cutoffs: [5, 20] })
      const off = Object.entries(figures).filter(([metric, figure]) => Math.abs(metrics[metric] - figure) > 2e-4)
      expect(off.map(([metric, figure]) => `${metric} is ${metrics[metric].toFixed(4)}, not ${figure}`)).toEqual([])
    },
  )
})
