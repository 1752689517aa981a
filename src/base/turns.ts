/** Lets work on the same names wait for each other, in the order it came; work on other names goes on beside. */
export interface Turns {
  take<Result>(names: readonly string[], work: () => Promise<Result>): Promise<Result>
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    take: (names, work) => {
      const before = names.map((name) => last.get(name) ?? Promise.resolve())
      const done = Promise.all(before).then(work)
      const settled = done.then(
        () => undefined,
        () => undefined,
      )
      for (const name of names) last.set(name, settled)
      void settled.then(() => {
        for (const name of names) if (last.get(name) === settled) last.delete(name)
      })
      return done
    },
  }
}
