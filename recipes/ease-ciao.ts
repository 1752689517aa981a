import { publishedSplit, type Recipe } from './recipe.ts'

const recipe: Recipe = {
  name: 'ease-ciao',
  about: 'EASE with ridge 150 on the Ciao split: exact figures, an anchor of the evaluation itself.',
  data: publishedSplit('cfgan/Ciao.train.gz', 'cfgan/Ciao.test.gz'),
  entries: {
    ease: {
      model: 'ease',
      config: { ridge: 150 },
      seeds: ['1'],
      bands: { 'P@5': [0.0611, 0.0615], 'G@5': [0.0801, 0.0805], 'P@20': [0.0421, 0.0425], 'G@20': [0.1173, 0.1177] },
    },
  },
}

export default recipe
