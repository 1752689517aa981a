/** `haggle check`: what cleaning would do to the log, rule by rule. */
import type { Command } from 'commander'
import { describeQuality, type QualityReport } from '../../engine.ts'
import { openSession, perform } from '../session.ts'
import { print } from '../terminal.ts'

export function checkCommand(program: Command): void {
  program
    .command('check')
    .description('report the quality of the data: what each cleaning rule touched, and why')
    .action(async (_options: object, command: Command) => {
      const report = (await perform(openSession(command), 'check', {})) as QualityReport
      print(report, describeQuality(report))
    })
}
