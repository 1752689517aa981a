import { describe, expect, it } from 'vitest'
import type { GenerationId } from '../domain/ids.ts'
import { nextGenerationId } from './generation-id.ts'

describe('generation ids', () => {
  it('sort by age, also within one millisecond and where the clock went back', () => {
    const ids: GenerationId[] = []
    for (const nowMs of [1e12, 1e12 + 1, 1e12 + 1, 1e12 + 1, 1e12 - 5000, 1e12 + 2]) {
      ids.push(nextGenerationId(nowMs, ids.at(-1)))
    }
    expect(ids).toEqual([...new Set(ids)].sort())
    expect(ids[0]).toBe('20010909T014640000Z-000')
    expect(ids[4]).toBe('20010909T014640001Z-003')
  })
})
