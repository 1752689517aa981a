/**
 * Why the haggle proposes an item, and why it stands where it stands.
 *
 * What is proposed is linear in the base models' scores: mean(i) = Σ_k share_k·(s_k(i) − centre_k)·by_k, so that each
 * part of s_k counts share_k·by_k times, exactly. What the discriminator makes of it is told by integrated gradients
 * (Sundararajan et al., ICML 2017) from the mean b of the slate's features to the item's own x:
 * part_f = (x_f − b_f)·∫₀¹ ∂D/∂f(b + t·(x − b)) dt, for its straight part w·f exactly w_f·(x_f − b_f); the parts sum to
 * D(x) − D(b). The integral is taken at the middles of 64 and more equal steps, until the gap is below 1e-4.
 * Cost: one score, an explanation of each base model, and steps × (features + hidden)·hidden multiply-adds a net.
 */
import { explainScore, sum } from './explain.ts'
import { rankSlate } from './haggle-choice.ts'
import { type Net, type Objective, standard } from './haggle-discriminator.ts'
import { featureNames, sharesOf, type Slate, type WeightedBase } from './haggle-generator.ts'
import type { Judge } from './haggle-judge.ts'
import type { Explanation, Judgement, PartKind, Query, Voice } from './model.ts'

const leastSteps = 64
const mostSteps = 4096
const widestGap = 1e-4

/** Who judges what is proposed, and by which signals besides. */
export interface Judges {
  readonly nets: readonly Net[]
  /** Of `nets`. */
  readonly judge: Judge | null
  readonly objective: Objective
  readonly signals: readonly string[]
}

export function explainProposal(
  slate: Slate,
  bases: readonly (WeightedBase & { readonly name: string })[],
  judges: Judges,
  query: Query,
  item: number,
): Explanation {
  const shares = sharesOf(bases)
  const voices = bases.map(({ name, fitted }, at): Voice => {
    const { centre, by } = slate.scales[at]
    const own = explainScore(fitted, query, item)
    return {
      name,
      share: shares[at],
      kind: own.kind,
      score: (own.score - centre) * by,
      rest: (own.rest - centre) * by,
      history: own.history.map((part) => part * by),
    }
  })
  const together = (of: (voice: Voice) => number) => voices.reduce((total, voice) => total + voice.share * of(voice), 0)
  const history = Float64Array.from(query.items, (_, place) => together((voice) => voice.history[place]))
  const rest = together((voice) => voice.rest)
  const names = featureNames(
    bases.map(({ name }) => name),
    judges.signals,
  )
  const judgement = judgementOf(slate, names, judges, slate.items.indexOf(item))
  return { score: rest + sum(history), rest, history, kind: weakest(voices), voices, judgement }
}

/** Standardising makes even what is linear hang on the whole history. */
function weakest(voices: readonly Voice[]): PartKind {
  return voices.some(({ kind }) => kind === 'leave-one-out') ? 'leave-one-out' : 'attribution'
}

function judgementOf(
  { items, features, mean }: Slate,
  names: readonly string[],
  { nets, judge, objective }: Judges,
  place: number,
): Judgement | null {
  if (judge === null || place < 0) return null
  const width = names.length
  const own = features.slice(place * width, (place + 1) * width)
  const usual = usualOf(features, width)
  const proposal = mean[items[place]]
  const usualProposal = items.reduce((total, each) => total + mean[each], 0) / items.length
  const judged = (row: Float32Array, generator: number) =>
    rankSlate(judge, objective, { features: row, generator: Float32Array.of(generator) })[0]
  const [score, usualScore] = [judged(own, proposal), judged(usual, usualProposal)]
  // To a density ratio the proposal itself is added.
  const added = objective !== 'density ratio' ? 0 : proposal - usualProposal
  const learnt = integrate(nets, usual, own, score - usualScore - added)
  const parts = names
    .map((name, at) => ({ name, value: own[at], usual: usual[at], part: learnt[at] }))
    // Signals the one who asks came without count as the centre, for this item as for the others.
    .filter(({ value }) => !Number.isNaN(value))
  if (objective === 'density ratio') {
    parts.push({ name: 'the proposal itself', value: proposal, usual: usualProposal, part: added })
  }
  const gap = score - usualScore - parts.reduce((total, { part }) => total + part, 0)
  return { score, usual: usualScore, parts, gap }
}

function usualOf(features: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width)
  features.forEach((value, at) => (sums[at % width] += value))
  return Float32Array.from(sums, (total) => (total * width) / features.length)
}

/** Integrated gradients of the mean of the nets; `difference` is what they must sum to. */
function integrate(nets: readonly Net[], from: Float32Array, to: Float32Array, difference: number): Float64Array {
  for (let steps = leastSteps; ; steps *= 2) {
    const parts = new Float64Array(from.length)
    for (const net of nets) addPath(net, from, to, steps, 1 / nets.length, parts)
    if (Math.abs(sum(parts) - difference) < widestGap || steps >= mostSteps) return parts
  }
}

function addPath(
  { centre, scale, parameters }: Net,
  from: Float32Array,
  to: Float32Array,
  steps: number,
  share: number,
  parts: Float64Array,
): void {
  const seen = (features: Float32Array) =>
    Float64Array.from(features, (value, at) => standard(value, centre[at], scale[at]))
  const [start, end] = [seen(from), seen(to)]
  const row = new Float64Array(from.length)
  const gradient = new Float64Array(from.length)
  for (let step = 0; step < steps; step++) {
    const t = (step + 0.5) / steps
    for (let at = 0; at < row.length; at++) row[at] = start[at] + t * (end[at] - start[at])
    gradientOf(parameters, row, gradient)
    for (let at = 0; at < row.length; at++) parts[at] += (share * gradient[at] * (end[at] - start[at])) / steps
  }
}

/** ∂D/∂f at standardised features: w + W₁·((1 − h₁²) ⊙ W₂·((1 − h₂²) ⊙ v)). */
function gradientOf(parameters: readonly Float32Array[], row: Float64Array, gradient: Float64Array): void {
  const [straight, , w1, b1, w2, b2, w3] = parameters
  const first = hiddenOf(row, w1, b1)
  const second = hiddenOf(first, w2, b2)
  const upper = second.map((value, unit) => (1 - value * value) * w3[unit])
  const lower = first.map((value, unit) => (1 - value * value) * rowDot(w2, unit, upper))
  for (let at = 0; at < gradient.length; at++) gradient[at] = straight[at] + rowDot(w1, at, lower)
}

function hiddenOf(input: Float64Array, weights: Float32Array, bias: Float32Array): Float64Array {
  const output = Float64Array.from(bias)
  input.forEach((value, from) => {
    for (let to = 0; to < output.length; to++) output[to] += value * weights[from * output.length + to]
  })
  return output.map(Math.tanh)
}

function rowDot(weights: Float32Array, row: number, vector: Float64Array): number {
  return vector.reduce((total, value, at) => total + value * weights[row * vector.length + at], 0)
}
