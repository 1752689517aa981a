/** `haggle serve`: the shop's door, open until the process is asked to stop. */
import type { Command } from 'commander'
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
      const server = {
        ...config.server,
        host: options.host ?? config.server.host,
        port: options.port ?? config.server.port,
      }
      const opened = await openServer({ ...config, server }, createLog(server.logLevel))
      say(`Haggle answers at ${opened.url}. Keys and settings: haggle doctor. Stop with Ctrl-C.`)
      await opened.untilStopped()
    })
}
