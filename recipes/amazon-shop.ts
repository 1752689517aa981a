/**
 * Amazon 2023 as a shop that runs Haggle would see it: a log with times and a catalogue with categories, cut by the
 * product itself. For what lists are like besides being right (`npm run recipe -- amazon-shop --beyond`); all defaults.
 */
import type { Entry, Recipe } from './recipe.ts'
import { readShop } from './splits/shop.ts'

const three = ['1', '2', '3']

function standard(model: string, seeds: readonly string[], band: Entry['bands'][string]): Entry {
  return { model, seeds, bands: { 'G@20': band } }
}

export const amazonShop: Recipe = {
  name: 'amazon-shop',
  about: 'What known shoppers took in the latest tenth of the log, all models as they come.',
  data: {
    files: ['amazon2023/items.csv.gz', 'amazon2023/interactions.csv.gz'],
    read: async (paths) => (await readShop(paths)).split,
  },
  entries: {
    haggle: standard('haggle', three, [0.0135, 0.0185]),
    popularity: standard('popularity', ['1'], [0.0119, 0.0129]),
    ease: standard('ease', ['1'], [0.0089, 0.0099]),
    rp3beta: standard('rp3beta', ['1'], [0.0066, 0.0076]),
    ials: standard('ials', three, [0.0034, 0.0048]),
    vae: standard('vae', three, [0.005, 0.0098]),
    cfgan: standard('cfgan', ['1'], [0.0075, 0.0115]),
  },
}
