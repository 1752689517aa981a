/** An engine behind an open door, closed in the right order when the process is asked to stop. */
import type { AddressInfo } from 'node:net'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { HaggleError } from '../domain/errors.ts'
import { type Engine, openEngine } from '../engine.ts'
import { createApp } from '../http/app.ts'
import type { Routes } from '../http/door.ts'
import { createBars } from './terminal.ts'

export interface OpenServer {
  readonly engine: Engine
  readonly url: string
  /** Resolves after a clean stop: drained, no new requests, those in flight answered, everything written. */
  untilStopped(): Promise<void>
  stop(): Promise<void>
}

interface ServerOptions {
  readonly clock?: Clock
  /** Served beside the API. */
  readonly more?: readonly Routes[]
}

export async function openServer(config: Config, log: Log, options: ServerOptions = {}): Promise<OpenServer> {
  const { clock, more } = options
  const bars = createBars()
  const engine = await openEngine({ config, clock, log, role: 'serve', progress: bars })
  bars.stop()
  const app = await createApp(engine, more)
  let stopping: Promise<void> | null = null
  const stop = () => {
    stopping ??= app.close().then(() => engine.close())
    return stopping
  }
  try {
    await app.listen({ host: config.server.host, port: config.server.port })
  } catch (error) {
    await stop()
    throw cannotListen(config.server, error as NodeJS.ErrnoException)
  }
  const { port } = app.server.address() as AddressInfo
  const url = `http://${config.server.host.includes(':') ? `[${config.server.host}]` : config.server.host}:${port}`
  engine.announce(url)
  const untilStopped = () =>
    new Promise<void>((resolve, reject) => {
      const end = () => void stop().then(resolve, reject)
      const drain = () => {
        engine.drain()
        setTimeout(end, config.server.drainSeconds * 1000)
        // Who asks twice does not wait.
        process.once('SIGINT', end).once('SIGTERM', end)
      }
      process.once('SIGINT', drain).once('SIGTERM', drain)
    })
  return { engine, url, untilStopped, stop }
}

function cannotListen({ host, port }: Config['server'], { code, message }: NodeJS.ErrnoException): HaggleError {
  const other = 'choose another with --port, or with server.host and server.port'
  return code === 'EADDRINUSE'
    ? new HaggleError('busy', `Port ${port} of ${host} is taken by another program: stop it, or ${other}.`)
    : new HaggleError('bad-config', `Haggle cannot listen at ${host}:${port} (${message}): ${other}.`)
}
