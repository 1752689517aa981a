/**
 * Lets contestants do the same work in turn, round by round, so that a machine that slows down slows all of them, and
 * compares medians.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Timing {
  readonly seconds: number
  readonly megabytes?: number
}

export interface Contestant {
  readonly name: string
  ask(work: string, scale: number): Promise<Timing | { readonly error: string }>
  stop(): void
}

export function startContestant(name: string, command: string, args: readonly string[], env: object): Contestant {
  const child: ChildProcessWithoutNullStreams = spawn(command, args, { env: { ...process.env, ...env } })
  child.stderr.pipe(process.stderr)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    name,
    ask: async (work, scale) => {
      child.stdin.write(`${JSON.stringify({ work, scale })}\n`)
      const { value, done } = (await lines.next()) as { value: string; done?: boolean }
      if (done) return { error: `${name} ended` }
      return JSON.parse(value) as Timing | { readonly error: string }
    },
    stop: () => child.kill(),
  }
}

export interface Result {
  readonly contestant: string
  /** Median over the rounds; `null` where it could not be done, with the reason. */
  readonly seconds: number | null
  readonly megabytes: number | null
  readonly error: string | null
}

export async function race(
  contestants: readonly Contestant[],
  work: string,
  scale: number,
  rounds: number,
): Promise<Result[]> {
  const timings = new Map(contestants.map((contestant) => [contestant, [] as Timing[]]))
  const errors = new Map<Contestant, string>()
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) {
      if (errors.has(contestant)) continue
      const answer = await contestant.ask(work, scale)
      if ('error' in answer) errors.set(contestant, answer.error)
      else timings.get(contestant)?.push(answer)
    }
    const slowest = Math.max(...[...timings.values()].map((each) => each.at(-1)?.seconds ?? 0))
    // Three rounds tell enough of what takes a quarter of a minute.
    if (slowest > 15 && round >= 2) break
  }
  return contestants.map((contestant) => {
    const all = timings.get(contestant) ?? []
    const error = errors.get(contestant) ?? null
    return {
      contestant: contestant.name,
      seconds: error === null ? median(all.map(({ seconds }) => seconds)) : null,
      megabytes: Math.max(0, ...all.map(({ megabytes }) => megabytes ?? 0)) || null,
      error,
    }
  })
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

/** The exponent b of seconds ≈ a·scale^b, by least squares on logarithms; `null` with fewer than two points. */
export function growthExponent(points: readonly { readonly scale: number; readonly seconds: number }[]): number | null {
  if (points.length < 2) return null
  const x = points.map(({ scale }) => Math.log(scale))
  const y = points.map(({ seconds }) => Math.log(seconds))
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [mx, my] = [mean(x), mean(y)]
  const top = x.reduce((sum, value, at) => sum + (value - mx) * (y[at] - my), 0)
  return top / x.reduce((sum, value) => sum + (value - mx) ** 2, 0)
}
