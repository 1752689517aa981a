/** A piece of work that contestants are timed on. Each contestant is a process that knows all works by name. */
export interface Work {
  readonly name: string
  /** What is done, in a few words; `scale` is 1, 10 or 100 unless the work has sizes of its own. */
  readonly about: string
  readonly scales: readonly number[]
  /** Largest scale at which the plain TypeScript path is asked: beyond, a round would take minutes. */
  readonly plainUpTo?: number
  /** The same work exists in `peer.py`. */
  readonly peer?: boolean
  /** What it is worth, to state a rate: floating-point operations or bytes moved in one run. */
  readonly operations?: (scale: number) => number
  readonly bytes?: (scale: number) => number
  /** Makes the data, untimed; the function it resolves to is what is timed. */
  prepare(scale: number): Promise<() => unknown>
}
