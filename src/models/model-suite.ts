/** What every model must do, whatever it learns by: run on each entry of the registry by `models.test.ts`. */
import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { type Csr, csrFromTriples, rowsOf } from '../kernels/csr.ts'
import { bareInteractions, type Interactions } from '../preprocess/interactions.ts'
import { explainScore, sum, withoutPlaces } from './explain.ts'
import { configFor } from './index.ts'
import type { Fitted, FitRun, Model, Query } from './model.ts'
import { strangerQuery } from './query.ts'
import { decodeState, encodeState } from './state.ts'

export interface SuiteOptions {
  /** Settings that suit a dozen items, where the defaults are meant for thousands. */
  readonly config?: unknown
  /** False for a model that tells everyone the same. */
  readonly personal?: boolean
}

const groupSize = 8
/** Even items are one taste, odd ones the other; the last item nobody knows. */
const itemCount = 2 * groupSize + 1

/**
 * A checkerboard: shopper and item go together where both are even or both are odd. Odd shoppers are three times as
 * many, so that popularity alone gets the even ones wrong; each has missed one item of their taste in four.
 */
function checkerboard(): Interactions {
  const rng = createRng('checkerboard')
  const rows: number[] = []
  const columns: number[] = []
  for (let row = 0; row < 80; row++) {
    const taste = row % 4 === 0 ? 0 : 1
    for (let item = taste; item < 2 * groupSize; item += 2) {
      if (rng.next() < 0.25) continue
      rows.push(row)
      columns.push(item)
    }
  }
  return bareInteractions(csrFromTriples(80, itemCount, rows, columns, new Float32Array(rows.length).fill(1)))
}

function only(entries: [row: number, column: number, value: number][], rows: number, columns: number): Interactions {
  const matrix = csrFromTriples(
    rows,
    columns,
    entries.map(([row]) => row),
    entries.map(([, column]) => column),
    entries.map(([, , value]) => value),
  )
  return bareInteractions(matrix)
}

function runWith(seed: string, signal?: AbortSignal): FitRun {
  return {
    rng: createRng(seed),
    breathe: createBreathe(signal),
    progress: (fraction) => expect(fraction >= 0 && fraction <= 1).toBe(true),
    epoch: () => undefined,
  }
}

function queryOf(items: readonly number[], weights = items.map(() => 1)): Query {
  return { items: Int32Array.from(items), weights: Float32Array.from(weights), ageDays: null, features: null }
}

/** Scores in an array that held NaN before: what the model does not write fails the check. */
function scoresOf(fitted: Fitted, query: Query): Float32Array {
  const scores = new Float32Array(fitted.itemCount).fill(NaN)
  fitted.score(query, scores)
  expect(scores.every(Number.isFinite)).toBe(true)
  return scores
}

function ranked(scores: Float32Array): number[] {
  return [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b)
}

function itemsOf(matrix: Csr, row: number): number[] {
  return [...matrix.columns.subarray(matrix.pointers[row], matrix.pointers[row + 1])]
}

export function modelSuite(model: Model, options: SuiteOptions = {}): void {
  const config = configFor(model, options.config ?? {})
  const personal = options.personal ?? true
  // Whoever tells everyone the same cannot be asked to tell shoppers apart.
  const personalIt = personal ? it : () => undefined
  const fit = (data: Interactions, seed = 'suite') => model.fit(data, config, runWith(seed))

  describe(model.name, () => {
    personalIt('recommends the rest of their own taste first, to shoppers of both tastes', async () => {
      const data = checkerboard()
      const fitted = await fit(data)
      for (let row = 0; row < data.matrix.rowCount; row++) {
        const seen = itemsOf(data.matrix, row)
        const unseen = ranked(scoresOf(fitted, queryOf(seen))).filter((item) => !seen.includes(item))
        const wanted = groupSize - seen.length
        expect(unseen.slice(0, wanted).every((item) => item % 2 === seen[0] % 2 && item < 2 * groupSize)).toBe(true)
      }
    })

    personalIt('understands a shopper it was not trained on, from two items', async () => {
      const fitted = await fit(checkerboard())
      for (const taste of [0, 1]) {
        const seen = [taste, taste + 4]
        const unseen = ranked(scoresOf(fitted, queryOf(seen))).filter((item) => !seen.includes(item))
        expect(unseen.slice(0, groupSize - 2).every((item) => item % 2 === taste)).toBe(true)
      }
    })

    personalIt('answers differently after one more event, with no training in between', async () => {
      const fitted = await fit(checkerboard())
      const before = scoresOf(fitted, queryOf([0]))
      const after = scoresOf(fitted, queryOf([0, 3]))
      expect(after).not.toEqual(before)
      expect(after[1] - after[2]).toBeGreaterThan(before[1] - before[2])
    })

    it('orders items by popularity for a stranger', async () => {
      const steps: [number, number, number][] = []
      for (let row = 0; row < 24; row++) {
        for (let item = 0; item < 6; item++) if (row % (item + 1) === 0) steps.push([row, 5 - item, 1])
      }
      const fitted = await fit(only(steps, 24, 7))
      expect(ranked(scoresOf(fitted, strangerQuery))).toEqual([5, 4, 3, 2, 1, 0, 6])
    })

    it('scores every item, also those nobody has met', async () => {
      const fitted = await fit(checkerboard())
      expect(fitted.itemCount).toBe(itemCount)
      scoresOf(fitted, strangerQuery)
      scoresOf(fitted, queryOf([itemCount - 1]))
      scoresOf(fitted, queryOf([0, 1, itemCount - 1], [0.001, 40, 2]))
    })

    it('does not remember what it was asked before', async () => {
      const fitted = await fit(checkerboard())
      const first = scoresOf(fitted, queryOf([2, 4]))
      scoresOf(fitted, queryOf([1, 3, 5], [5, 4, 3]))
      expect(scoresOf(fitted, queryOf([2, 4]))).toEqual(first)
    })

    it('learns from one shopper and one item', async () => {
      scoresOf(await fit(only([[0, 0, 2]], 1, 1)), queryOf([0]))
    })

    it('learns the same bytes from the same seed', async () => {
      const bytes = async () => encodeState((await fit(checkerboard(), 'same')).serialise())
      expect(Buffer.compare(await bytes(), await bytes())).toBe(0)
    })

    it('gives the same scores after a trip through bytes', async () => {
      const fitted = await fit(checkerboard())
      const loaded = model.load(decodeState(encodeState(fitted.serialise())))
      for (const query of [strangerQuery, queryOf([3]), queryOf([0, 2, 5], [1, 2, 0.5])]) {
        expect(scoresOf(loaded, query)).toEqual(scoresOf(fitted, query))
      }
    })

    it('takes a score apart into what each item of the history says, and nothing is left', async () => {
      const fitted = await fit(checkerboard())
      for (const query of [strangerQuery, queryOf([4]), queryOf([0, 2, 5], [1, 2, 0.5]), queryOf([1, 7, 3, 16])]) {
        const scores = scoresOf(fitted, query)
        const within = 1e-4 * Math.max(...scores.map(Math.abs))
        for (const item of [1, 6, 16]) {
          const { score, rest, history, voices } = explainScore(fitted, query, item)
          expect(history).toHaveLength(query.items.length)
          expect(rest + sum(history)).toBeCloseTo(score, 10)
          if (voices === undefined) expect(Math.abs(score - scores[item])).toBeLessThanOrEqual(within)
        }
      }
    })

    it('names a part linear only where leaving out its entry takes exactly that away', async () => {
      const fitted = await fit(checkerboard())
      const query = queryOf([0, 2, 5], [1, 2, 0.5])
      const before = scoresOf(fitted, query)
      const within = 1e-4 * Math.max(...before.map(Math.abs))
      for (const item of [4, 6, 7]) {
        const { kind, history, voices } = explainScore(fitted, query, item)
        if (kind !== 'linear' || voices !== undefined) continue
        history.forEach((part, place) => {
          const after = scoresOf(fitted, withoutPlaces(query, new Set([place])))[item]
          expect(Math.abs(before[item] - after - part)).toBeLessThanOrEqual(within)
        })
      }
    })

    it('scores some alone as it scores all', async ({ skip }) => {
      const fitted = await fit(checkerboard())
      if (fitted.scoreOf === undefined) return skip(`${model.name} scores all or none`)
      for (const query of [queryOf([0, 2, 5], [1, 2, 0.5]), queryOf([4], [1]), queryOf([], [])]) {
        const all = scoresOf(fitted, query)
        expect([...fitted.scoreOf(query, [6, 0, 3])]).toEqual([all[6], all[0], all[3]])
      }
    })

    it('is without a shopper it unlearnt as if it had never met them', async ({ skip }) => {
      if (model.unlearn === undefined) return skip(`${model.name} can only learn anew`)
      const [all, gone] = [checkerboard(), Int32Array.of(3, 16, 44)]
      const rest = Int32Array.from({ length: all.matrix.rowCount }, (_, row) => row).filter(
        (row) => !gone.includes(row),
      )
      const part = (rows: Int32Array) => bareInteractions(rowsOf(all.matrix, rows))
      const state = await model.unlearn((await fit(all)).serialise(), part(gone), createBreathe())
      if (state === null) throw new Error('this state cannot be unlearnt from')
      const [unlearnt, anew, before] = [model.load(state), await fit(part(rest)), await fit(all)]
      for (const query of [strangerQuery, queryOf([0, 2, 5], [1, 2, 0.5]), queryOf([1], [1])]) {
        const [own, right, old] = [unlearnt, anew, before].map((each) => scoresOf(each, query))
        const scale = Math.max(...right.map(Math.abs))
        const apart = (scores: Float32Array) => Math.max(...scores.map((score, item) => Math.abs(score - right[item])))
        expect(apart(own)).toBeLessThan(1e-5 * scale)
        expect(apart(old)).toBeGreaterThan(1e-3 * scale)
      }
      // Once more, from what was written.
      const again = await model.unlearn(
        decodeState(encodeState(unlearnt.serialise())),
        part(Int32Array.of(0)),
        createBreathe(),
      )
      expect(again).not.toBeNull()
    })

    it('rejects an empty matrix with no-data', async () => {
      await expect(fit(only([], 3, 4))).rejects.toMatchObject({ code: 'no-data' })
      await expect(fit(only([], 0, 0))).rejects.toMatchObject({ code: 'no-data' })
    })

    it('stops loudly where a strength is not a number', async () => {
      const { matrix } = checkerboard()
      const spoilt = bareInteractions({ ...matrix, values: matrix.values.with(5, NaN) })
      await expect(fit(spoilt)).rejects.toMatchObject({ code: 'diverged' })
    })

    it('stops when it is cancelled', async () => {
      const cancelled = model.fit(checkerboard(), config, runWith('suite', AbortSignal.abort()))
      await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
    })

    it("refuses another model's state, another version's and one with a piece missing", async () => {
      const state = (await fit(checkerboard())).serialise()
      const badState = expect.objectContaining({ code: 'bad-state' }) as Error
      expect(() => model.load({ ...state, model: 'another' })).toThrow(badState)
      expect(() => model.load({ ...state, version: state.version + 1 })).toThrow(badState)
      expect(() => model.load({ ...state, arrays: {} })).toThrow(badState)
      expect(() => model.load({ ...state, itemCount: state.itemCount + 1 })).toThrow(badState)
    })
  })
}
