#!/usr/bin/env node
/** `haggle`: the door for people. Each command is a file of `commands/`; add one there and list it here. */
import { Command } from 'commander'
import { HaggleError } from '../domain/errors.ts'
import { auditCommand } from './commands/audit.ts'
import { backupCommand } from './commands/backup.ts'
import { checkCommand } from './commands/check.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { importCommand } from './commands/import.ts'
import { initCommand } from './commands/init.ts'
import { migrateCommand } from './commands/migrate.ts'
import { partitionCommand } from './commands/partition.ts'
import { recommendCommand } from './commands/recommend.ts'
import { restoreCommand } from './commands/restore.ts'
import { rollbackCommand } from './commands/rollback.ts'
import { serveCommand } from './commands/serve.ts'
import { simulateCommand } from './commands/simulate.ts'
import { trainCommand } from './commands/train.ts'
import { tuneCommand } from './commands/tune.ts'
import { jsonAsked } from './terminal.ts'

const program = new Command('haggle')
  .description('Self-hosted, AI-trained search and recommendations for online shops')
  .version('0.1.0')
  .option('--config <file>', 'configuration file (default: haggle.config.json where there is one)')
  .option('--data-folder <folder>', 'folder that holds everything')
  .option('--shop <id>', 'one of several shops that the configuration names')
  .option('--index <name>', 'catalogue to work on')
  .option('--json', 'print the result as JSON, and nothing else, on standard output')
  .showHelpAfterError()
  .exitOverride()

for (const add of [
  initCommand,
  importCommand,
  checkCommand,
  tuneCommand,
  trainCommand,
  evaluateCommand,
  serveCommand,
  recommendCommand,
  rollbackCommand,
  auditCommand,
  backupCommand,
  restoreCommand,
  migrateCommand,
  partitionCommand,
  simulateCommand,
  demoCommand,
  doctorCommand,
]) {
  add(program)
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

/** Says what went wrong where a person or a program will find it; returns the exit code. */
function explain(error: unknown): number {
  const code = error instanceof HaggleError ? error.code : (error as { code?: string }).code
  const message = error instanceof Error ? error.message : String(error)
  const usage = code?.startsWith('commander.') === true
  // Asking for help or the version is no error.
  if (usage && (error as { exitCode: number }).exitCode === 0) return 0
  if (jsonAsked()) {
    const named = usage ? 'bad-request' : error instanceof HaggleError ? error.code : 'internal'
    process.stdout.write(`${JSON.stringify({ error: { code: named, message } })}\n`)
  } else if (!usage) process.stderr.write(`haggle: ${message}\n`)
  // commander has said already what is wrong with the arguments.
  if (usage) return 2
  if (error instanceof HaggleError) return error.exitCode
  process.stderr.write(`${(error as Error).stack ?? ''}\n`)
  return 1
}
