/** `POST /1/events`: what shoppers do, as the stock `search-insights` client tells it. */
import type { Routes } from '../door.ts'

/** The stock client sends at most 1,000 events or 2 MB a request. */
const limitBytes = 2_000_000

export const eventRoutes: Routes = (app, { engine, permit }) => {
  app.post('/1/events', { bodyLimit: limitBytes }, async (request) => {
    permit(request, 'search')
    const { accepted, duplicates, rejected } = await engine.accept(request.body)
    return { status: 200, message: 'OK', accepted, duplicates, rejected }
  })
}
