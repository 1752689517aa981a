/**
 * How good the search is where people have said so: `npx tsx recipes/judged.ts [esci] [crowdflower] [--learn]`.
 *
 * NDCG@10 over the whole catalogue against BM25 of the stemmed title (src/evaluate/title-bm25.ts), with a paired 95 %
 * interval of the gain over queries. Out of the box: the product's index and its textual order, all words optional.
 * `--learn` (minutes): the search ranker taught on four fifths of the queries with its guard and asked the rest, five folds by
 * query, three splits. `HAGGLE_DATA` names the data folder.
 */
import { join } from 'node:path'
import { createBreathe } from '../src/base/breathe.ts'
import { createRng } from '../src/base/rng.ts'
import { foldQueries, type JudgedSet, judgeSearch, pairedGain } from '../src/evaluate/judged.ts'
import { judgedSlates, type JudgedSlate, judgeSlates, measureSlate } from '../src/evaluate/judged-catalogue.ts'
import { readJudgedCatalogue, readJudgedPairs } from '../src/evaluate/judged-file.ts'
import { titleBm25 } from '../src/evaluate/title-bm25.ts'
import { defaultSearchRanker, learnSearchRanker, rankScores, type SearchLesson } from '../src/models/search-ranker.ts'
import { searchSignals, signalRows } from '../src/retrieve/search-signals.ts'
import { textualScores } from '../src/retrieve/textual-order.ts'
import { dataFolder } from './recipe.ts'

interface JudgedRecipe {
  readonly read: (folder: string) => Promise<JudgedSet>
  readonly attributes: readonly string[]
  /** Where B0 and the gain out of the box must lie. */
  readonly baseline: readonly [number, number]
  readonly gain: readonly [number, number]
}

const judgedRecipes: Readonly<Record<string, JudgedRecipe>> = {
  esci: {
    read: (folder) =>
      readJudgedCatalogue(
        join(folder, 'esci/ubi_ecommerce_products.json.gz'),
        join(folder, 'esci/esci_us_judgments.json.gz'),
      ),
    attributes: ['title', 'category', 'brand', 'color', 'bullet_points', 'description'],
    baseline: [0.584, 0.594],
    gain: [0.15, 0.185],
  },
  crowdflower: {
    read: (folder) => readJudgedPairs(join(folder, 'crowdflower-search/train.csv.zip')),
    attributes: ['title', 'description'],
    baseline: [0.773, 0.783],
    gain: [0.047, 0.065],
  },
}

const splits = 3
const folds = 5
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
const percent = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(1)} %`

if (process.argv[1] === import.meta.filename) {
  const words = process.argv.slice(2)
  const named = words.filter((word) => word !== '--learn')
  for (const name of named.length > 0 ? named : Object.keys(judgedRecipes)) await run(name, words.includes('--learn'))
}

async function run(name: string, learn: boolean): Promise<void> {
  const recipe = judgedRecipes[name]
  if (recipe === undefined)
    throw new Error(`There is no "${name}". There are: ${Object.keys(judgedRecipes).join(', ')}.`)
  const set = await recipe.read(dataFolder)
  const titles = set.records.map(({ title }) => (typeof title === 'string' ? title : ''))
  const baseline = judgeSearch(set.queries, titleBm25(titles))
  tell(
    `${name}: ${set.records.length} products, ${set.queries.length} queries; title BM25`,
    mean(baseline),
    recipe.baseline,
  )
  const options = { attributes: recipe.attributes, languages: ['en'], rng: createRng(name), breathe: createBreathe() }
  const slates = await judgedSlates(set, options)
  compare(
    'out of the box',
    judgeSlates(slates, ({ signals }) => textualScores(signals)),
    baseline,
    recipe.gain,
  )
  if (!learn) return
  const sum = new Float64Array(slates.length)
  for (let split = 0; split < splits; split++) {
    const learnt = await crossValidated(slates, `${name} ${split}`)
    compare(`with judgments, split ${split + 1}`, learnt, baseline)
    learnt.forEach((value, query) => (sum[query] += value / splits))
  }
  compare(`with judgments, mean of ${splits} splits`, sum, baseline)
}

async function crossValidated(slates: readonly JudgedSlate[], seed: string): Promise<Float64Array> {
  const lessons = slates.map(
    ({ signals, gains }): SearchLesson => ({ features: signalRows(signals), gains, prior: textualScores(signals) }),
  )
  const rng = createRng(seed)
  const fold = foldQueries(slates.length, folds, rng)
  const figures = new Float64Array(slates.length)
  for (let part = 0; part < folds; part++) {
    const known = slates.flatMap((_, query) => (fold[query] === part ? [] : [query]))
    const measure = (scores: Float64Array, at: number) => measureSlate(slates[known[at]], scores)
    const own = known.map((query) => lessons[query])
    const { ranker, guard } = await learnSearchRanker(
      own,
      searchSignals.length,
      measure,
      defaultSearchRanker,
      rng.fork(`part ${part}`),
      createBreathe(),
    )
    const { prior, learnt, weight, wins } = guard
    console.error(`  guard: ${prior.toFixed(4)} → ${learnt.toFixed(4)}, weight ${weight}, wins ${wins.toFixed(2)}`)
    slates.forEach((slate, query) => {
      if (fold[query] === part) figures[query] = measureSlate(slate, rankScores(ranker, lessons[query]))
    })
  }
  return figures
}

function compare(label: string, ours: Float64Array, baseline: Float64Array, band?: readonly [number, number]): void {
  const { mean: gain, low, high } = pairedGain(ours, baseline, { rounds: 4000, rng: createRng('judged') })
  console.log(`  ${label}: ${mean(ours).toFixed(4)}, ${percent(gain)} (95 % ${percent(low)} … ${percent(high)})`)
  check(label, gain, band)
}

function tell(label: string, value: number, band: readonly [number, number]): void {
  console.log(`${label} ${value.toFixed(4)}`)
  check(label, value, band)
}

function check(label: string, value: number, band?: readonly [number, number]): void {
  if (band === undefined || (value >= band[0] && value <= band[1])) return
  console.log(`  OUT OF BAND: ${label} is ${value.toFixed(4)}, outside [${band.join(', ')}]`)
  process.exitCode = 1
}
