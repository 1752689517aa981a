/** `haggle train`: prepare, fit, evaluate, gate, publish. */
import type { Command } from 'commander'
import { describeTraining, type TrainOutcome } from '../../engine.ts'
import { openSession, perform } from '../session.ts'
import { print } from '../terminal.ts'

export function trainCommand(program: Command): void {
  program
    .command('train')
    .description('learn a new generation and put it live where it is better')
    .option('--force', 'go live even where the gate objects; the generation keeps a note of it')
    .option('--no-publish', 'learn and judge, but leave what is live as it is')
    .action(async (options: { force?: boolean; publish: boolean }, command: Command) => {
      const asked = { force: options.force === true, publish: options.publish }
      const outcome = (await perform(openSession(command), 'train', asked)) as TrainOutcome
      print(outcome, describeTraining(outcome))
      // A script must notice that nothing new is live.
      if (options.publish && !outcome.published) process.exitCode = 6
    })
}
