/**
 * What the GAN's game is worth: its recipes again with a part taken out, for the table in docs/models.md.
 *
 * untrained: no step is taken (learning rate 0), so that only the fold-in of a random body is left. users: rows are
 * shoppers, and the generator's own outputs rank.
 */
import cfganCiao from './cfgan-ciao.ts'
import cfganMl100k from './cfgan-ml100k.ts'
import type { Entry, Recipe } from './recipe.ts'

const three = ['1', '2', '3']

function without(
  { name, entries: { cfgan }, ...recipe }: Recipe,
  part: string,
  changes: Entry['config'],
  seeds: Entry['seeds'],
  bands: Entry['bands'],
): Recipe {
  const about = `${name} with ${JSON.stringify(changes)}: what is lost without the rest.`
  const config = { ...cfgan.config, ...changes }
  return { ...recipe, name: `${name}-${part}`, about, entries: { cfgan: { ...cfgan, config, seeds, bands } } }
}

const untrained = { learningRate: 0, epochs: 1, validationFraction: 0 }
const users = { mode: 'users', dropout: 0.5, epochs: 100 }

export const ablations: readonly Recipe[] = [
  without(cfganCiao, 'untrained', untrained, three, { 'P@5': [0.035, 0.045], 'G@20': [0.07, 0.085] }),
  without(cfganCiao, 'users', users, three, { 'P@5': [0.047, 0.056], 'G@20': [0.092, 0.102] }),
  without(cfganMl100k, 'untrained', untrained, three, { 'P@5': [0.323, 0.35], 'G@20': [0.322, 0.349] }),
  without(cfganMl100k, 'users', users, ['1'], { 'P@5': [0.36, 0.388], 'G@20': [0.36, 0.388] }),
]
