/** A shopper as the shop sees them: what was learnt of one. */
import type { UserId } from '../../domain/ids.ts'
import { catalogueOf, type Routes } from '../door.ts'

type OneShopper = { Params: { userToken: string }; Querystring: { index?: string } }

export const profileRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.get<OneShopper>('/haggle/v1/profiles/:userToken', (request) => {
    requireAdmin(request)
    const shop = engine.shop(catalogueOf(engine, request.query.index))
    return shop.profile(engine.people.name(request.params.userToken as UserId))
  })
}
