/** What a route is, and what it may use. */
import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Engine, Permit } from '../engine.ts'
import type { Jobs } from './jobs.ts'

export interface Door {
  readonly engine: Engine
  readonly jobs: Jobs
  /** Refuses a request that does not carry the admin key. */
  readonly requireAdmin: (request: FastifyRequest) => void
  /** Refuses a request whose key may not do this (to this index), and says what the key adds to it. */
  readonly permit: (request: FastifyRequest, acl: string | null, index?: string) => Permit
  /** The only folder whose files the request may name; `null`: any that this process may use. */
  readonly filesOf: (request: FastifyRequest) => string | null
  /** Takes so many events out of what the shop may send a second. @throws `overloaded` */
  readonly spendEvents: (count: number) => void
}

/** Where files that come in over HTTP are put. */
export function uploadsFolder({ config }: Engine): string {
  return join(config.dataFolder, 'uploads')
}

export type Routes = (app: FastifyInstance, door: Door) => void

/** The catalogue that is asked about: the configured one where the request names none. */
export function catalogueOf({ config }: Engine, index?: string): CatalogueId {
  return (index ?? config.catalogue) as CatalogueId
}

export function isoNow({ clock }: Engine): string {
  return new Date(clock.now()).toISOString()
}

/** A whole number asked for in a query string: 1 to `most`, the usual one where nothing of the kind is said. */
export function wholeNumber(value: string | undefined, usual: number, most: number): number {
  return Math.min(most, Math.max(1, Math.trunc(Number(value)) || usual))
}

/**
 * Between two questions of a request: refuses the rest where those before took too long already, so that others have
 * their turn.
 * @throws `too-slow`, a 4xx: stock clients take a 5xx for a dead host and ask the next one the same.
 */
export function checkDeadline({ config }: Engine, startMs: number, done: number, all: number): void {
  const { deadlineMs } = config.server
  if (performance.now() - startMs <= deadlineMs) return
  throw new HaggleError(
    'too-slow',
    `The first ${done} of ${all} questions took more than ${deadlineMs} ms: ask fewer at once, or simpler ones.`,
  )
}
