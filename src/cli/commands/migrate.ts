/** `haggle migrate`: the whole shop from its folder into a PostgreSQL database, or back into a folder. */
import { type Command, InvalidArgumentError } from 'commander'
import { moveShop } from '../../engine.ts'
import { openSession, withBars } from '../session.ts'
import { print } from '../terminal.ts'
import { describeTables } from './backup.ts'

interface Options {
  readonly to: string
  readonly schema?: string
}

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('copy the whole shop into an empty PostgreSQL database or folder; nobody may serve it meanwhile')
    .requiredOption('--to <place>', 'postgres://user:password@host:port/database, or a folder')
    .option('--schema <name>', 'schema of that database (default: store.schema)', schemaName)
    .action(async ({ to, schema }: Options, command: Command) => {
      const { config } = openSession(command)
      const isDatabase = /^postgres(ql)?:\/\//.test(to)
      const store = { ...config.store, url: isDatabase ? to : null, schema: schema ?? config.store.schema }
      const target = { dataFolder: isDatabase ? config.dataFolder : to, store }
      const moved = await withBars((task) => moveShop(config, target, task))
      const next = isDatabase
        ? 'set store.url (or HAGGLE_STORE_URL) to that address; the data folder goes on holding the keys'
        : `serve it with --data-folder ${to} and without store.url`
      const said = `Copied to ${moved.place}; every table was read back and is the same. Next: ${next}.`
      print(moved, `${describeTables(moved.tables)}\n\n${said} What was there before is as it was.`)
    })
}

function schemaName(text: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(text)) {
    throw new InvalidArgumentError('expected small letters, digits and underscores, e.g. haggle.')
  }
  return text
}
