import { models } from './index.ts'
import { modelSuite, type SuiteOptions } from './model-suite.ts'

/** Where the defaults do not suit a dozen items, or the model has nothing personal to say of what is new. */
const options: Readonly<Record<string, SuiteOptions>> = {
  popularity: { personal: false },
  revisit: { personal: false },
  'tifu-knn': { config: { neighbours: 10 } },
  ials: { config: { factors: 4 } },
  gru: { config: { factors: 16, epochs: 80, learningRate: 0.01 } },
  vae: { config: { hiddenLayers: [32], factors: 8, validationFraction: 0, epochs: 60, batchSize: 16 } },
  cfgan: { config: { generatorLayers: [32], epochs: 40, validationFraction: 0, learningRate: 0.003 } },
}

for (const model of Object.values(models)) modelSuite(model, options[model.name])
