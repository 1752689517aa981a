/** `haggle serve`: the shop's door, open until the process is asked to stop. */
import type { Command } from 'commander'
import { readConfig } from '../../base/config.ts'
import { createLog } from '../../base/log.ts'
import { openServer } from '../open-server.ts'
import { openSession } from '../session.ts'
import { say } from '../terminal.ts'
import { wholeNumber } from './recommend.ts'

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('answer over HTTP, take events, train on schedule')
    .option('--host <host>', 'address to listen on')
    .option('--port <port>', 'port to listen on; 0 picks a free one', wholeNumber)
    .action(async (options: { host?: string; port?: number }, command: Command) => {
      const { config } = openSession(command)
      const given = readConfig({ ...config, server: { ...config.server, ...options } }, 'serve')
      const opened = await openServer(given, createLog(given.server.logLevel))
      say(
        `Haggle answers at ${opened.url}, its console is at ${opened.url}/console/. Keys and settings: haggle doctor. Stop with Ctrl-C.`,
      )
      await opened.untilStopped()
    })
}
