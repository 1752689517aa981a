/** `haggle backup`: everything the shop holds in one file, while it goes on serving. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { HaggleError } from '../../domain/errors.ts'
import type { BackupReport } from '../../engine.ts'
import { openSession, perform } from '../session.ts'
import { print, table } from '../terminal.ts'

export function backupCommand(program: Command): void {
  program
    .command('backup')
    .description('write everything into one file that either database can be restored from, while the shop serves')
    .argument('<file>', 'a file that is not there yet')
    .option('--with-keys', 'also the keys of the data folder: whoever has the file may then do everything')
    .action(async (file: string, options: { withKeys?: boolean }, command: Command) => {
      const session = openSession(command)
      const { dataFolder } = session.config
      if (!existsSync(dataFolder)) {
        throw new HaggleError('not-found', `There is no data folder ${dataFolder}: name it with --data-folder.`)
      }
      const asked = { file: resolve(file), withKeys: options.withKeys === true }
      const report = (await perform(session, 'backup', asked)) as BackupReport
      print(report, describe(report))
    })
}

function describe({ file, bytes, withKeys, tables, atMs }: BackupReport): string {
  const keys = withKeys ? 'with the keys of the folder' : 'without the keys of the folder (--with-keys)'
  const when = new Date(atMs).toISOString()
  return `${describeTables(tables)}\n\nBacked up to ${file}: ${bytes.toLocaleString('en')} bytes, as of ${when}, ${keys}.`
}

export function describeTables(tables: BackupReport['tables']): string {
  const rows = Object.entries(tables).map(([name, { rows: count, checksum }]) => [name, count, checksum])
  return table([['table', 'rows', 'checksum'], ...rows])
}
