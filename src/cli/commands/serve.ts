/** `haggle serve`: the door of the shop, or of all shops, open until the process is asked to stop. */
import type { Command } from 'commander'
import { readConfig } from '../../base/config.ts'
import { createLog, type Log } from '../../base/log.ts'
import { shopsOf } from '../../base/shops.ts'
import { openServer } from '../open-server.ts'
import { type OpenShops, openShops } from '../open-shops.ts'
import { openInstallation, openSession } from '../session.ts'
import { say } from '../terminal.ts'
import { wholeNumber } from './recommend.ts'

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('answer over HTTP, take events, train on schedule; all shops, where there are several')
    .option('--host <host>', 'address to listen on')
    .option('--port <port>', 'port to listen on; 0 picks a free one', wholeNumber)
    .action(async (options: { host?: string; port?: number }, command: Command) => {
      const installation = openInstallation(command)
      const { shop, shops } = installation
      const isOne = shops.size === 0 || shop !== null
      const config = isOne ? openSession(command).config : installation.config
      const given = readConfig({ ...config, server: { ...config.server, ...options } }, 'serve')
      const log = createLog(given.server.logLevel)
      if (isOne) {
        const opened = await openServer(given, log, { ofSeveral: shops.size > 0 })
        say(
          `Haggle answers at ${opened.url}, its console is at ${opened.url}/console/. Keys and settings: haggle doctor. Stop with Ctrl-C.`,
        )
        return opened.untilStopped()
      }
      const opened = await openShops(given, shops, log)
      say(
        `Haggle answers for ${shops.size} shops at ${opened.url}; the console of each is at ${opened.url}/shops/<id>/console/. ` +
          'Keys and settings: haggle doctor --shop <id>. Stop with Ctrl-C.',
      )
      reloadOnHangUp(opened, command, log)
      return opened.untilStopped()
    })
}

/** `kill -HUP` reads the configuration again; one that is wrong changes nothing. */
function reloadOnHangUp(opened: OpenShops, command: Command, log: Log): void {
  process.on('SIGHUP', () => {
    try {
      const { config } = openInstallation(command)
      void opened
        .reload(shopsOf(config))
        .then(() => log.info('the configuration was read again'))
        .catch((error: unknown) => log.error({ err: error }, 'the configuration could not be taken over'))
    } catch (error) {
      log.error({ err: error }, 'the configuration is wrong; everything stays as it was')
    }
  })
}
