/** The record of who changed what, for the admin key: read, and proved to be as it was written. */
import { type Static, Type } from '@sinclair/typebox'
import { type Routes, wholeNumber } from '../door.ts'

const lines = Type.Object({
  entries: Type.Array(
    Type.Object({
      sequence: Type.Integer(),
      atMs: Type.Integer(),
      who: Type.String(),
      what: Type.String(),
      subject: Type.String(),
      details: Type.Any(),
      hash: Type.String(),
    }),
  ),
})
const verdict = Type.Object({
  lines: Type.Integer(),
  head: Type.String(),
  broken: Type.Union([Type.String(), Type.Null()]),
})

export type AuditLines = Static<typeof lines>
export type AuditProof = Static<typeof verdict>

export const auditRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.get<{ Querystring: { limit?: string; before?: string } }>(
    '/haggle/v1/audit',
    { schema: { response: { 200: lines } } },
    async (request) => {
      requireAdmin(request)
      const { limit, before } = request.query
      const until =
        before === undefined ? undefined : wholeNumber(before, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
      return { entries: await engine.audit.latest(wholeNumber(limit, 100, 1_000), until) }
    },
  )

  app.get<{ Querystring: { head?: string } }>(
    '/haggle/v1/audit/verify',
    { schema: { response: { 200: verdict } } },
    (request) => {
      requireAdmin(request)
      return engine.audit.verify(request.query.head)
    },
  )
}
