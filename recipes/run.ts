/** Reruns published results: `npx tsx recipes/run.ts [NAME …]`; without names it lists them. `HAGGLE_DATA` names the data folder. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ablations } from './ablation.ts'
import cfganCiao from './cfgan-ciao.ts'
import cfganMl100k from './cfgan-ml100k.ts'
import easeCiao from './ease-ciao.ts'
import easeMl100k from './ease-ml100k.ts'
import { defaultRecipes } from './defaults.ts'
import { type Recipe, type RecipeOutcome, runRecipe } from './recipe.ts'

export const recipes: readonly Recipe[] = [
  cfganCiao,
  cfganMl100k,
  easeCiao,
  easeMl100k,
  ...defaultRecipes,
  ...ablations,
]

const dataFolder = process.env.HAGGLE_DATA ?? '../shared/data'

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2))

async function main(names: readonly string[]): Promise<number> {
  if (names.length === 0) {
    for (const { name, about } of recipes) console.log(`${name}\n  ${about}`)
    return 0
  }
  let exitCode = 0
  for (const name of names) {
    const recipe = recipes.find((known) => known.name === name)
    if (recipe === undefined)
      throw new Error(`There is no recipe "${name}". There are: ${recipes.map((known) => known.name).join(', ')}.`)
    if (!existsSync(join(dataFolder, recipe.train))) {
      throw new Error(
        `${name} needs ${recipe.train} in ${dataFolder}. Set HAGGLE_DATA to the folder that holds the data sets.`,
      )
    }
    const report = (stage: string, _done: number, _total: number, note = '') => console.error(`${stage}: ${note}`)
    const outcome = await runRecipe(recipe, dataFolder, { report })
    console.log(describe(recipe, outcome))
    if (outcome.problems.length > 0) exitCode = 1
  }
  return exitCode
}

function describe(
  { name, seeds }: Recipe,
  { means, deviations, epochs, secondsPerSeed, problems }: RecipeOutcome,
): string {
  const figures = Object.keys(means).map(
    (metric) => `${metric} ${means[metric].toFixed(4)} ± ${deviations[metric].toFixed(4)}`,
  )
  return [
    `${name}: seeds ${seeds.join(', ')}; epochs ${epochs.join(', ')}; ${secondsPerSeed.toFixed(0)} s a seed`,
    `  ${figures.join('  ')}`,
    ...problems.map((problem) => `  OUT OF BAND: ${problem}`),
  ].join('\n')
}
