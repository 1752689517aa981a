/** Whether the process lives, whether it can answer, and what it counts. */
import { sameText } from '../../base/same-text.ts'
import { HaggleError } from '../../domain/errors.ts'
import type { Routes } from '../door.ts'

export const healthRoutes: Routes = (app, { engine }) => {
  app.get('/healthz', () => ({ status: 'ok' }))

  // The server listens only after every catalogue is in memory, so that answering at all means being ready;
  // the store is asked because a full or vanished disk must take this instance out of rotation.
  app.get('/readyz', async (_request, reply) => {
    try {
      const catalogues = await engine.store.catalogues.list()
      return { status: 'ready', catalogues: catalogues.length }
    } catch (error) {
      engine.log.error({ err: error }, 'the store does not answer')
      return reply.status(503).send({ status: 'not ready', message: 'The store does not answer.' })
    }
  })

  const { metricsKey } = engine.config.server
  app.get('/metrics', async (request, reply) => {
    if (metricsKey !== null && !sameText(request.headers.authorization ?? '', `Bearer ${metricsKey}`)) {
      throw new HaggleError('unauthorised', '/metrics needs the bearer token of server.metricsKey.')
    }
    void reply.header('content-type', engine.telemetry.registry.contentType)
    return engine.metrics()
  })
}
