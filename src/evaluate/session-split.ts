/**
 * Reads visits of a shop and asks, after every click, for the next one: as session models are compared.
 *
 * Two files with a header `SessionId ItemId Time` (unix seconds), as the code of GRU4Rec (Hidasi et al., ICLR 2016)
 * prepares RecSys Challenge 2015 and others. Clicks on items that no training visit has are left out, and visits of
 * fewer than two clicks then. Nothing is masked: the next click may well go back. Items are numbered by a seeded shuffle.
 */
import { createRng } from '../base/rng.ts'
import { dayMs } from '../base/clock.ts'
import { HaggleError } from '../domain/errors.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { type Entry, interactionsFrom, withSteps } from '../preprocess/interactions.ts'
import { filledRows, type Split } from './split.ts'
import { readTable, shuffledNumbers } from './split-file.ts'

interface Click {
  readonly item: string
  readonly atMs: number
}

type Visit = readonly Click[]

/** @throws `bad-data` where a file is not such a table, or a time is not a number. */
export async function readSessionSplit(trainPath: string, testPath: string, seed: string): Promise<Split> {
  return splitOf(await readVisits(trainPath), await readVisits(testPath), seed)
}

/** The fold on which settings are chosen: the visits of the training file's last `days`, asked with those before. */
export async function readLastSessions(trainPath: string, days: number, seed: string): Promise<Split> {
  const visits = await readVisits(trainPath)
  const startMs = (visit: Visit) => visit[0].atMs
  const cutMs = visits.reduce((last, visit) => Math.max(last, startMs(visit)), 0) - days * dayMs
  return splitOf(
    visits.filter((visit) => startMs(visit) < cutMs),
    visits.filter((visit) => startMs(visit) >= cutMs),
    seed,
  )
}

function splitOf(train: readonly Visit[], test: readonly Visit[], seed: string): Split {
  const numbers = shuffledNumbers(
    train.flatMap((visit) => visit.map(({ item }) => item)),
    createRng(seed),
  )
  const indexOf = ({ item }: Click) => numbers.get(item) ?? 0
  const learnt = train.flatMap((visit, row) =>
    visit.map((click) => ({ row, item: indexOf(click), strength: 1, atMs: click.atMs })),
  )
  const asOfMs = learnt.reduce((last, { atMs }) => Math.max(last, atMs), 0)
  const known: Entry[] = []
  const next: number[] = []
  for (const visit of test.map((clicks) => clicks.filter(({ item }) => numbers.has(item)))) {
    for (let at = 1; at < visit.length; at++) {
      // Each question has its own clock, which stands at the click before.
      const nowMs = visit[at - 1].atMs
      for (const click of visit.slice(0, at)) {
        known.push({ row: next.length, item: indexOf(click), strength: 1, atMs: click.atMs - nowMs })
      }
      next.push(indexOf(visit[at]))
    }
  }
  const [rowCount, itemCount] = [next.length, numbers.size]
  const truth = csrFromTriples(
    rowCount,
    itemCount,
    Int32Array.from(next.keys()),
    next,
    new Float32Array(rowCount).fill(1),
  )
  return {
    train: withSteps(interactionsFrom(learnt, { rowCount: train.length, itemCount, asOfMs }), learnt),
    asked: interactionsFrom(known, { rowCount, itemCount, asOfMs: 0 }),
    truth,
    rows: filledRows(truth),
    masked: csrFromTriples(rowCount, itemCount, [], [], []),
  }
}

async function readVisits(path: string): Promise<Visit[]> {
  const visits = new Map<string, Click[]>()
  for (const [line, { SessionId, ItemId, Time }] of (
    await readTable(path, ['SessionId', 'ItemId', 'Time'])
  ).entries()) {
    const atMs = 1000 * Number(Time)
    if (!Number.isFinite(atMs)) throw new HaggleError('bad-data', `${path}, line ${line + 2}: "${Time}" is no time.`)
    const visit = visits.get(SessionId) ?? []
    visits.set(SessionId, visit)
    visit.push({ item: ItemId, atMs })
  }
  for (const visit of visits.values()) visit.sort((a, b) => a.atMs - b.atMs)
  return [...visits.values()]
}
