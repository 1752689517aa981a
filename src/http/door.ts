/** What a route is, and what it may use. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Engine } from '../engine.ts'
import type { Jobs } from './jobs.ts'

export interface Door {
  readonly engine: Engine
  readonly jobs: Jobs
  /** Refuses a request that does not carry the admin key. */
  readonly requireAdmin: (request: FastifyRequest) => void
}

export type Routes = (app: FastifyInstance, door: Door) => void
