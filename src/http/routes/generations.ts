/** Generations: what was trained, what is live, which settings the next training takes from tuning, and going back. */
import type { CatalogueId } from '../../domain/ids.ts'
import type { Routes } from '../door.ts'

type OneCatalogue = { Querystring: { index?: string } }

export const generationRoutes: Routes = (app, { engine, requireAdmin }) => {
  const named = (index: string | undefined) => (index ?? engine.config.catalogue) as CatalogueId

  app.get<OneCatalogue>('/haggle/v1/generations', async (request) => {
    requireAdmin(request)
    const catalogue = named(request.query.index)
    const [generations, live, history, tuned] = await Promise.all([
      engine.store.generations.list(catalogue),
      engine.store.generations.live(catalogue),
      engine.store.generations.history(catalogue),
      engine.tuned(catalogue),
    ])
    return { live, generations, history, tuned, drift: engine.drift(catalogue) }
  })

  app.post<OneCatalogue>('/haggle/v1/rollback', async (request) => {
    requireAdmin(request)
    return { live: await engine.rollback(named(request.query.index)) }
  })
}
