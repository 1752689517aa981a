import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { type ChoiceConfig, teachNets } from './haggle-choice.ts'
import type { Lesson } from './haggle-lessons.ts'

const config: ChoiceConfig = {
  objective: 'choice',
  adversarialWeights: [0],
  seeds: 1,
  hidden: 4,
  steps: 40,
  batchSize: 16,
  learningRate: 0.02,
  ridge: 0,
}

/** Ten items a slate, the one that was chosen known to the generator, or to the only other feature. */
function lessonsOf(knows: 'generator' | 'feature', rows: number, slatesOfRow = 1): Lesson[] {
  const rng = createRng('slates')
  return Array.from({ length: rows * slatesOfRow }, (_, slate) => {
    const target = rng.int(10)
    const right = Float32Array.from({ length: 10 }, (_, item) => (item === target ? 1 : rng.next() / 2))
    const other = Float32Array.from(right, () => rng.next())
    const [generator, feature] = knows === 'generator' ? [right, other] : [other, right]
    return {
      row: slate % rows,
      features: Float32Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? generator[at >> 1] : feature[at >> 1])),
      generator,
      chosen: Uint8Array.from(right, (_, item) => (item === target ? 1 : 0)),
      hidden: 1,
    }
  })
}

const teach = (lessons: readonly Lesson[]) =>
  teachNets(lessons, [1], config, {
    rng: createRng('teach'),
    breathe: () => undefined,
    progress: () => undefined,
    epoch: () => undefined,
  })

describe('teachNets', () => {
  it('leaves a generator alone that cannot be bettered', async () => {
    const { nets, validation } = await teach(lessonsOf('generator', 100))
    expect(validation.accuracy.generator).toBe(1)
    expect({ nets, weight: validation.adversarialWeight }).toEqual({ nets: [], weight: null })
  })

  it('teaches a discriminator where the generator does not know', async () => {
    const { nets, validation } = await teach(lessonsOf('feature', 100))
    expect(nets).toHaveLength(1)
    expect(validation.adversarialWeight).toBe(0)
    expect(validation.accuracy[0]).toBeGreaterThan(validation.accuracy.generator + 0.3)
  })

  it('has no opinion where there are too few slates', async () => {
    expect(await teach(lessonsOf('feature', 30))).toEqual({
      nets: [],
      validation: { adversarialWeight: null, accuracy: {}, gain: {}, slates: 30 },
    })
  })
})
