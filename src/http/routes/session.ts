/** Signing in to the console and out again. */
import { type Static, Type } from '@sinclair/typebox'
import { endSession, hasSession, openSession } from '../console-session.ts'
import type { Routes } from '../door.ts'

const path = '/haggle/v1/session'
const answer = Type.Object({ signedIn: Type.Boolean(), catalogue: Type.String() })
export type Session = Static<typeof answer>

export const sessionRoutes: Routes = (app, { engine, requireAdmin }) => {
  const { catalogue } = engine.config

  app.get(path, { schema: { response: { 200: answer } } }, (request) => ({
    signedIn: hasSession(request, engine.adminKey, engine.clock.now()),
    catalogue,
  }))

  app.post(path, { schema: { response: { 200: answer } } }, (request, reply) => {
    requireAdmin(request)
    return reply
      .header('set-cookie', openSession(request, engine.adminKey, engine.clock.now()))
      .send({ signedIn: true, catalogue })
  })

  app.delete(path, { schema: { response: { 200: answer } } }, (request, reply) =>
    reply.header('set-cookie', endSession(request)).send({ signedIn: false, catalogue }),
  )
}
