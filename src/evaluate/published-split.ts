/**
 * Reads the train and test files that come with a paper, so that its table can be reproduced.
 *
 * Two shapes, gzipped or plain, told apart by their content: `user item rating …` triples, of which every line counts
 * as a 1; and lists, `user item item …`, one line a user (LightGCN). Ids are whole numbers from 0.
 */
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions, keepEntries } from '../preprocess/interactions.ts'
import { filledRows, type Split } from './split.ts'
import { readFields, wholeNumber } from './split-file.ts'

interface Pairs {
  readonly users: number[]
  readonly items: number[]
}

/** Rows and items are counted over both files; a test entry that stands in the user's train row too is left out. */
export async function readPublishedSplit(trainPath: string, testPath: string): Promise<Split> {
  const files = [await readPairs(trainPath), await readPairs(testPath)]
  const rowCount = 1 + files.reduce((most, { users }) => users.reduce((a, b) => Math.max(a, b), most), -1)
  const itemCount = 1 + files.reduce((most, { items }) => items.reduce((a, b) => Math.max(a, b), most), -1)
  const [train, test] = files.map((pairs) => bareInteractions(binary(pairs, rowCount, itemCount)))
  const truth = keepEntries(test, (entry, row) => !has(train.matrix, row, test.matrix.columns[entry])).matrix
  return { train, asked: train, truth, rows: filledRows(truth) }
}

function binary({ users, items }: Pairs, rowCount: number, itemCount: number): Csr {
  const matrix = csrFromTriples(rowCount, itemCount, users, items, new Float32Array(users.length))
  matrix.values.fill(1)
  return matrix
}

function has({ pointers, columns }: Csr, row: number, column: number): boolean {
  return columns.subarray(pointers[row], pointers[row + 1]).includes(column)
}

async function readPairs(path: string): Promise<Pairs> {
  const lines = await readFields(path)
  const triples = areTriples(lines)
  const pairs: Pairs = { users: [], items: [] }
  lines.forEach((fields, at) => {
    for (const item of triples ? fields.slice(1, 2) : fields.slice(1)) {
      pairs.users.push(wholeNumber(fields[0], path, at))
      pairs.items.push(wholeNumber(item, path, at))
    }
  })
  return pairs
}

/** A list file names each user once; three fields on every line and a user named twice make it triples. */
function areTriples(lines: readonly string[][]): boolean {
  const filled = lines.filter((fields) => fields.length > 0)
  const users = new Set(filled.map((fields) => fields[0]))
  return filled.every((fields) => fields.length === 3 || fields.length === 4) && users.size < filled.length
}
