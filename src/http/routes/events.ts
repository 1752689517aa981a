/** `POST /1/events`: what shoppers do, as the stock `search-insights` client tells it. */
import { HaggleError } from '../../domain/errors.ts'
import { saidConsent } from '../consent-wire.ts'
import type { Routes } from '../door.ts'

/** The stock client sends at most 1,000 events or 2 MB a request. */
const limitBytes = 2_000_000

export const eventRoutes: Routes = (app, { engine, permit, spendEvents }) => {
  app.post('/1/events', { bodyLimit: limitBytes }, async (request) => {
    const { allows } = permit(request, 'search')
    const { events } = (request.body ?? {}) as { events?: unknown }
    spendEvents(Array.isArray(events) ? events.length : 1)
    const { accepted, duplicates, rejected } = await engine
      .accept(request.body, { allows, refused: saidConsent(request) })
      .catch((error: unknown) => {
        // For the developer of the page, who looks at the console rather than at answers nobody reads.
        if (error instanceof HaggleError) engine.analytics.noteRefused(request.body, error.message)
        throw error
      })
    for (const { reason } of rejected) engine.analytics.noteRefused({ events: [null] }, reason)
    return { status: 200, message: 'OK', accepted, duplicates, rejected }
  })
}
