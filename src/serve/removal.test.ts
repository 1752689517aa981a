import { describe, expect, it } from 'vitest'
import { searchRemoval } from './removal.ts'

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** Asked of `changes`, noting every question. */
async function search(changes: (without: ReadonlySet<string>) => boolean, budget = 1000, entries = letters) {
  const asked: string[] = []
  const result = await searchRemoval(
    entries,
    async (without) => {
      asked.push([...without].sort().join(''))
      return changes(new Set(without))
    },
    budget,
  )
  return { ...result, asked, count: result.asked }
}

describe('the smallest removal', () => {
  it('is a single entry where one will do, however weak it looked', async () => {
    const { removal } = await search((without) => without.has('g'))
    expect(removal).toEqual({ removed: ['g'], minimal: true, smallest: true })
  })

  it('is a pair that only works together', async () => {
    const { removal } = await search((without) => without.has('b') && without.has('f'))
    expect(removal).toEqual({ removed: ['b', 'f'], minimal: true, smallest: true })
  })

  it('is a smaller set than the one that strength leads to', async () => {
    const { removal } = await search(
      (without) => 'abc'.split('').every((each) => without.has(each)) || without.has('h'),
    )
    expect(removal?.removed).toEqual(['h'])
    expect(removal?.smallest).toBe(true)
  })

  it('was asked itself, and nothing is asked twice', async () => {
    const { removal, asked, count } = await search((without) => without.size >= 4)
    expect(removal?.removed).toHaveLength(4)
    expect(asked).toContain([...(removal?.removed ?? [])].sort().join(''))
    expect(new Set(asked).size).toBe(asked.length)
    expect(count).toBe(asked.length)
  })

  it('is called neither minimal nor smallest where the budget ends before that is known', async () => {
    const { removal, count } = await search((without) => without.size >= 4, 6)
    expect(count).toBe(6)
    expect(removal).toMatchObject({ minimal: false, smallest: false })
    const pruned = await search((without) => without.size >= 4, 12)
    expect(pruned.removal).toMatchObject({ minimal: true, smallest: false })
    expect(pruned.removal?.removed).toHaveLength(4)
  })

  it('does not go through all sets of a long history', async () => {
    const long = Array.from({ length: 300 }, (_, at) => String(at))
    const { removal, count } = await search((without) => without.size >= 12, 200, long)
    expect(removal).toMatchObject({ minimal: true, smallest: false })
    expect(count).toBe(200)
  })

  it('is none where nothing helps, or the budget is too small to find out', async () => {
    expect((await search(() => false)).removal).toBeNull()
    expect((await search((without) => without.size === 8, 2)).removal).toBeNull()
    expect(await search(() => true, 10, [])).toMatchObject({ removal: null, count: 0 })
  })
})
