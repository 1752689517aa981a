/**
 * Every model with the settings it comes with, on both of the CFGAN authors' splits: the table in docs/models.md.
 *
 * Nothing here is tuned to these sets. A model without chance needs one seed. The GAN's defaults on MovieLens are the
 * recipe cfgan-ml100k.
 */
import { type Entry, publishedSplit, type Recipe } from './recipe.ts'

const splits = { ml100k: 'ML100K', ciao: 'Ciao' } as const

interface Line {
  readonly model: string
  readonly seeds: readonly string[]
  readonly bands: Readonly<Partial<Record<keyof typeof splits, Entry['bands']>>>
}

const table: readonly Line[] = [
  {
    model: 'popularity',
    seeds: ['1'],
    bands: {
      ml100k: { 'P@5': [0.2075, 0.2081], 'G@20': [0.2126, 0.2132] },
      ciao: { 'P@5': [0.0334, 0.034], 'G@20': [0.0639, 0.0645] },
    },
  },
  {
    model: 'item-knn',
    seeds: ['1'],
    bands: {
      ml100k: { 'P@5': [0.3923, 0.3933], 'G@20': [0.3841, 0.3851] },
      ciao: { 'P@5': [0.0559, 0.0565], 'G@20': [0.1101, 0.1107] },
    },
  },
  {
    model: 'user-knn',
    seeds: ['1'],
    bands: {
      ml100k: { 'P@5': [0.3851, 0.3861], 'G@20': [0.3859, 0.3869] },
      ciao: { 'P@5': [0.0597, 0.0603], 'G@20': [0.1113, 0.1119] },
    },
  },
  {
    model: 'rp3beta',
    seeds: ['1'],
    bands: {
      ml100k: { 'P@5': [0.3671, 0.3681], 'G@20': [0.3706, 0.3716] },
      ciao: { 'P@5': [0.0675, 0.0681], 'G@20': [0.1278, 0.1284] },
    },
  },
  {
    model: 'ease',
    seeds: ['1'],
    bands: {
      ml100k: { 'P@5': [0.4404, 0.4414], 'G@20': [0.4352, 0.4362] },
      ciao: { 'P@5': [0.0603, 0.0609], 'G@20': [0.1169, 0.1175] },
    },
  },
  {
    model: 'ials',
    seeds: ['1', '2', '3', '4', '5'],
    bands: {
      ml100k: { 'P@5': [0.424, 0.434], 'G@20': [0.426, 0.436] },
      ciao: { 'P@5': [0.062, 0.069], 'G@20': [0.117, 0.127] },
    },
  },
  {
    model: 'sparse-ease',
    seeds: ['1'],
    bands: {
      ml100k: { 'P@5': [0.4347, 0.4357], 'G@20': [0.432, 0.433] },
      ciao: { 'P@5': [0.0622, 0.0628], 'G@20': [0.12, 0.1206] },
    },
  },
  {
    model: 'pure-svd',
    seeds: ['1', '2', '3', '4', '5'],
    bands: {
      ml100k: { 'P@5': [0.419, 0.433], 'G@20': [0.417, 0.424] },
      ciao: { 'P@5': [0.049, 0.055], 'G@20': [0.097, 0.105] },
    },
  },
  {
    model: 'low-pass',
    seeds: ['1', '2', '3', '4', '5'],
    bands: {
      ml100k: { 'P@5': [0.415, 0.424], 'G@20': [0.419, 0.423] },
      ciao: { 'P@5': [0.056, 0.063], 'G@20': [0.113, 0.118] },
    },
  },
  {
    model: 'vae',
    seeds: ['1', '2', '3', '4', '5'],
    bands: {
      ml100k: { 'P@5': [0.412, 0.434], 'G@20': [0.426, 0.434] },
      ciao: { 'P@5': [0.064, 0.072], 'G@20': [0.121, 0.128] },
    },
  },
  { model: 'haggle', seeds: ['1'], bands: { ciao: { 'P@5': [0.06, 0.069], 'G@20': [0.118, 0.127] } } },
  { model: 'cfgan', seeds: ['1', '2', '3'], bands: { ciao: { 'P@5': [0.052, 0.062], 'G@20': [0.106, 0.114] } } },
]

export const defaultRecipes: readonly Recipe[] = table.flatMap(({ model, seeds, bands }) =>
  (['ml100k', 'ciao'] as const).flatMap((split) => {
    const within = bands[split]
    if (within === undefined) return []
    const files = `cfgan/${splits[split]}`
    return {
      name: `default-${model}-${split}`,
      about: `${model} with its defaults on the ${splits[split]} split.`,
      data: publishedSplit(`${files}.train.gz`, `${files}.test.gz`),
      entries: { [model]: { model, seeds, bands: within } },
    }
  }),
)
