/**
 * `npm run bench [-- NAME …] [--rounds N] [--out FOLDER]`: every work, or those whose name begins with one of the names.
 *
 * Ratios within one run, never bare seconds: our kernels on one thread and on all, the plain TypeScript path, and, where
 * `HAGGLE_PYTHON` names a Python with torch and NumPy, the same work there. Writes `bench.json` and `bench.md`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Contestant, growthExponent, race, type Result, startContestant } from './race.ts'
import type { Work } from './work.ts'
import { works } from './works.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    out: { type: 'string', default: '.' },
    list: { type: 'boolean' },
  },
})
const threads = availableParallelism()
const script = join(import.meta.dirname, 'contestant.ts')
const ours = (name: string, env: object) => startContestant(name, process.execPath, ['--import', 'tsx', script], env)
const python = process.env.HAGGLE_PYTHON

interface Line {
  readonly work: string
  readonly about: string
  readonly scale: number
  readonly results: readonly Result[]
}

const chosen = works.filter(
  ({ name }) => positionals.length === 0 || positionals.some((start) => name.startsWith(start)),
)
if (values.list === true) for (const { name, about } of works) console.log(`${name}\n  ${about}`)
else await benchAll()

async function benchAll(): Promise<void> {
  const one = ours('one thread', { HAGGLE_THREADS: '1' })
  const all = ours('all threads', { HAGGLE_THREADS: String(threads) })
  const plain = ours('plain', { HAGGLE_KERNELS: 'plain', HAGGLE_THREADS: '1' })
  const peers =
    python === undefined ? [] : [startContestant('torch', python, [join(import.meta.dirname, 'peer.py')], {})]
  const lines: Line[] = []
  for (const work of chosen) {
    for (const scale of work.scales) {
      const asked = [one, all, ...(scale <= (work.plainUpTo ?? Infinity) ? [plain] : []), ...(work.peer ? peers : [])]
      const results = await race(asked, work.name, scale, Number(values.rounds))
      lines.push({ work: work.name, about: work.about, scale, results })
      console.log(describe(lines[lines.length - 1]))
    }
  }
  for (const contestant of [one, all, plain, ...peers] as Contestant[]) contestant.stop()
  const machine = { processor: cpus()[0].model, threads, node: process.version }
  mkdirSync(values.out, { recursive: true })
  writeFileSync(join(values.out, 'bench.json'), JSON.stringify({ machine, lines }, null, 2))
  writeFileSync(join(values.out, 'bench.md'), table(machine, lines))
}

function secondsOf({ results }: Line, contestant: string): number | null {
  return results.find((result) => result.contestant === contestant)?.seconds ?? null
}

function ratio(line: Line, contestant: string): string {
  const [mine, other] = [secondsOf(line, 'all threads'), secondsOf(line, contestant)]
  return mine === null || other === null ? '–' : (mine / other).toPrecision(2)
}

function describe(line: Line): string {
  const each = line.results.map(
    ({ contestant, seconds, error }) =>
      `${contestant} ${seconds === null ? error : `${(1000 * seconds).toPrecision(3)} ms`}`,
  )
  return `${line.work} ×${line.scale}: ${each.join(', ')}`
}

function table(machine: object, lines: readonly Line[]): string {
  const head = ['work', 'scale', 'ms', 'rate', 'to plain', 'to one thread', 'to torch', 'MB', 'growth']
  const rows = lines.map((line) => [
    line.work,
    `×${line.scale}`,
    secondsOf(line, 'all threads') === null
      ? (line.results[1].error ?? '–')
      : (1000 * (secondsOf(line, 'all threads') ?? 0)).toPrecision(3),
    rate(line),
    ratio(line, 'plain'),
    ratio(line, 'one thread'),
    ratio(line, 'torch'),
    line.results[1].megabytes?.toFixed(0) ?? '–',
    growth(line, lines),
  ])
  const asText = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [
    `${JSON.stringify(machine)}`,
    '',
    'Ratios of medians of interleaved rounds; below 1 we are faster.',
    '',
    ...asText,
    '',
  ].join('\n')
}

/** The exponent over the scales of a work, on the line of its largest. */
function growth(line: Line, lines: readonly Line[]): string {
  const same = lines.filter(({ work }) => work === line.work)
  if (same.at(-1) !== line) return ''
  const points = same.flatMap((each) => {
    const seconds = secondsOf(each, 'all threads')
    return seconds === null ? [] : [{ scale: each.scale, seconds }]
  })
  return growthExponent(points)?.toFixed(2) ?? ''
}

function rate(line: Line): string {
  const work = works.find(({ name }) => name === line.work) as Work
  const seconds = secondsOf(line, 'all threads')
  if (seconds === null) return '–'
  if (work.operations) return `${(work.operations(line.scale) / seconds / 1e9).toPrecision(3)} GFLOP/s`
  return work.bytes ? `${(work.bytes(line.scale) / seconds / 1e9).toPrecision(3)} GB/s` : ''
}
