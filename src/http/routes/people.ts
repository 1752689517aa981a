/** Shoppers' rights: what they agree to, and being forgotten. */
import { type Static, Type } from '@sinclair/typebox'
import { HaggleError } from '../../domain/errors.ts'
import type { UserId } from '../../domain/ids.ts'
import type { ErasureState } from '../../engine.ts'
import type { Routes } from '../door.ts'

const consent = Type.Object({
  analytics: Type.Boolean(),
  personalization: Type.Boolean(),
  training: Type.Boolean(),
})
const changes = Type.Partial(consent, { additionalProperties: false, minProperties: 1 })
const told = Type.Object({
  userToken: Type.String(),
  consent,
  said: Type.Boolean({ description: 'Whether the shopper said so; false: the default of the shop' }),
})
export type Consented = Static<typeof told>
type OneShopper = { Params: { userToken: string } }

export const peopleRoutes: Routes = (app, { engine, requireAdmin }) => {
  const { people } = engine
  const consentOf = (userToken: string) => ({ userToken, ...people.consent(userToken as UserId) })

  app.get<OneShopper>('/haggle/v1/shoppers/:userToken/consent', { schema: { response: { 200: told } } }, (request) => {
    requireAdmin(request)
    return consentOf(request.params.userToken)
  })

  app.put<OneShopper & { Body: Static<typeof changes> }>(
    '/haggle/v1/shoppers/:userToken/consent',
    { schema: { body: changes, response: { 200: told } } },
    async (request) => {
      requireAdmin(request)
      await people.agree(request.params.userToken as UserId, request.body)
      return consentOf(request.params.userToken)
    },
  )

  app.delete<OneShopper>('/1/usertokens/:userToken', async (request) => {
    requireAdmin(request)
    const { checked } = await people.erase(request.params.userToken as UserId)
    const found = (table: string) => checked.find(({ where }) => where === table)?.found ?? 0
    return { status: 200, message: 'OK', events: found('events'), exposures: found('exposures') }
  })

  app.get<OneShopper>('/haggle/v1/shoppers/:userToken/erasure', async (request): Promise<ErasureState> => {
    requireAdmin(request)
    const state = await people.erasure(request.params.userToken as UserId)
    if (state !== null) return state
    throw new HaggleError('not-found', `No shopper of the name ${request.params.userToken} was erased.`)
  })
}
