/** What a route is, and what it may use. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Engine, Permit } from '../engine.ts'
import type { Jobs } from './jobs.ts'

export interface Door {
  readonly engine: Engine
  readonly jobs: Jobs
  /** Refuses a request that does not carry the admin key. */
  readonly requireAdmin: (request: FastifyRequest) => void
  /** Refuses a request whose key may not do this (to this index), and says what the key adds to it. */
  readonly permit: (request: FastifyRequest, acl: string, index?: string) => Permit
}

export type Routes = (app: FastifyInstance, door: Door) => void
