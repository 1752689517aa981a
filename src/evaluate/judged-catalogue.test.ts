import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { textualScores } from '../retrieve/textual-order.ts'
import { judgeSearch, pairedGain } from './judged.ts'
import { judgedSlates, judgeSlates } from './judged-catalogue.ts'
import { readJudgedPairs } from './judged-file.ts'
import { titleBm25 } from './title-bm25.ts'

const path = join(process.env.HAGGLE_DATA ?? '../shared/data', 'crowdflower-search/train.csv.zip')

it.skipIf(!existsSync(path))(
  `the textual order is surely better than title BM25 on Crowdflower (skipped where ${path} is absent)`,
  { timeout: 120_000 },
  async () => {
    const set = await readJudgedPairs(path)
    const options = { attributes: ['title', 'description'], languages: ['en'], breathe: createBreathe() }
    const slates = await judgedSlates(set, { ...options, rng: createRng('1') })
    const ours = judgeSlates(slates, ({ signals }) => textualScores(signals))
    const theirs = judgeSearch(set.queries, titleBm25(set.records.map(({ title }) => title as string)))
    const gain = pairedGain(ours, theirs, { rounds: 1000, rng: createRng('2') })
    expect(gain.mean).toBeGreaterThan(0.047)
    expect(gain.mean).toBeLessThan(0.065)
    expect(gain.low).toBeGreaterThan(0.02)
  },
)
