import { expect, it } from 'vitest'
import { learnBeside } from './learn-beside.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('learns one at a time, after whoever asked, again where more came meanwhile, and not once it is ended', async () => {
  const ended = new AbortController()
  let [changes, running, learnt] = [1, 0, 0]
  const wake = learnBeside(
    {
      get isStale() {
        return changes > 0
      },
      learn: async () => {
        expect(running++).toBe(0)
        changes--
        await turn()
        running--
        learnt++
      },
    },
    { signal: ended.signal, onFailure: (error) => expect.fail(String(error)) },
  )
  wake()
  expect([learnt, running]).toEqual([0, 0])
  await turn()
  changes++
  wake()
  await expect.poll(() => learnt).toBe(2)
  ended.abort()
  changes++
  wake()
  await turn()
  await turn()
  expect([learnt, changes]).toEqual([2, 1])
})

it('says what went wrong, and tries again by itself or with the next change', async () => {
  const failures: unknown[] = []
  let attempts = 0
  const options = { signal: new AbortController().signal, onFailure: (error: unknown) => void failures.push(error) }
  const learner = {
    get isStale() {
      return attempts < 3
    },
    learn: () => (++attempts < 3 ? Promise.reject(new Error(`attempt ${attempts}`)) : Promise.resolve()),
  }
  learnBeside(learner, { ...options, retryMs: 1 })()
  await expect.poll(() => attempts).toBe(3)
  expect(failures).toHaveLength(2)
  attempts = 1
  const wake = learnBeside(learner, options)
  wake()
  await expect.poll(() => failures.length).toBe(3)
  await turn()
  wake()
  await expect.poll(() => attempts).toBe(3)
})
