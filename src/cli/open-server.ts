/** An engine behind an open door, closed in the right order when the process is asked to stop. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { HaggleError } from '../domain/errors.ts'
import { type Engine, keptKey, openEngine } from '../engine.ts'
import { createApp } from '../http/app.ts'
import type { Routes } from '../http/door.ts'
import { createBars } from './terminal.ts'

export interface OpenDoor {
  readonly url: string
  /** Resolves after a clean stop: drained, no new requests, those in flight answered, everything written. */
  untilStopped(): Promise<void>
  stop(): Promise<void>
}

export interface OpenServer extends OpenDoor {
  readonly engine: Engine
}

interface ServerOptions {
  readonly clock?: Clock
  /** Served beside the API. */
  readonly more?: readonly Routes[]
  /** Whether its people are not those who run the installation. */
  readonly ofSeveral?: boolean
}

export async function openServer(config: Config, log: Log, options: ServerOptions = {}): Promise<OpenServer> {
  const { clock, more, ofSeveral = false } = options
  const bars = createBars()
  const engine = await openEngine({ config, clock, log, role: 'serve', progress: bars })
  bars.stop()
  const app = await createApp(engine, {
    more,
    operatorKey: ofSeveral ? keptKey(config.dataFolder, 'operator.key') : null,
  })
  const door = await openDoor(app, config.server, {
    drain: () => engine.drain(),
    close: () => engine.close(),
  })
  engine.announce(door.url)
  return { ...door, engine }
}

interface Behind {
  readonly drain: () => void
  /** What is to be closed once no request comes any more. */
  readonly close: () => Promise<void>
}

/** Lets requests in. */
export async function openDoor(
  app: FastifyInstance,
  server: Config['server'],
  { drain, close }: Behind,
): Promise<OpenDoor> {
  let stopping: Promise<void> | null = null
  const stop = () => {
    stopping ??= app.close().then(close)
    return stopping
  }
  try {
    await app.listen({ host: server.host, port: server.port })
  } catch (error) {
    await stop()
    throw cannotListen(server, error as NodeJS.ErrnoException)
  }
  const { port } = app.server.address() as AddressInfo
  const url = `http://${server.host.includes(':') ? `[${server.host}]` : server.host}:${port}`
  const untilStopped = () =>
    new Promise<void>((resolve, reject) => {
      const end = () => void stop().then(resolve, reject)
      const begin = () => {
        drain()
        setTimeout(end, server.drainSeconds * 1000)
        // Who asks twice does not wait.
        process.once('SIGINT', end).once('SIGTERM', end)
      }
      process.once('SIGINT', begin).once('SIGTERM', begin)
    })
  return { url, untilStopped, stop }
}

function cannotListen({ host, port }: Config['server'], { code, message }: NodeJS.ErrnoException): HaggleError {
  const other = 'choose another with --port, or with server.host and server.port'
  return code === 'EADDRINUSE'
    ? new HaggleError('busy', `Port ${port} of ${host} is taken by another program: stop it, or ${other}.`)
    : new HaggleError('bad-config', `Haggle cannot listen at ${host}:${port} (${message}): ${other}.`)
}
