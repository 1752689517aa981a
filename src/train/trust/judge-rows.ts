/**
 * Judges, row by row, whether a shopper or a hired account wrote it: a discriminator against a family of attackers.
 *
 * The attackers (attacks.ts) are the generator: worlds are made in which some of them push items, every row's marks
 * (row-marks.ts) are taken anew in each, and small nets learn the density ratio D = log p_attack/p_honest between added
 * and given rows (models/haggle-discriminator.ts). Given rows may hold a
 * real attack: the holders of items as odd as pushed ones usually are are not taught as shoppers. A row is believed by
 * w = σ(`steepness`·(b − D)), from `leastBelieved` up, where b is such that one in a hundred of the others is doubted.
 * Cost: worlds × marks of the table, nets of a few hundred weights; rows beyond `mostLearntFrom` (trust-shoppers.ts) are
 * judged, not learnt from.
 */
import type { Breathe } from '../../base/breathe.ts'
import type { Rng } from '../../base/rng.ts'
import { columnSums, type Csr } from '../../kernels/csr.ts'
import { type Net, teachNet } from '../../models/haggle-discriminator.ts'
import { createJudge, type Judge } from '../../models/haggle-judge.ts'
import type { Lesson } from '../../models/haggle-lessons.ts'
import { sigmoid } from '../../nn/losses.ts'
import { type Attack, type AttackKind, attackKinds, type Table, withAttacks } from './attacks.ts'
import { rowMarkNames, rowMarks } from './row-marks.ts'

export interface RowJudgeOptions {
  readonly kinds?: readonly AttackKind[]
  readonly rng: Rng
  readonly breathe: Breathe
}

export interface RowJudge {
  /** w of every row. */
  beliefs(table: Table): Promise<Float32Array>
}

const worldsPerKind = 3
const fewestAccounts = 10
const netCount = 3
const setup = { hidden: 12, steps: 200, batchSize: 8, learningRate: 0.01, ridge: 0.003 }
const task = { objective: 'density ratio', adversarialWeight: 0, start: [], opinions: 0 } as const
const slates = 600
const slateSize = { honest: 48, hired: 8 }
/** Of so many items at most the holders are not learnt from as shoppers. */
const mostSuspectItems = 1
/** Share of the other rows that are doubted, whatever they are. */
const doubted = 0.01
const steepness = 3
const stretch = 4096
const leastBelieved = 0.01

/** Rows with their marks, and which of them were added. */
interface World {
  readonly matrix: Csr
  readonly marks: Float32Array
  readonly given: number
  readonly targetOddness: number
}

export async function teachRowJudge(table: Table, options: RowJudgeOptions): Promise<RowJudge> {
  const { kinds = attackKinds, rng, breathe } = options
  const worlds: World[] = []
  for (let at = 0; at < kinds.length * worldsPerKind; at++) {
    const own = rng.fork(`world ${at}`)
    const attack = drawAttack(table, kinds[at % kinds.length], own)
    const attacked = withAttacks(table, [attack], own)
    const { marks, odd } = await rowMarks(attacked, breathe)
    worlds.push({ matrix: attacked.matrix, marks, given: table.matrix.rowCount, targetOddness: odd[attack.target] })
  }
  const { marks, odd } = await rowMarks(table, breathe)
  const suspects = holdersOf(table.matrix, suspectItems(odd, worlds))
  const nets = await teach(worlds, suspects, rng.fork('nets'), breathe)
  const judge = createJudge(nets)
  const honest = inStretches(judge, marks).filter((_, row) => !suspects.has(row) && !isEmpty(table.matrix, row))
  const bound = honest.sort()[Math.floor((1 - doubted) * (honest.length - 1))] ?? Number.POSITIVE_INFINITY
  return {
    beliefs: async (asked) => {
      const logits = inStretches(judge, (await rowMarks(asked, breathe)).marks)
      return logits.map((logit, row) =>
        isEmpty(asked.matrix, row) ? 1 : Math.max(leastBelieved, sigmoid(steepness * (bound - logit))),
      )
    },
  }
}

/** A stretch of rows at a time, so that a shop with a million shoppers takes no more room than one with a few thousand. */
function inStretches(judge: Judge, marks: Float32Array): Float32Array {
  const width = rowMarkNames.length
  const logits = new Float32Array(marks.length / width)
  for (let row = 0; row < logits.length; row += stretch) {
    logits.set(judge(marks.subarray(row * width, (row + stretch) * width)), row)
  }
  return logits
}

/** As odd as what is pushed usually is; the oddest few at most. */
function suspectItems(odd: Float64Array, worlds: readonly World[]): Set<number> {
  const usual = Float64Array.from(worlds, ({ targetOddness }) => targetOddness).sort()
  const limit = usual[Math.floor(usual.length / 2)]
  const items = Int32Array.from(odd.keys()).filter((item) => odd[item] <= limit)
  return new Set(items.sort((one, other) => odd[one] - odd[other]).subarray(0, mostSuspectItems))
}

function holdersOf({ rowCount, pointers, columns }: Csr, items: ReadonlySet<number>): Set<number> {
  const rows = Int32Array.from({ length: rowCount }, (_, row) => row)
  return new Set(
    rows.filter((row) => columns.subarray(pointers[row], pointers[row + 1]).some((item) => items.has(item))),
  )
}

function isEmpty({ pointers }: Csr, row: number): boolean {
  return pointers[row] === pointers[row + 1]
}

async function teach(
  worlds: readonly World[],
  suspects: ReadonlySet<number>,
  rng: Rng,
  breathe: Breathe,
): Promise<Net[]> {
  const lessons = Array.from({ length: slates }, (_, at) => slateOf(worlds[at % worlds.length], suspects, rng))
  const all: Net[] = []
  for (let at = 0; at < netCount; at++) {
    all.push(await teachNet(lessons, setup, task, rng.fork(`net ${at}`), { breathe, onLosses: () => undefined }))
  }
  return all
}

/** A few given rows and a few added ones; the generator's p lies evenly on the former. */
function slateOf({ matrix, marks, given }: World, suspects: ReadonlySet<number>, rng: Rng): Lesson {
  const width = rowMarkNames.length
  const rows: number[] = []
  while (rows.length < slateSize.honest) {
    const row = rng.int(given)
    if (!suspects.has(row) && !isEmpty(matrix, row)) rows.push(row)
  }
  while (rows.length < slateSize.honest + slateSize.hired) rows.push(given + rng.int(matrix.rowCount - given))
  return {
    row: -1,
    features: Float32Array.from({ length: rows.length * width }, (_, at) => {
      return marks[rows[Math.floor(at / width)] * width + (at % width)]
    }),
    generator: Float32Array.from(rows, (row) => (row < given ? 0 : Number.NEGATIVE_INFINITY)),
    chosen: Uint8Array.from(rows, (row) => (row < given ? 0 : 1)),
    hidden: 0,
  }
}

/** Between one and twelve in a hundred accounts push an item that is no bestseller. */
function drawAttack({ matrix }: Table, kind: AttackKind, rng: Rng): Attack {
  const counts = columnSums(matrix, 0)
  const inOrder = Int32Array.from(counts.keys()).sort((one, other) => counts[one] - counts[other])
  const target = inOrder[Math.floor(0.9 * rng.next() * inOrder.length)]
  const share = 0.01 * 12 ** rng.next()
  return { kind, target, accounts: Math.max(fewestAccounts, Math.round(share * matrix.rowCount)) }
}
