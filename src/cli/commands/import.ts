/** `haggle import`: a catalogue and an event log from files. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { HaggleError } from '../../domain/errors.ts'
import { describeImport, type ImportReport } from '../../engine.ts'
import { openSession, perform, type Session } from '../session.ts'
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
      const run = (where: Session) => perform(where, 'import', { files: sources, dryRun })
      const report = (await (dryRun ? elsewhere(session, run) : run(session))) as ImportReport
      print(report, describeImport(report))
    })
}

/** In a folder that is gone afterwards: what only reads makes no shop, and waits for nobody who has one. */
async function elsewhere<Result>(session: Session, work: (session: Session) => Promise<Result>): Promise<Result> {
  const { config } = session
  const dataFolder = mkdtempSync(join(tmpdir(), 'haggle-dry-run-'))
  try {
    return await work({ ...session, config: { ...config, dataFolder, store: { ...config.store, url: null } } })
  } finally {
    rmSync(dataFolder, { recursive: true, force: true })
  }
}

function readMapping(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new HaggleError('bad-request', `Mapping ${file} cannot be read: ${(error as Error).message}`)
  }
}
