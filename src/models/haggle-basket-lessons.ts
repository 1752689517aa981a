/**
 * What the discriminator learns from where things are bought again: the last basket of each shopper, whole.
 *
 * A share of the shoppers at a time loses their last basket, base models are fitted on the rest (the others' baskets
 * stay, as they will when it is asked live), and each is asked for a slate; what stands in the basket was chosen, bought
 * before or not. Cost: `folds` fits of the base models and a slate a shopper with two baskets.
 */
import type { Rng } from '../base/rng.ts'
import { basketsOfRow, type Baskets, stackBaskets } from '../preprocess/baskets.ts'
import { type Interactions, keepEntries, keepSteps } from '../preprocess/interactions.ts'
import { askRows, collectLessons, type Lesson, type LessonOptions, type Lessons, type Teach } from './haggle-lessons.ts'
import type { FitRun } from './model.ts'
import { rowQuery } from './row-query.ts'

/** Without baskets, the lessons of things not met yet. */
export async function collectBasketLessons(
  data: Interactions,
  options: LessonOptions,
  teach: Teach,
  run: Pick<FitRun, 'rng' | 'breathe'>,
): Promise<Lessons> {
  const { baskets } = data
  if (baskets === undefined) return collectLessons(data, options, teach, run)
  const rng = run.rng.fork('basket lessons')
  const foldOf = drawFolds(baskets, options.folds, rng)
  const slates: Lesson[] = []
  for (let fold = 0; fold < options.folds; fold++) {
    const rest = withoutLast(data, baskets, (row) => foldOf[row] === fold)
    const generator = await teach(rest, fold, [])
    const question = (row: number) => {
      const { starts, items } = basketsOfRow(baskets, row)
      return { row, query: rowQuery(rest, row), hidden: new Set(items.subarray(starts[starts.length - 2])) }
    }
    const rows = rng.shuffle(Int32Array.from(foldOf.keys()).filter((row) => foldOf[row] === fold))
    slates.push(...(await askRows(generator, rows, question, options, run)))
  }
  return { slates, signals: [] }
}

/** -1 for who came once. */
function drawFolds({ rows }: Baskets, folds: number, rng: Rng): Int32Array {
  return Int32Array.from({ length: rows.length - 1 }, (_, row) => (rows[row + 1] - rows[row] < 2 ? -1 : rng.int(folds)))
}

/** As it stood before the last basket of some rows. Behaviour features would tell of it: blanked. */
function withoutLast(data: Interactions, baskets: Baskets, loses: (row: number) => boolean): Interactions {
  const { matrix, ageDays, rowFeatures, steps } = data
  const lists = Array.from({ length: matrix.rowCount }, (_, row) => {
    const { starts, items, ageDays: ages } = basketsOfRow(baskets, row)
    const left = loses(row) ? ages.subarray(0, -1) : ages
    return Array.from(left, (age, at) => ({ ageDays: age, items: [...items.subarray(starts[at], starts[at + 1])] }))
  })
  // Oldest first: the latest age of an item is the one that stays.
  const latest = lists.map(
    (list) => new Map(list.flatMap(({ items, ageDays: age }) => items.map((item) => [item, age]))),
  )
  const ageOf = (entry: number, row: number) => latest[row].get(matrix.columns[entry])
  const ages = ageDays?.slice() ?? null
  for (let row = 0; row < matrix.rowCount; row++) {
    if (ages === null || !loses(row)) continue
    for (let entry = matrix.pointers[row]; entry < matrix.pointers[row + 1]; entry++) {
      ages[entry] = ageOf(entry, row) ?? ages[entry]
    }
  }
  const blind = rowFeatures === null ? null : new Float32Array(rowFeatures.length)
  const before = {
    ...data,
    ageDays: ages,
    baskets: stackBaskets(lists),
    rowFeatures: blind,
    // Of what was bought again, the last time is gone as well.
    ...(steps === undefined
      ? {}
      : {
          steps: keepSteps(
            steps,
            (step, row) => !loses(row) || steps.ageDays[step] >= (lists[row].at(-1)?.ageDays ?? 0),
          ),
        }),
  }
  return keepEntries(before, (entry, row) => !loses(row) || ageOf(entry, row) !== undefined)
}
