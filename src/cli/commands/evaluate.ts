/** `haggle evaluate`: every model on the shop's own data, with intervals. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { describeEvaluation, type ShopEvaluation } from '../../engine.ts'
import { openSession, perform } from '../session.ts'
import { print } from '../terminal.ts'

export function evaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('print the leaderboard of all models on honest splits and write an HTML report')
    .option('--report <file>', 'where the report goes', 'haggle-report.html')
    .action(async (options: { report: string }, command: Command) => {
      const reportPath = resolve(options.report)
      const evaluation = (await perform(openSession(command), 'evaluate', { reportPath })) as ShopEvaluation
      print(evaluation, `${describeEvaluation(evaluation)}\n\nReport: ${reportPath}`)
    })
}
