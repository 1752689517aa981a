/**
 * How far hired accounts can push an item, and how far weighing shoppers holds it down: `npx tsx recipes/shilling.ts`
 *
 * `[--set ciao|ml100k] [--models ease,rp3beta,…] [--kinds random,copied,…] [--shares 0.03,0.1] [--seeds 1,2,3]`; a set of
 * `HAGGLE_DATA`. The judge of a kind has never seen it: it is taught with the other kinds (for `copied` without `blend`
 * either), on the attacked table itself, which nobody has marked. Rise: how much the target's median rank falls, over
 * shoppers who have not got it; kept off: the share of the rise that weighing takes away. G@20 of the honest shoppers
 * against the model of the honest table, paired by shopper.
 */
import { parseArgs } from 'node:util'
import { createBreathe } from '../src/base/breathe.ts'
import { createRng } from '../src/base/rng.ts'
import { pairedDifference, spelt } from '../src/evaluate/bootstrap.ts'
import { evaluate } from '../src/evaluate/evaluate.ts'
import type { Split } from '../src/evaluate/split.ts'
import { columnSums } from '../src/kernels/csr.ts'
import { configFor } from '../src/models/index.ts'
import type { Fitted } from '../src/models/model.ts'
import { rowQuery } from '../src/models/row-query.ts'
import { type Interactions, weighRows } from '../src/preprocess/interactions.ts'
import { type AttackKind, attackKinds, withAttacks } from '../src/train/trust/attacks.ts'
import { teachRowJudge } from '../src/train/trust/judge-rows.ts'
import easeCiao from './ease-ciao.ts'
import easeMl100k from './ease-ml100k.ts'
import { dataFolder, type Entry, modelOf, readData } from './recipe.ts'
import { recipes } from './run.ts'

const sets = { ciao: easeCiao, ml100k: easeMl100k } as const
type SetName = keyof typeof sets

function entryOf(model: string, set: SetName): Entry {
  const named = (recipe: string, label: string) => recipes.find(({ name }) => name === recipe)?.entries[label]
  const special: Readonly<Record<string, Entry | undefined>> = {
    ease: sets[set].entries.ease,
    haggle: named('haggle-ciao', 'haggle'),
    cfgan: named(`cfgan-${set}`, 'cfgan'),
  }
  return special[model] ?? { model, seeds: [], bands: {} }
}

const breathe = createBreathe()

function fit(entry: Entry, train: Interactions, seed: string): Promise<Fitted> {
  const model = modelOf(entry)
  const run = { rng: createRng(seed), breathe, progress: () => undefined, epoch: () => undefined }
  return model.fit(train, configFor(model, entry.config), run)
}

/** Median over the shoppers who have not got it, of how many others stand before the target. */
function medianRank(fitted: Fitted, asked: Interactions, target: number): number {
  const scores = new Float32Array(fitted.itemCount)
  const ranks: number[] = []
  for (let row = 0; row < asked.matrix.rowCount; row++) {
    const query = rowQuery(asked, row)
    if (query.items.length === 0 || query.items.includes(target)) continue
    fitted.score(query, scores)
    for (const item of query.items) scores[item] = Number.NEGATIVE_INFINITY
    ranks.push(scores.reduce((above, score) => above + (score > scores[target] ? 1 : 0), 0))
  }
  return ranks.sort((one, other) => one - other)[ranks.length >> 1] ?? 0
}

async function main(): Promise<void> {
  const list = { type: 'string' } as const
  const { values } = parseArgs({ options: { set: list, models: list, kinds: list, shares: list, seeds: list } })
  const set = (values.set ?? 'ciao') as SetName
  const split = await readData(sets[set].data, dataFolder)
  const models = (values.models ?? 'popularity,rp3beta,ease,ials,cfgan,haggle').split(',')
  const kinds = (values.kinds ?? 'random,average,bandwagon,copied').split(',') as AttackKind[]
  const shares = (values.shares ?? '0.01,0.03,0.1').split(',').map(Number)
  const seeds = (values.seeds ?? '1,2,3').split(',')
  for (const model of models) {
    const entry = entryOf(model, set)
    const honest = new Map<string, Fitted>()
    for (const seed of seeds) honest.set(seed, await fit(entry, split.train, seed))
    for (const kind of kinds) {
      for (const share of shares) {
        const runs = []
        for (const seed of seeds) runs.push(await attack(entry, split, kind, share, seed, honest.get(seed) as Fitted))
        console.log(`${set} ${model} ${kind} ${100 * share} %: ${summary(runs)}`)
      }
    }
  }
}

interface Run {
  readonly rise: number
  readonly weighedRise: number
  readonly loss: Float64Array
  readonly weighedLoss: Float64Array
}

async function attack(entry: Entry, split: Split, kind: AttackKind, share: number, seed: string, honest: Fitted) {
  const rng = createRng(`${kind} ${share} ${seed}`)
  const counts = columnSums(split.train.matrix, 0)
  const inOrder = Int32Array.from(counts.keys()).sort((one, other) => counts[one] - counts[other])
  // Of low or middling popularity.
  const target = inOrder[Math.floor((0.2 + 0.6 * rng.next()) * inOrder.length)]
  const accounts = Math.round(share * split.train.matrix.rowCount)
  const attacked = { ...split.train, ...withAttacks(split.train, [{ kind, target, accounts }], rng) }
  const seen = attackKinds.filter((other) => other !== kind && !(kind === 'copied' && other === 'blend'))
  const judge = await teachRowJudge(attacked, { kinds: seen, rng: rng.fork('judge'), breathe })
  const weighed = weighRows(attacked, await judge.beliefs(attacked))
  const before = medianRank(honest, split.train, target)
  const gains = async (fitted: Fitted) => (await evaluate(fitted, split, { cutoffs: [5, 20] })).perRow['G@20']
  const own = await gains(honest)
  const [bare, held] = [await fit(entry, attacked, seed), await fit(entry, weighed, seed)]
  const lost = async (fitted: Fitted) => (await gains(fitted)).map((value, row) => value - own[row])
  return {
    rise: before - medianRank(bare, split.train, target),
    weighedRise: before - medianRank(held, split.train, target),
    loss: await lost(bare),
    weighedLoss: await lost(held),
  } satisfies Run
}

function summary(runs: readonly Run[]): string {
  const total = (of: (run: Run) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  const [rise, weighed] = [total((run) => run.rise), total((run) => run.weighedRise)]
  const paired = (of: (run: Run) => Float64Array) => {
    const means = of(runs[0]).map((_, row) => total((run) => of(run)[row]))
    return pairedDifference(means, new Float64Array(means.length), { rounds: 2000, rng: createRng('paired') })
  }
  return (
    `rise ${rise.toFixed(0)}, weighed ${weighed.toFixed(0)}, kept off ${(100 * (1 - weighed / rise)).toFixed(0)} %; ` +
    `G@20 ${spelt(paired((run) => run.loss))}, weighed ${spelt(paired((run) => run.weighedLoss))}`
  )
}

if (process.argv[1] === import.meta.filename) await main()
