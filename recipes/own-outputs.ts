/**
 * How the GAN ranks known shoppers by the outputs it played with, instead of by its fold-in; for docs/models.md.
 *
 * `npx tsx recipes/own-outputs.ts cfgan-ciao 30,30,30` plays the recipe's game (items mode) for as many epochs with each
 * of its first seeds: take the epochs its recipe prints, and the networks are the same.
 */
import { createBreathe } from '../src/base/breathe.ts'
import { createRng } from '../src/base/rng.ts'
import { truthOf } from '../src/evaluate/tally.ts'
import { metricKinds, metricsAt } from '../src/evaluate/metrics.ts'
import type { Split } from '../src/evaluate/split.ts'
import { transpose } from '../src/kernels/csr.ts'
import { openSpace } from '../src/kernels/space.ts'
import { topK } from '../src/kernels/top-k.ts'
import { dot } from '../src/kernels/vector.ts'
import { cfgan } from '../src/models/cfgan.ts'
import { createGame } from '../src/models/cfgan-game.ts'
import { configFor } from '../src/models/index.ts'
import { dataFolder, readData } from './recipe.ts'
import { recipes } from './run.ts'

const [recipeName, epochList = ''] = process.argv.slice(2)
const recipe = recipes.find(({ name }) => name === recipeName)
const entry = recipe?.entries[cfgan.name]
if (recipe === undefined || entry === undefined) throw new Error(`There is no recipe "${recipeName}" of the GAN.`)
const split = await readData(recipe.data, dataFolder)
for (const [at, epochs] of epochList.split(',').map(Number).entries()) {
  const figures = measure(split, await playedScores(split, entry.seeds[at], epochs))
  console.log(`${recipe.name}, own outputs: seed ${entry.seeds[at]}; epochs ${epochs}; ${figures}`)
}

/** Writes w_u·h_i + b_u for every item i of shopper u. */
async function playedScores(
  { train }: Split,
  seed: string,
  epochs: number,
): Promise<(row: number, scores: Float32Array) => void> {
  const conditions = { matrix: transpose(train.matrix), features: null, featureCount: 0 }
  const config = configFor(cfgan, entry?.config)
  const space = openSpace()
  const game = createGame(conditions, config, createRng(seed).fork('game'), space)
  const breathe = createBreathe()
  for (let epoch = 0; epoch < epochs; epoch++) await game.playEpoch(breathe)
  const { generator } = game
  const width = generator.trunk.outputs
  const views = generator.viewsOf(conditions)
  const [weights, bias] = generator.output.parameters.map(({ values }) => Float32Array.from(values))
  space.release()
  return (row, scores) => {
    for (let item = 0; item < scores.length; item++) {
      scores[item] = bias[row] + dot(weights, row * width, views, item * width, width)
    }
  }
}

function measure(data: Split, score: (row: number, scores: Float32Array) => void): string {
  const { rows, asked } = data
  const scores = new Float32Array(asked.matrix.columnCount)
  const sums = new Map<string, number>()
  for (const row of rows) {
    score(row, scores)
    const { pointers, columns } = asked.matrix
    const seen = new Uint8Array(scores.length)
    for (const item of columns.subarray(pointers[row], pointers[row + 1])) seen[item] = 1
    const ranked = topK(scores, 20, seen)
    for (const cutoff of [5, 20]) {
      metricsAt(cutoff, ranked, truthOf(data, row)).forEach((value, kind) => {
        const name = `${metricKinds[kind]}@${cutoff}`
        sums.set(name, (sums.get(name) ?? 0) + value / rows.length)
      })
    }
  }
  return [...sums].map(([name, sum]) => `${name} ${sum.toFixed(4)}`).join('  ')
}
