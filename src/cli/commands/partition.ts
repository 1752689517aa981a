/** `haggle partition`: events and exposures of a PostgreSQL database, cut by month from now on. */
import type { Command } from 'commander'
import { cutByMonth } from '../../engine.ts'
import { openSession } from '../session.ts'
import { print } from '../terminal.ts'

export function partitionCommand(program: Command): void {
  program
    .command('partition')
    .description(
      'cut the log in PostgreSQL by month, so that what is too old leaves a table at a time; replicas serve on',
    )
    .action(async (_options: object, command: Command) => {
      const fresh = await cutByMonth(openSession(command).config, Date.now())
      const said = fresh
        ? 'Events and exposures are cut by month from now on; what was there stays together.'
        : 'Events and exposures were cut by month already; the months to come are there.'
      print({ fresh }, said)
    })
}
