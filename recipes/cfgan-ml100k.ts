import { publishedSplit, type Recipe } from './recipe.ts'

const recipe: Recipe = {
  name: 'cfgan-ml100k',
  about:
    "CFGAN on its authors' MovieLens-100K split (published P@5 .444, G@20 .433). Settings and epochs were chosen on " +
    'validation folds of the training file; the fit itself chooses the epochs again for each seed.',
  data: publishedSplit('cfgan/ML100K.train.gz', 'cfgan/ML100K.test.gz'),
  entries: {
    cfgan: {
      model: 'cfgan',
      config: { mode: 'items', scheme: 'ZP', zeroRatio: 5, maskRatio: 2, epochs: 100, foldInRidge: 300 },
      seeds: ['1', '2', '3'],
      bands: { 'P@5': [0.43, 0.45], 'G@20': [0.42, 0.44] },
    },
  },
}

export default recipe
