import { publishedSplit, type Recipe } from './recipe.ts'

const recipe: Recipe = {
  name: 'cfgan-ciao',
  about:
    "CFGAN on its authors' Ciao split (published G@20 .124, P@5 .072). Settings and epochs were chosen on validation " +
    'folds of the training file; the fit itself chooses the epochs again for each seed.',
  data: publishedSplit('cfgan/Ciao.train.gz', 'cfgan/Ciao.test.gz'),
  entries: {
    cfgan: {
      model: 'cfgan',
      config: { mode: 'items', scheme: 'ZR', zeroRatio: 10, epochs: 60, foldInRidge: 300 },
      seeds: ['1', '2', '3', '4', '5'],
      bands: { 'P@5': [0.061, 0.071], 'G@20': [0.115, 0.128] },
    },
  },
}

export default recipe
