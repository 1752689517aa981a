/**
 * Reads shoppers' items in order of time and asks for the last one: leave-one-out, as sequence models are compared.
 *
 * A line is `user item item …`, oldest first (S3-Rec, Zhou et al., CIKM 2020). The file says in what order things came
 * and not when: a step counts as one second, so that no half-life notices it. Items are numbered by a seeded shuffle,
 * because their ids often follow their first appearance, and ties go to the lower number.
 */
import { HaggleError } from '../domain/errors.ts'
import { createRng } from '../base/rng.ts'
import { type Entry, interactionsFrom } from '../preprocess/interactions.ts'
import { type DescribedItem, itemContent } from '../preprocess/item-content.ts'
import { filledRows, type Split } from './split.ts'
import { readFields, shuffledNumbers } from './split-file.ts'

export interface SequenceSplitOptions {
  /** Numbers the items and shuffles. */
  readonly seed: string
  /** What is asked for. With `second-to-last` the last is never seen: the fold on which settings are chosen. */
  readonly heldOut: 'last' | 'second-to-last'
  /** Puts what came before into random order: what is left then is what order itself is worth. */
  readonly shuffled?: boolean
  /** What the catalogue says of an id of the file. */
  readonly describe?: (id: string) => DescribedItem | undefined
}

/** Lines with nothing before what is asked for are learnt from and not asked. */
export async function readSequenceSplit(path: string, options: SequenceSplitOptions): Promise<Split> {
  const sequences = (await readFields(path)).filter((fields) => fields.length > 1).map((fields) => fields.slice(1))
  if (sequences.length === 0) throw new HaggleError('bad-data', `${path} holds no line of a user and their items.`)
  const rng = createRng(options.seed)
  const numbers = shuffledNumbers(sequences.flat(), rng.fork('items'))
  const order = rng.fork('order')
  const dropped = options.heldOut === 'last' ? 0 : 1
  const entries: Entry[] = []
  const targets: Entry[] = []
  sequences.forEach((ids, row) => {
    const known = ids.slice(0, ids.length - dropped).map((id) => numbers.get(id) ?? 0)
    const target = known.length > 1 ? known.pop() : undefined
    if (options.shuffled === true) order.shuffle(known)
    known.forEach((item, at) => entries.push({ row, item, strength: 1, atMs: 1000 * (at - known.length) }))
    if (target !== undefined && !known.includes(target)) targets.push({ row, item: target, strength: 1, atMs: 0 })
  })
  const shape = { rowCount: sequences.length, itemCount: numbers.size, asOfMs: 0 }
  const { describe = () => undefined } = options
  const content = itemContent([...numbers.keys()].map(describe))
  const train = { ...interactionsFrom(entries, shape), content }
  const truth = interactionsFrom(targets, shape).matrix
  return { train, asked: train, truth, rows: filledRows(truth) }
}
