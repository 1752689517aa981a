/**
 * One contestant: a process that does the works it is asked for and says how long each took.
 *
 * Reads `{"work", "scale"}` a line, answers `{"seconds", "megabytes"}` or `{"error"}`. Data are made at the first call
 * and kept for the rounds that follow, until another work is asked for. The backend and its threads come from the
 * environment.
 */
import { createInterface } from 'node:readline'
import { works } from './works.ts'

let kept: { readonly key: string; readonly run: () => unknown } | null = null

for await (const line of createInterface({ input: process.stdin })) {
  const { work, scale } = JSON.parse(line) as { work: string; scale: number }
  console.log(JSON.stringify(await answer(work, scale)))
}

async function answer(name: string, scale: number): Promise<object> {
  try {
    const key = `${name} ${scale}`
    if (kept?.key !== key) {
      kept = null
      const work = works.find((known) => known.name === name)
      if (work === undefined) throw new Error(`There is no work "${name}".`)
      kept = { key, run: await work.prepare(scale) }
      // Once unmeasured: code is compiled, memory is there.
      await kept.run()
    }
    const started = performance.now()
    await kept.run()
    return { seconds: (performance.now() - started) / 1000, megabytes: process.memoryUsage().rss / 1e6 }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
