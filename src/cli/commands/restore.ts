/** `haggle restore`: a backup, or what it held at an earlier time, into an empty folder or database. */
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { restoreShop } from '../../engine.ts'
import { openSession, withBars } from '../session.ts'
import { print } from '../terminal.ts'
import { describeTables } from './backup.ts'

export function restoreCommand(program: Command): void {
  program
    .command('restore')
    .description('bring a backup into an empty data folder, or the empty database that the configuration names')
    .argument('<file>', 'what `haggle backup` wrote')
    .option('--until <time>', 'without the events, exposures and imports since then, e.g. 2026-11-24T18:00Z', time)
    .action(async (file: string, { until }: { until?: number }, command: Command) => {
      const { config } = openSession(command)
      const restored = await withBars((task) => restoreShop(resolve(file), config, { untilMs: until, ...task }))
      const of = new Date(until ?? restored.atMs).toISOString()
      const keys = restored.keys.length > 0 ? 'with its keys' : 'without keys: the folder keeps or makes its own'
      const kept =
        'Catalogue, settings, rules, keys and generations are those of the backup: only their last state is kept.'
      const note = until === undefined ? '' : `\n${kept}`
      print(
        restored,
        `${describeTables(restored.tables)}\n\nRestored to ${restored.place}, as of ${of}, ${keys}.${note}`,
      )
    })
}

function time(text: string): number {
  // A day alone is UTC; a time without a zone would be that of whoever types it.
  const atMs = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(atMs)) throw new InvalidArgumentError('expected a time with its zone, e.g. 2026-11-24T18:00Z.')
  return atMs
}
