/**
 * Every model with the settings it comes with, on both of the CFGAN authors' splits: the table in docs/models.md.
 *
 * Nothing is tuned to these sets. A model without chance needs one seed.
 */
import type { Recipe } from './recipe.ts'

type Bands = Recipe['bands']

/** Model → its seeds, and where the figures must lie on either split. */
const table: Readonly<Record<string, { seeds: readonly string[]; ml100k: Bands; ciao: Bands }>> = {
  popularity: { seeds: ['1'], ml100k: {}, ciao: {} },
  'item-knn': { seeds: ['1'], ml100k: {}, ciao: {} },
  rp3beta: { seeds: ['1'], ml100k: {}, ciao: {} },
  ease: { seeds: ['1'], ml100k: {}, ciao: {} },
  ials: { seeds: ['1', '2', '3', '4', '5'], ml100k: {}, ciao: {} },
  cfgan: { seeds: ['1', '2', '3'], ml100k: {}, ciao: {} },
}

const splits = { ml100k: 'ML100K', ciao: 'Ciao' } as const

export const defaultRecipes: readonly Recipe[] = Object.entries(table).flatMap(([model, { seeds, ...bands }]) =>
  (['ml100k', 'ciao'] as const).map((split) => ({
    name: `default-${model}-${split}`,
    about: `${model} with its defaults on the ${splits[split]} split.`,
    train: `cfgan/${splits[split]}.train.gz`,
    test: `cfgan/${splits[split]}.test.gz`,
    model,
    config: {},
    seeds,
    bands: bands[split],
  })),
)
