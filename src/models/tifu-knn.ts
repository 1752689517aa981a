/**
 * "You often take that, and so do shoppers like you": the published yardstick of the next basket.
 *
 * A shopper's n baskets are cut, from the latest back, into groups of `groupSize`; v_g = mean over the group's baskets of
 * withinDecay^(later baskets of the group)·(indicator of its items), v = mean over groups of groupDecay^(later groups)·v_g;
 * score = ownShare·v + (1 − ownShare)·mean of v over the `neighbours` nearest shoppers by Euclidean distance. Who asks
 * may be among those. Faithful: positions decide, not ages.
 * Source: Hu et al., "Modeling personalized item frequency information for next-basket recommendation", SIGIR 2020.
 * Fit O(lines); score O(shoppers + their entries of the query's items + neighbours × their items); state 8 bytes an entry.
 */
import { csrFromTriples, rowSums, transpose } from '../kernels/csr.ts'
import { createTopK } from '../kernels/top-k.ts'
import type { BasketList } from '../preprocess/baskets.ts'
import { basketsOf, eachShopper, tableBaskets } from './basket-history.ts'
import type { Fitted, Model, ModelState } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, trainingMatrix } from './training-matrix.ts'

export interface TifuKnnConfig {
  readonly neighbours: number
  readonly groupSize: number
  readonly withinDecay: number
  readonly groupDecay: number
  readonly ownShare: number
}

const name = 'tifu-knn'
const version = 1

export const tifuKnn: Model<TifuKnnConfig> = {
  name,
  defaults: { neighbours: 300, groupSize: 7, withinDecay: 0.9, groupDecay: 0.7, ownShare: 0.1 },
  space: {
    neighbours: { among: [100, 300, 600, 900] },
    groupSize: { from: 1, to: 15, scale: 'linear', whole: true },
    withinDecay: { from: 0.4, to: 1, scale: 'linear' },
    groupDecay: { from: 0.4, to: 1, scale: 'linear' },
    ownShare: { from: 0.05, to: 0.95, scale: 'linear' },
  },
  fit: async (data, config, run) => {
    const matrix = trainingMatrix(name, data, { binarise: true, halfLifeDays: Infinity })
    await run.breathe()
    const triples = { rows: [] as number[], items: [] as number[], values: [] as number[] }
    eachShopper(tableBaskets(data), (own, row) => {
      for (const [item, value] of vectorOf(own, config)) {
        triples.rows.push(row)
        triples.items.push(item)
        triples.values.push(value)
      }
    })
    const { rowCount, columnCount } = matrix
    const { pointers, columns, values } = csrFromTriples(
      rowCount,
      columnCount,
      triples.rows,
      triples.items,
      triples.values,
    )
    const arrays = { pointers, columns, values, prior: popularityPrior(matrix) }
    return fitted({ model: name, version, config, itemCount: columnCount, arrays })
  },
  load: fitted,
}

/** Item → strength in the shopper's vector. */
function vectorOf(
  { starts, items, ageDays }: BasketList,
  { groupSize, withinDecay, groupDecay }: TifuKnnConfig,
): Map<number, number> {
  const vector = new Map<number, number>()
  const count = ageDays.length
  const groups = Math.ceil(count / groupSize)
  for (let basket = 0; basket < count; basket++) {
    const later = count - 1 - basket
    const group = Math.floor(later / groupSize)
    const size = group === groups - 1 ? count - groupSize * group : groupSize
    const weight = (withinDecay ** (later % groupSize) / size) * (groupDecay ** group / groups)
    for (let at = starts[basket]; at < starts[basket + 1]; at++) {
      vector.set(items[at], (vector.get(items[at]) ?? 0) + weight)
    }
  }
  return vector
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const config = state.config as TifuKnnConfig
  const opened = openState(state, name, version)
  const prior = opened.floats('prior', itemCount)
  const shoppers = opened.csr((state.arrays.pointers?.length ?? 1) - 1, itemCount)
  const byItem = transpose(shoppers)
  const norms = rowSums(shoppers, 2)
  const products = new Float64Array(shoppers.rowCount)
  const count = Math.min(config.neighbours, shoppers.rowCount)
  const nearest = createTopK(count)
  return {
    itemCount,
    score: (query, scores) => {
      scores.set(prior)
      if (query.items.length === 0) return
      const own = vectorOf(basketsOf(query), config)
      products.fill(0)
      for (const [item, value] of own) {
        scores[item] += config.ownShare * value
        for (let at = byItem.pointers[item]; at < byItem.pointers[item + 1]; at++) {
          products[byItem.columns[at]] += value * byItem.values[at]
        }
      }
      // ‖q − x‖² = ‖q‖² − (2·q·x − ‖x‖²).
      for (let shopper = 0; shopper < products.length; shopper++) {
        nearest.offer(shopper, 2 * products[shopper] - norms[shopper])
      }
      for (const shopper of nearest.drain()) {
        for (let at = shoppers.pointers[shopper]; at < shoppers.pointers[shopper + 1]; at++) {
          scores[shoppers.columns[at]] += ((1 - config.ownShare) / count) * shoppers.values[at]
        }
      }
    },
    serialise: () => state,
  }
}
