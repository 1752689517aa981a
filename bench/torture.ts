/**
 * `npx tsx bench/torture.ts [--rounds 100] [--store sqlite|postgres] [--seed S] [--kind K …]`: `kill -9` of a real
 * `haggle` at a random moment of each kind of writing, round after round on one shop; then it is started again and
 * asked for everything it had acknowledged.
 *
 * Needs `npx tsc -p tsconfig.build.json`. Ends with 1 where anything is lost, there twice or half there. A fall of the
 * process, not of the machine: what the disk itself forgets at a power cut is not tried.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../src/store/postgres-fixture.ts'
import { type Kind, kinds, type Round, torture } from './torture-rounds.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    store: { type: 'string', default: 'sqlite' },
    seed: { type: 'string', default: 'torture' },
    kind: { type: 'string', multiple: true },
  },
})

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
const sum = (rounds: readonly Round[], of: (round: Round) => number) => rounds.reduce((all, each) => all + of(each), 0)

function tableOf(rounds: readonly Round[]): string {
  const head = [
    'killed during',
    'rounds',
    'killed after ms',
    'cut short',
    'acknowledged',
    'lost',
    'twice',
    'torn',
    'start ms',
  ]
  const line = (name: string, own: readonly Round[]) => {
    const times = own.map(({ killedAfterMs }) => Math.round(killedAfterMs))
    const cut = own.filter(({ kind, hadEnded }) => !hadEnded || !['training', 'import', 'backup'].includes(kind)).length
    return [
      name,
      own.length,
      `${Math.min(...times)} to ${Math.max(...times)}`,
      cut,
      ...[sum(own, (each) => each.acknowledged), sum(own, ({ lost }) => lost), sum(own, ({ doubled }) => doubled)],
      sum(own, ({ torn }) => torn),
      Math.round(median(own.map(({ startMs }) => startMs))),
    ]
  }
  const lines = kinds.flatMap((kind) => {
    const own = rounds.filter((round) => round.kind === kind)
    return own.length === 0 ? [] : [line(kind, own)]
  })
  const rows = [head, head.map(() => '---'), ...lines, line('all', rounds)]
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const folder = mkdtempSync(join(tmpdir(), 'haggle-torture-'))
const server = values.store === 'postgres' ? await startPostgres() : null
try {
  const rounds = await torture({
    folder,
    postgres: server?.url ?? null,
    rounds: Number(values.rounds),
    seed: values.seed,
    kinds: values.kind as Kind[] | undefined,
    onRound: ({ kind, killedAfterMs, acknowledged, notes }) => {
      console.error(`${kind}: killed after ${Math.round(killedAfterMs)} ms, ${acknowledged} acknowledged`, ...notes)
    },
  })
  console.log(tableOf(rounds))
  const faults = rounds.flatMap(({ notes }) => notes)
  if (faults.length > 0) process.exitCode = 1
} finally {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
}
