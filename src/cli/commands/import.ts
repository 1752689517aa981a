/** `haggle import`: a catalogue and an event log from files. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { HaggleError } from '../../domain/errors.ts'
import { describeImport, type ImportReport } from '../../engine.ts'
import { openSession, perform } from '../session.ts'
import { print } from '../terminal.ts'

interface Options {
  preset?: string
  mapping?: string
  dryRun?: boolean
}

export function importCommand(program: Command): void {
  program
    .command('import')
    .description('read catalogues and event logs: CSV, JSON lines, JSON, Parquet, lists; plain or gzipped')
    .argument('<files...>', 'files, in any order; what they hold is found out from their names and columns')
    .addOption(new Option('--preset <name>', 'say what the files are instead').conflicts('mapping'))
    .option('--mapping <file>', 'JSON that says which column is what (docs/events.md)')
    .option('--dry-run', 'read and check everything, write nothing')
    .action(async (files: string[], options: Options, command: Command) => {
      const session = openSession(command)
      const mapping = options.mapping === undefined ? options.preset : readMapping(options.mapping)
      const sources = files.map((path) => ({ path: resolve(path), ...(mapping === undefined ? {} : { mapping }) }))
      const dryRun = options.dryRun === true
      const report = (await perform(session, 'import', { files: sources, dryRun })) as ImportReport
      print(report, describeImport(report))
    })
}

function readMapping(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new HaggleError('bad-request', `Mapping ${file} cannot be read: ${(error as Error).message}`)
  }
}
