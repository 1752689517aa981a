/**
 * Reruns published results: `npx tsx recipes/run.ts [NAME …] [--beyond]`; without names it lists them.
 *
 * `--beyond` adds what there is besides accuracy: for whom a model works (G at the largest cutoff, by how much is known
 * of who asks and by how popular the items are that they went for). `HAGGLE_DATA` names the data folder.
 */
import { signed } from '../src/evaluate/bootstrap.ts'
import { ablations } from './ablation.ts'
import { beautyRecipes } from './beauty.ts'
import { amazonColdRecipes } from './amazon-cold.ts'
import { amazonShop } from './amazon-shop.ts'
import cfganCiao from './cfgan-ciao.ts'
import cfganMl100k from './cfgan-ml100k.ts'
import easeCiao from './ease-ciao.ts'
import easeMl100k from './ease-ml100k.ts'
import { defaultRecipes } from './defaults.ts'
import gowalla from './gowalla.ts'
import { haggleRecipes } from './haggle.ts'
import { tafeng, tafengHaggle, tafengPast } from './tafeng.ts'
import { dataFolder, type Entry, type EntryOutcome, missingFiles, type Recipe, runRecipe } from './recipe.ts'
import { retailrocketRecipes } from './retailrocket.ts'
import { yoochoose } from './yoochoose.ts'

export const recipes: readonly Recipe[] = [
  cfganCiao,
  cfganMl100k,
  easeCiao,
  easeMl100k,
  tafeng,
  tafengPast,
  tafengHaggle,
  gowalla,
  ...defaultRecipes,
  ...ablations,
  ...beautyRecipes,
  ...retailrocketRecipes,
  yoochoose,
  ...amazonColdRecipes,
  amazonShop,
  ...haggleRecipes,
]

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<number> {
  const names = words.filter((word) => word !== '--beyond')
  const beyond = words.includes('--beyond')
  if (names.length === 0) {
    for (const { name, about } of recipes) console.log(`${name}\n  ${about}`)
    return 0
  }
  let exitCode = 0
  for (const name of names) {
    const recipe = recipes.find((known) => known.name === name)
    if (recipe === undefined)
      throw new Error(`There is no recipe "${name}". There are: ${recipes.map((known) => known.name).join(', ')}.`)
    const missing = missingFiles(recipe, dataFolder)
    if (missing.length > 0) {
      throw new Error(
        `${name} needs ${missing.join(', ')} in ${dataFolder}. Set HAGGLE_DATA to the folder that holds the data sets.`,
      )
    }
    const report = (stage: string, _done: number, _total: number, note = '') => console.error(`${stage}: ${note}`)
    const outcomes = await runRecipe(recipe, dataFolder, { report })
    console.log(`${name}\n${describe(recipe, outcomes, beyond)}`)
    if (Object.values(outcomes).some(({ problems }) => problems.length > 0)) exitCode = 1
  }
  return exitCode
}

function describe({ entries }: Recipe, outcomes: Readonly<Record<string, EntryOutcome>>, beyond: boolean): string {
  const [best] = Object.keys(entries)
  return Object.entries(outcomes)
    .flatMap(([label, outcome]) => [
      `  ${label}: ${seedsOf(entries[label], outcome)}`,
      `    ${figuresOf(outcome)}`,
      ...Object.entries(outcome.behind).map(
        ([metric, { mean, low, high }]) =>
          `    ${best} minus this, ${metric}: ${signed(mean)} (95 % ${signed(low)} … ${signed(high)})`,
      ),
      ...(beyond ? outcome.segments : []).map(
        ({ name, rows, mean }) => `    ${name} (${rows} rows): ${mean.toFixed(4)}`,
      ),
      ...outcome.problems.map((problem) => `    OUT OF BAND: ${problem}`),
    ])
    .join('\n')
}

function seedsOf({ seeds }: Entry, { epochs, secondsPerSeed }: EntryOutcome): string {
  return `seeds ${seeds.join(', ')}; epochs ${epochs.join(', ')}; ${secondsPerSeed.toFixed(0)} s a seed`
}

function figuresOf({ means, deviations }: EntryOutcome): string {
  return Object.keys(means)
    .map((metric) => `${metric} ${means[metric].toFixed(4)} ± ${deviations[metric].toFixed(4)}`)
    .join('  ')
}
