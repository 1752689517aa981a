/**
 * Learns an order from questions with few answers each: many small trees, each mending what those before got wrong.
 *
 * LambdaMART (Burges 2010). For each slate and each pair with gains g_i > g_j, of which one stands among the first
 * `depth`: ρ = 1/(1 + e^(s_i − s_j)), Δ = (g_i − g_j)·|1/log2(r_i + 1) − 1/log2(r_j + 1)|/IDCG; λ_i += ρΔ, λ_j −= ρΔ,
 * both get weight ρ(1 − ρ)Δ. A tree splits best leaf first where Σλ²/(Σw + ridge) grows most, over features cut into at
 * most 32 bins; a leaf answers rate · Σλ/(Σw + ridge). Each tree sees a share of the slates and of the features.
 * Cost: trees · (rows · features · depth of a tree + pairs).
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'

export interface GradedSlate {
  /** items × width, row-major. */
  readonly features: Float32Array
  readonly gains: Float64Array
  /** What it counts beside others; 1 where absent. */
  readonly weight?: number
}

export interface TreesConfig {
  readonly trees: number
  readonly leaves: number
  readonly learningRate: number
  readonly ridge: number
  /** Fewest rows of a leaf. */
  readonly fewest: number
  readonly featureShare: number
  readonly slateShare: number
  /** Places that count. */
  readonly depth: number
}

export const defaultTrees: TreesConfig = {
  trees: 80,
  leaves: 12,
  learningRate: 0.08,
  ridge: 10,
  fewest: 80,
  featureShare: 0.4,
  slateShare: 0.8,
  depth: 12,
}

/** Node 0 is the root; a node whose `feature` is −1 is a leaf and answers `value`; others go left at `threshold` or below. */
export interface Tree {
  readonly feature: number[]
  readonly threshold: number[]
  readonly left: number[]
  readonly right: number[]
  readonly value: number[]
}

/** The sum of the trees' answers for each row of `features`. */
export function sumTrees(trees: readonly Tree[], features: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(features.length / width)
  for (const { feature, threshold, left, right, value } of trees) {
    for (let row = 0; row < sums.length; row++) {
      let node = 0
      while (feature[node] >= 0) {
        node = features[row * width + feature[node]] <= threshold[node] ? left[node] : right[node]
      }
      sums[row] += value[node]
    }
  }
  return sums
}

export async function teachTrees(
  slates: readonly GradedSlate[],
  width: number,
  config: TreesConfig,
  rng: Rng,
  breathe: Breathe,
): Promise<Tree[]> {
  const rows = slates.reduce((sum, { gains }) => sum + gains.length, 0)
  const starts: number[] = []
  const all = new Float32Array(rows * width)
  let next = 0
  for (const { features, gains } of slates) {
    starts.push(next)
    all.set(features, next * width)
    next += gains.length
  }
  const bins = cutIntoBins(all, width)
  const scores = new Float64Array(rows)
  const slopes = { lambda: new Float64Array(rows), weight: new Float64Array(rows) }
  const trees: Tree[] = []
  for (let round = 0; round < config.trees; round++) {
    slopes.lambda.fill(0)
    slopes.weight.fill(0)
    const seen: number[] = []
    slates.forEach(({ gains, weight = 1 }, slate) => {
      if (rng.next() >= config.slateShare) return
      const [first, end] = [starts[slate], starts[slate] + gains.length]
      addSlopes(gains, scores.subarray(first, end), config.depth, weight, {
        lambda: slopes.lambda.subarray(first, end),
        weight: slopes.weight.subarray(first, end),
      })
      for (let row = first; row < end; row++) seen.push(row)
    })
    const tree = growTree(Int32Array.from(seen), bins, slopes, config, rng)
    trees.push(tree)
    sumTrees([tree], all, width).forEach((value, row) => (scores[row] += value))
    await breathe()
  }
  return trees
}

interface Slopes {
  readonly lambda: Float64Array
  readonly weight: Float64Array
}

function addSlopes(
  gains: Float64Array,
  scores: Float64Array,
  depth: number,
  worth: number,
  { lambda, weight }: Slopes,
): void {
  const order = Array.from(gains, (_, at) => at).sort((a, b) => scores[b] - scores[a] || a - b)
  const ideal = Float64Array.from(gains)
    .sort()
    .reverse()
    .reduce((sum, gain, place) => sum + gain * discount(place), 0)
  if (ideal === 0) return
  const places = Math.min(depth, order.length)
  for (let upper = 0; upper < places; upper++) {
    for (let lower = upper + 1; lower < order.length; lower++) {
      const difference = gains[order[upper]] - gains[order[lower]]
      if (difference === 0) continue
      const [better, worse] = difference > 0 ? [order[upper], order[lower]] : [order[lower], order[upper]]
      const change = (worth * Math.abs(difference) * (discount(upper) - discount(lower))) / ideal
      const doubt = 1 / (1 + Math.exp(scores[better] - scores[worse]))
      lambda[better] += doubt * change
      lambda[worse] -= doubt * change
      weight[better] += doubt * (1 - doubt) * change
      weight[worse] += doubt * (1 - doubt) * change
    }
  }
}

const discounts: number[] = []

function discount(place: number): number {
  return (discounts[place] ??= 1 / Math.log2(place + 2))
}

const mostBins = 32

interface Bins {
  readonly width: number
  /** Feature → the bin of each row. */
  readonly of: readonly Uint8Array[]
  /** Feature → the highest value of each bin but the last. */
  readonly tops: readonly Float32Array[]
}

function cutIntoBins(features: Float32Array, width: number): Bins {
  const rows = features.length / width
  const tops = Array.from({ length: width }, (_, feature) => {
    const values = Float32Array.from({ length: rows }, (_, row) => features[row * width + feature]).sort()
    // What all rows have, a 0 most often, is one bin however common; the rest is shared out evenly.
    const distinct = values.filter((value, at) => at === 0 || value !== values[at - 1])
    const from = distinct.length <= mostBins ? distinct : quantiles(values)
    return from.subarray(0, Math.max(0, from.length - 1))
  })
  const of = tops.map((own, feature) =>
    Uint8Array.from({ length: rows }, (_, row) => {
      const value = features[row * width + feature]
      let bin = 0
      while (bin < own.length && value > own[bin]) bin++
      return bin
    }),
  )
  return { width, of, tops }
}

function quantiles(sorted: Float32Array): Float32Array {
  const cuts = Float32Array.from(
    { length: mostBins },
    (_, bin) => sorted[Math.min(sorted.length - 1, Math.ceil(((bin + 1) * sorted.length) / mostBins))],
  )
  return cuts.filter((value, at) => at === 0 || value !== cuts[at - 1])
}

interface Split {
  readonly feature: number
  readonly bin: number
  readonly gain: number
}

interface Leaf {
  readonly node: number
  readonly rows: Int32Array
  readonly best: Split | null
}

function growTree(rows: Int32Array, bins: Bins, slopes: Slopes, config: TreesConfig, rng: Rng): Tree {
  const features = Array.from({ length: bins.width }, (_, feature) => feature)
  const seen = rng.shuffle(features).slice(0, Math.max(1, Math.round(config.featureShare * bins.width)))
  const tree: Tree = { feature: [], threshold: [], left: [], right: [], value: [] }
  const plant = (own: Int32Array): Leaf => {
    const node = tree.feature.push(-1) - 1
    const [lambda, weight] = sums(own, slopes)
    tree.value[node] = (config.learningRate * lambda) / (weight + config.ridge)
    return { node, rows: own, best: bestSplit(own, seen, bins, slopes, config) }
  }
  const leaves = [plant(rows)]
  while (leaves.length < config.leaves) {
    const open = leaves.filter(({ best }) => best !== null)
    if (open.length === 0) break
    const leaf = open.reduce((most, each) => ((each.best?.gain ?? 0) > (most.best?.gain ?? 0) ? each : most))
    const { feature, bin } = leaf.best as Split
    const binOf = bins.of[feature]
    const goesLeft = (row: number) => binOf[row] <= bin
    const left = plant(leaf.rows.filter(goesLeft))
    const right = plant(leaf.rows.filter((row) => !goesLeft(row)))
    tree.feature[leaf.node] = feature
    tree.threshold[leaf.node] = bins.tops[feature][bin]
    tree.left[leaf.node] = left.node
    tree.right[leaf.node] = right.node
    leaves.splice(leaves.indexOf(leaf), 1, left, right)
  }
  return tree
}

function sums(rows: Int32Array, { lambda, weight }: Slopes): [number, number] {
  let [lambdas, weights] = [0, 0]
  for (const row of rows) {
    lambdas += lambda[row]
    weights += weight[row]
  }
  return [lambdas, weights]
}

function bestSplit(
  rows: Int32Array,
  features: readonly number[],
  bins: Bins,
  slopes: Slopes,
  { ridge, fewest }: TreesConfig,
): Split | null {
  if (rows.length < 2 * fewest) return null
  const [allLambda, allWeight] = sums(rows, slopes)
  const worth = (lambda: number, weight: number) => lambda ** 2 / (weight + ridge)
  const [lambdas, weights, counts] = [0, 1, 2].map(() => new Float64Array(mostBins))
  let best: Split | null = null
  for (const feature of features) {
    for (const histogram of [lambdas, weights, counts]) histogram.fill(0)
    const own = bins.of[feature]
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at]
      const bin = own[row]
      lambdas[bin] += slopes.lambda[row]
      weights[bin] += slopes.weight[row]
      counts[bin]++
    }
    let [lambda, weight, count] = [0, 0, 0]
    for (let bin = 0; bin < bins.tops[feature].length; bin++) {
      lambda += lambdas[bin]
      weight += weights[bin]
      count += counts[bin]
      if (count < fewest || rows.length - count < fewest) continue
      const gain = worth(lambda, weight) + worth(allLambda - lambda, allWeight - weight) - worth(allLambda, allWeight)
      if (gain > (best?.gain ?? 1e-12)) best = { feature, bin, gain }
    }
  }
  return best
}
