/** Whether the process lives, whether it is to be asked, and what it counts. */
import { sameText } from '../../base/same-text.ts'
import { HaggleError } from '../../domain/errors.ts'
import type { Routes } from '../door.ts'

const brokenGeneration = 'A live generation is broken, and an earlier one or none answers: see the log.'

export const healthRoutes: Routes = (app, { engine }) => {
  // Where this fails the process is to be started again; a store that is away is no reason for it.
  app.get('/livez', () => ({ status: 'ok' }))

  // For whoever distributes requests: `ready`, or with 503 `not ready` (the store does not answer or cannot be followed)
  // or `draining` (about to end). The server listens only once every catalogue is in memory.
  for (const path of ['/healthz', '/readyz']) {
    app.get(path, async (_request, reply) => {
      const status = await engine.state()
      // Without names: whoever reaches the port may read it.
      const isBroken = [...engine.shops.all()].some(({ broken }) => broken !== null)
      const degraded = isBroken ? { degraded: brokenGeneration } : {}
      return reply.status(status === 'ready' ? 200 : 503).send({ status, ...degraded })
    })
  }

  const { metricsKey } = engine.config.server
  app.get('/metrics', async (request, reply) => {
    if (metricsKey !== null && !sameText(request.headers.authorization ?? '', `Bearer ${metricsKey}`)) {
      throw new HaggleError('unauthorised', '/metrics needs the bearer token of server.metricsKey.')
    }
    void reply.header('content-type', engine.telemetry.registry.contentType)
    return engine.metrics()
  })
}
