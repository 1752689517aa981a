import { describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions, type Interactions } from '../preprocess/interactions.ts'
import { collectLessons, type Lesson, type LessonOptions } from './haggle-lessons.ts'
import type { Query } from './model.ts'

const [rowCount, itemCount] = [80, 12]
const options: LessonOptions = {
  hide: 'auto',
  hideAtLeast: 0,
  folds: 4,
  slice: 0.1,
  maximumSlates: 1000,
  pauseMinutes: 30,
}

/** A row's strengths tell which it is. */
function table(density = 0.4): Interactions {
  const rng = createRng('lessons')
  const cells = Array.from({ length: rowCount * itemCount }, (_, cell) => cell).filter(() => rng.next() < density)
  const [rows, columns] = [cells.map((cell) => Math.floor(cell / itemCount)), cells.map((cell) => cell % itemCount)]
  const matrix = csrFromTriples(
    rowCount,
    itemCount,
    rows,
    columns,
    rows.map((row) => 1 + row),
  )
  const featureNames = ['visits']
  return { ...bareInteractions(matrix), rowFeatures: new Float32Array(rowCount).fill(7), featureNames }
}

/** Whole days, 0 to 39, so that many entries are of one age. */
function withAges(data: Interactions): Interactions {
  const rng = createRng('ages')
  return { ...data, ageDays: Float32Array.from(data.matrix.columns, () => rng.int(40)), asOfMs: 1000 * dayMs }
}

/** "row:item" of each entry, with its age if known. */
function entriesOf({ matrix, ageDays }: Interactions): Map<string, number> {
  const entries = new Map<string, number>()
  for (let row = 0; row < matrix.rowCount; row++) {
    for (let at = matrix.pointers[row]; at < matrix.pointers[row + 1]; at++) {
      entries.set(`${row}:${matrix.columns[at]}`, ageDays?.[at] ?? 0)
    }
  }
  return entries
}

interface Taught {
  readonly rest: Interactions
  readonly queries: Query[]
}

/** Proposes the whole catalogue with the item's index for its one feature, and notes what it was given. */
async function collect(data: Interactions, changed: Partial<LessonOptions> = {}, seed = 'collect') {
  const taught: Taught[] = []
  const { slates: lessons, signals } = await collectLessons(
    data,
    { ...options, ...changed },
    async (rest) => {
      const queries: Query[] = []
      taught.push({ rest, queries })
      const items = Int32Array.from({ length: itemCount }, (_, item) => item)
      return {
        propose: (query) => {
          queries.push(query)
          const mean = Float32Array.from(items, (item) => -item)
          return { items, features: Float32Array.from(items), mean, scales: [] }
        },
      }
    },
    { rng: createRng(seed), breathe: () => undefined },
  )
  return { taught, lessons, signals }
}

const chosenOf = ({ chosen }: Lesson) => [...chosen.keys()].filter((item) => chosen[item] === 1)

describe('lessons without times', () => {
  it('hide by time what was met for the first time, and know nothing of what was met again', async () => {
    const old = withAges(table())
    // Every third entry was met again on the last day.
    const again = (entry: number) => entry % 3 === 0
    const ageDays = old.ageDays?.map((age, entry) => (again(entry) ? 0 : age)) ?? null
    const data = { ...old, ageDays, firstAgeDays: old.ageDays ?? new Float32Array(0) }
    const { taught, lessons } = await collect(data, { hide: 'time' })
    const plain = await collect(old, { hide: 'time' })
    expect(lessons.map(chosenOf)).toEqual(plain.lessons.map(chosenOf))
    taught.forEach(({ rest }, part) => expect(entriesOf(rest)).toEqual(entriesOf(plain.taught[part].rest)))
  })

  it('hide each entry once, from the models that must find it', async () => {
    const data = table()
    const { taught, lessons } = await collect(data)
    const all = entriesOf(data)
    expect(taught).toHaveLength(4)
    const timesLeft = new Map([...all.keys()].map((entry) => [entry, 0]))
    for (const { rest } of taught) {
      for (const entry of entriesOf(rest).keys()) timesLeft.set(entry, (timesLeft.get(entry) ?? NaN) + 1)
    }
    expect([...timesLeft.values()].every((times) => times === 3)).toBe(true)
    expect(lessons).toHaveLength(taught.reduce((sum, { queries }) => sum + queries.length, 0))
  })

  it('mark what was hidden, and nothing that was left to learn from', async () => {
    const data = table()
    const { taught, lessons } = await collect(data)
    const queries = taught.flatMap((each) => each.queries)
    lessons.forEach((lesson, at) => {
      const chosen = chosenOf(lesson)
      expect(chosen.length).toBe(lesson.hidden)
      expect(chosen.filter((item) => queries[at].items.includes(item))).toEqual([])
      // With what was left, the row as it is and no more.
      const row = queries[at].weights[0] - 1
      const whole = Int32Array.of(...chosen, ...queries[at].items).sort()
      expect(whole).toEqual(data.matrix.columns.slice(data.matrix.pointers[row], data.matrix.pointers[row + 1]))
      expect([...lesson.generator]).toEqual([...lesson.features].map((item) => -item))
    })
  })

  it('ask nobody who has nothing left', async () => {
    const { taught } = await collect(table(0.1))
    const queries = taught.flatMap((each) => each.queries)
    expect(queries.length).toBeGreaterThan(0)
    expect(queries.every(({ items }) => items.length > 0)).toBe(true)
  })

  it('blank behaviour features, which knew the hidden', async () => {
    const { taught } = await collect(table())
    for (const { rest, queries } of taught) {
      expect(rest.rowFeatures).toEqual(new Float32Array(rowCount))
      expect(queries.every(({ features }) => features?.[0] === 0)).toBe(true)
    }
  })

  it('keep to the number of slates they are given', async () => {
    expect((await collect(table(), { maximumSlates: 20 })).lessons.length).toBeLessThanOrEqual(20)
  })

  it('are the same for the same seed', async () => {
    const data = table()
    expect((await collect(data)).lessons).toEqual((await collect(data)).lessons)
    expect((await collect(data, {}, 'other')).lessons).not.toEqual((await collect(data)).lessons)
  })
})

describe('lessons with times', () => {
  it('ask the past for the future, a slice at a time', async () => {
    const data = withAges(table())
    const { taught, lessons } = await collect(data)
    const ages = entriesOf(data)
    let lesson = 0
    let presentBefore = Number.NEGATIVE_INFINITY
    for (const { rest, queries } of taught) {
      const present = (data.asOfMs - rest.asOfMs) / dayMs
      expect(present).toBeGreaterThan(presentBefore)
      // Everything that old is there, and is younger by as much as the present has moved.
      const past = [...ages].filter(([, age]) => age >= present).map(([entry, age]) => [entry, age - present])
      expect([...entriesOf(rest)]).toEqual(past)
      for (const { weights } of queries) {
        const row = weights[0] - 1
        for (const item of chosenOf(lessons[lesson])) {
          const age = ages.get(`${row}:${item}`) ?? NaN
          expect(age < present && age >= presentBefore).toBe(true)
        }
        lesson++
      }
      presentBefore = present
    }
    expect(lesson).toBe(lessons.length)
    expect(lesson).toBeGreaterThan(50)
  })

  it('are drawn at random where nearly nobody has a past and a future', async () => {
    const data = table()
    // Everyone came on one day of their own.
    const ageDays = new Float32Array(data.matrix.columns.length)
    for (let row = 0; row < rowCount; row++) ageDays.fill(row, data.matrix.pointers[row], data.matrix.pointers[row + 1])
    const { taught, lessons } = await collect({ ...data, ageDays, asOfMs: 1000 * dayMs })
    expect(taught.every(({ rest }) => rest.asOfMs === 1000 * dayMs)).toBe(true)
    expect(lessons.length).toBeGreaterThan(50)
  })
})

describe('lessons of what came last', () => {
  it("hide each row's latest entry once, in one fold, and keep everything else", async () => {
    const data = withAges(table())
    const { taught, lessons } = await collect(data, { hide: 'last' })
    const all = entriesOf(data)
    const missing = taught.map(({ rest }) => [...all.keys()].filter((entry) => !entriesOf(rest).has(entry)))
    const rowOf = (entry: string) => Number(entry.split(':')[0])
    const rows = missing.flat().map(rowOf)
    expect(new Set(rows).size).toBe(rows.length)
    expect(rows.length).toBe(new Set([...all.keys()].map(rowOf)).size)
    for (const entry of missing.flat()) {
      const others = [...all].filter(([other]) => rowOf(other) === rowOf(entry))
      expect(all.get(entry)).toBe(Math.min(...others.map(([, age]) => age)))
    }
    expect(lessons.every((lesson) => lesson.hidden === 1)).toBe(true)
    expect(missing.every((fold) => fold.length > 5)).toBe(true)
  })
})

describe('lessons that hide only what is strong', () => {
  it.each(['random', 'last', 'time'] as const)('hide nothing weaker (%s)', async (hide) => {
    const data = withAges(table())
    // A row's strengths are its number from 1.
    const { taught } = await collect(data, { hide, hideAtLeast: 41 })
    const queries = taught.flatMap((each) => each.queries)
    expect(queries.length).toBeGreaterThan(20)
    expect(queries.every(({ weights }) => weights[0] >= 41)).toBe(true)
    const weak = [...entriesOf(data).keys()].filter((entry) => Number(entry.split(':')[0]) < 40)
    if (hide !== 'time')
      for (const { rest } of taught) expect([...entriesOf(rest).keys()]).toEqual(expect.arrayContaining(weak))
  })
})
