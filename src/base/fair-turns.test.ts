import { expect, it } from 'vitest'
import { createFairTurns, type Turn } from './fair-turns.ts'

/** Work that is done when told so, and notes when it began. */
function benchOf(begun: string[]) {
  const ends: (() => void)[] = []
  return {
    ask: (turn: Turn, name: string, signal?: AbortSignal) =>
      turn(
        () => {
          begun.push(name)
          return new Promise<string>((resolve) => ends.push(() => resolve(name)))
        },
        { signal, onWait: () => begun.push(`${name} waits`) },
      ),
    /** Ends what runs, and lets what is next begin. */
    end: async () => {
      await new Promise((resolve) => setImmediate(resolve))
      ends.shift()?.()
    },
  }
}

it('serves everybody once before anybody twice, one at a time', async () => {
  const turns = createFairTurns()
  const [a, b, c] = ['a', 'b', 'c'].map((name) => turns.of(name))
  const begun: string[] = []
  const { ask, end } = benchOf(begun)
  const all = ['a1', 'a2', 'a3', 'a4'].map((name) => ask(a, name))
  all.push(ask(b, 'b1'), ask(b, 'b2'), ask(c, 'c1'))
  for (let at = 0; at < 7; at++) await end()
  expect(begun.filter((name) => !name.endsWith('waits'))).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4'])
  expect(begun).toContain('b1 waits')
  expect(begun).not.toContain('a1 waits')
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'])
})

it('goes on after work that fails, and without work that was cancelled while it waited', async () => {
  const turns = createFairTurns()
  const [a, b] = ['a', 'b'].map((name) => turns.of(name))
  const begun: string[] = []
  const { ask, end } = benchOf(begun)
  const first = ask(a, 'a1')
  const stop = new AbortController()
  const cancelled = ask(b, 'b1', stop.signal)
  const failing = expect(a(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  const last = ask(b, 'b2')
  stop.abort()
  await expect(cancelled).rejects.toThrow(/cancelled/)
  await expect(ask(b, 'b3', stop.signal)).rejects.toThrow(/cancelled/)
  await end()
  await end()
  await failing
  expect(await Promise.all([first, last])).toEqual(['a1', 'b2'])
  expect(begun).not.toContain('b1')
  expect(await a(async () => 'at once')).toBe('at once')
})
