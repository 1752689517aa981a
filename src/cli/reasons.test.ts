import { describe, expect, it } from 'vitest'
import type { ExplainedHit } from '../http/routes/explain.ts'
import { describeReasons } from './reasons.ts'

const lamp = { objectID: 'p1', title: 'Oak lamp' }
const told: ExplainedHit = {
  hit: lamp,
  maxRecommendations: 4,
  place: 2,
  rank: 3,
  absent: null,
  account: {
    source: 'haggle',
    score: 1.5,
    rest: -0.5,
    kind: 'attribution',
    history: [
      { objectID: 'p2', title: 'Oak table', part: 2.5 },
      { objectID: 'p3', title: '', part: -0.5 },
    ],
    voices: [{ name: 'ease', share: 1, score: 1.5, kind: 'linear' }],
    judgement: {
      score: 2,
      usual: 0.5,
      gap: 0.00001,
      parts: [
        { name: 'popularity', value: 1, usual: 2, part: -0.25 },
        { name: 'ease', value: 3, usual: 1, part: 1.75 },
      ],
    },
    shared: [],
  },
  removal: {
    found: true,
    items: [{ objectID: 'p2', title: 'Oak table' }],
    verified: true,
    minimal: true,
    smallest: true,
    rank: 17,
    recomputed: 3,
  },
}

describe('reasons in words', () => {
  it('name the items, who proposed, what the discriminator made of it and what it hangs on', () => {
    expect(describeReasons(told, false).split('\n')).toEqual([
      '“Oak lamp” (p1) stands at place 2 of 4; by score it is number 3.',
      'Proposed by haggle, an ensemble of 1 models.',
      'For it speaks that there is “Oak table” (p2) (+2.500).',
      'Against it speaks p3 (−0.500).',
      'The discriminator lets it pass: +1.500 beside the usual proposal, most of it by ease (+1.750), popularity (−0.250).',
      'Without “Oak table” (p2) it would not stand here (by score it would be number 17); verified by 3 recomputed answers, no smaller set does.',
    ])
  })

  it('come with all numbers where one item was asked for', () => {
    const text = describeReasons(told, true)
    expect(text).toContain('Score 1.500, of which -0.500 no item of the history says (attribution).')
    expect(text).toMatch(/ease +3\.000 +1\.000 +1\.7500/)
    expect(text).toContain('The parts sum to +1.500, but for 1.0e-5.')
  })

  it('say what is not known, not proven, not found and not recommended', () => {
    const { account } = told
    if (account === null) return expect.fail('there is an account')
    const plain = { ...account, kind: null, judgement: null, history: [], voices: [] }
    const unproven = { ...told.removal, minimal: false, smallest: false, rank: null, recomputed: 200 } as never
    expect(describeReasons({ ...told, removal: unproven }, false)).toContain(
      'there may be a smaller set, and some of them may not be needed',
    )
    const none = { found: false, reason: 'It stays.', recomputed: 4 }
    expect(describeReasons({ ...told, removal: none }, false)).toMatch(/It stays\.$/)
    const shared = [{ tag: 'category:Lamps', part: 0.4 }]
    expect(describeReasons({ ...told, account: { ...plain, source: 'content', shared } }, false)).toContain(
      'What it shares: category Lamps (0.40).',
    )
    expect(describeReasons({ ...told, account: { ...plain, source: 'trending' } }, false)).toContain('in demand')
    const absent = { ...told, place: null, rank: null, absent: 'It is out of stock.', account: null, removal: null }
    expect(describeReasons(absent, false)).toBe(
      '“Oak lamp” (p1) is not recommended. It is out of stock. (by score not among the first thousand)\nNothing that is learnt speaks for it.',
    )
  })
})
