import { publishedSplit, type Recipe } from './recipe.ts'

const recipe: Recipe = {
  name: 'ease-ml100k',
  about: 'EASE with ridge 300 on the MovieLens-100K split: exact figures, an anchor of the evaluation itself.',
  data: publishedSplit('cfgan/ML100K.train.gz', 'cfgan/ML100K.test.gz'),
  entries: {
    ease: {
      model: 'ease',
      config: { ridge: 300 },
      seeds: ['1'],
      bands: { 'P@5': [0.4462, 0.4466], 'G@5': [0.4806, 0.481], 'P@20': [0.2931, 0.2935], 'G@20': [0.4368, 0.4372] },
    },
  },
}

export default recipe
