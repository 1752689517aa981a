import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import type { GenerationId, ItemId } from '../domain/ids.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import type { Bundle } from '../models/bundle.ts'
import { itemKnn } from '../models/item-knn.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { liveAsItStands, liveRecipe, type LiveContestant, sameRecipe } from './live-model.ts'

const known = ['a', 'b', 'c', 'd'] as ItemId[]

/** a goes with b, c with d. */
async function live(): Promise<LiveContestant> {
  const rows = [0, 0, 1, 1, 2, 2, 3, 3]
  const columns = [0, 1, 0, 1, 2, 3, 2, 3]
  const data = bareInteractions(
    csrFromTriples(
      4,
      4,
      rows,
      columns,
      rows.map(() => 1),
    ),
  )
  const run = { rng: createRng(1), breathe: createBreathe(), progress: () => undefined, epoch: () => undefined }
  const fitted = await itemKnn.fit(data, itemKnn.defaults, run)
  const bundle: Bundle = {
    items: known,
    weights: {},
    halfLifeDays: 60,
    behaviourScales: [{ name: 'views', centre: 2, spread: 4 }],
    surfaces: { session: fitted.serialise() },
  }
  const recipes = { session: { model: 'item-knn', config: itemKnn.defaults } }
  return { id: 'g' as GenerationId, dataUntilMs: 0, bundle, recipes }
}

const query = (items: readonly number[]) => ({
  items: Int32Array.from(items),
  weights: new Float32Array(items.length).fill(1),
  ageDays: null,
  features: null,
})

describe('the live generation as a contestant', () => {
  it('speaks the new numbering, and puts items it never saw last', async () => {
    const items = createVocabulary(['new', 'd', 'c', 'b', 'a'] as ItemId[])
    const fitted = liveAsItStands(await live(), 'session', items, [])
    const scores = new Float32Array(5)
    fitted?.score(query([items.indexOf('a' as ItemId)]), scores)
    const order = [0, 1, 2, 3].sort((a, b) => scores[b] - scores[a]).map((index) => items.idOf(index))
    expect(order[0]).toBe('b')
    expect(order.at(-1)).toBe('new')
    expect(scores.every(Number.isFinite)).toBe(true)
  })

  it('ignores items in a history that it never saw', async () => {
    const items = createVocabulary(['new', ...known] as ItemId[])
    const fitted = liveAsItStands(await live(), 'session', items, [])
    const [withNew, without] = [new Float32Array(5), new Float32Array(5)]
    fitted?.score(query([0, 3]), withNew)
    fitted?.score(query([3]), without)
    expect(withNew).toEqual(without)
  })

  it('names its recipe, the same only with the same settings', async () => {
    const recipe = liveRecipe(await live(), 'session')
    expect(recipe).toEqual({ model: 'item-knn', config: itemKnn.defaults })
    expect(
      sameRecipe(recipe ?? { model: '', config: {} }, { model: 'item-knn', config: { ...itemKnn.defaults } }),
    ).toBe(true)
    expect(
      sameRecipe(recipe ?? { model: '', config: {} }, {
        model: 'item-knn',
        config: { ...itemKnn.defaults, neighbours: 1 },
      }),
    ).toBe(false)
  })

  it('has nothing to show for a surface it does not serve', async () => {
    expect(liveRecipe(await live(), 'bought-together')).toBeNull()
    expect(liveAsItStands(await live(), 'bought-together', createVocabulary(known), [])).toBeNull()
  })
})
