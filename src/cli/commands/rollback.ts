/** `haggle rollback`: the generation before, live again in one step. */
import type { Command } from 'commander'
import { ask, commandLine, openSession, serverOf, withEngine } from '../session.ts'
import { print } from '../terminal.ts'

export function rollbackCommand(program: Command): void {
  program
    .command('rollback')
    .description('make the previous generation live again')
    .action(async (_options: object, command: Command) => {
      const session = openSession(command)
      const server = serverOf(session.config)
      const path = `/haggle/v1/rollback?index=${encodeURIComponent(session.catalogue)}`
      const { live } =
        server === null
          ? await withEngine(session, false, async (engine) => {
              const live = await engine.rollback(session.catalogue)
              await engine.audit.note(commandLine('rollback', session.catalogue, { live }))
              return { live }
            })
          : ((await ask(server, 'POST', path)) as { live: string })
      print({ live }, `Live again: generation ${live}`)
    })
}
