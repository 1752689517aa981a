/** Generations: what was trained, what is live, which settings the next training takes from tuning, going live and going back. */
import { type Static, Type } from '@sinclair/typebox'
import type { GenerationId } from '../../domain/ids.ts'
import { HaggleError } from '../../domain/errors.ts'
import {
  type DriftState,
  type Generation,
  type GenerationLine,
  generationLine,
  type GenerationReport,
  type Publication,
  type TunedSettings,
} from '../../engine.ts'
import { catalogueOf, type Routes } from '../door.ts'

type OneCatalogue = { Querystring: { index?: string } }
const nowLive = Type.Object({ live: Type.String() })
export type NowLive = Static<typeof nowLive>

export interface Generations {
  readonly live: GenerationId | null
  /** The latest 100. */
  readonly generations: readonly GenerationLine[]
  /** The latest 100. */
  readonly history: readonly Publication[]
  readonly tuned: TunedSettings
  /** Of what shoppers do from what the live generation expects; `null` where it cannot be told. */
  readonly drift: DriftState | null
}

export type WholeGeneration = Omit<Generation, 'report'> & { readonly report: GenerationReport }

const mostListed = 100

export const generationRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.get<OneCatalogue>('/haggle/v1/generations', async (request) => {
    requireAdmin(request)
    const catalogue = catalogueOf(engine, request.query.index)
    const [generations, live, history, tuned] = await Promise.all([
      engine.store.generations.list(catalogue),
      engine.store.generations.live(catalogue),
      engine.store.generations.history(catalogue),
      engine.tuned(catalogue),
    ])
    return {
      live,
      generations: generations.slice(0, mostListed).map(generationLine),
      history: history.slice(0, mostListed),
      tuned,
      drift: engine.drift(catalogue),
    }
  })

  app.get<OneCatalogue & { Params: { id: string } }>('/haggle/v1/generations/:id', async (request) => {
    requireAdmin(request)
    const catalogue = catalogueOf(engine, request.query.index)
    const generation = await engine.store.generations.get(request.params.id as GenerationId)
    if (generation?.catalogue === catalogue) return generation
    throw new HaggleError('not-found', `Catalogue ${catalogue} has no generation ${request.params.id}.`)
  })

  app.post<OneCatalogue & { Params: { id: string } }>(
    '/haggle/v1/generations/:id/publish',
    { schema: { response: { 200: nowLive } } },
    async (request): Promise<NowLive> => {
      requireAdmin(request)
      const live = request.params.id as GenerationId
      await engine.publish(catalogueOf(engine, request.query.index), live)
      return { live }
    },
  )

  app.post<OneCatalogue>('/haggle/v1/rollback', async (request) => {
    requireAdmin(request)
    return { live: await engine.rollback(catalogueOf(engine, request.query.index)) }
  })
}
