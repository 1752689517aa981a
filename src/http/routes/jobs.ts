/** Importing, checking, tuning, training and evaluating while the server answers. */
import type { Routes } from '../door.ts'
import { type JobRequest, jobRequest } from '../jobs.ts'

type OneJob = { Params: { id: string } }

export const jobRoutes: Routes = (app, { jobs, requireAdmin }) => {
  app.post<{ Body: JobRequest }>('/haggle/v1/jobs', { schema: { body: jobRequest } }, (request, reply) => {
    requireAdmin(request)
    return reply.status(202).send(jobs.start(request.body))
  })

  app.get<OneJob>('/haggle/v1/jobs/:id', (request) => {
    requireAdmin(request)
    return jobs.get(request.params.id)
  })

  app.delete<OneJob>('/haggle/v1/jobs/:id', (request) => {
    requireAdmin(request)
    return jobs.cancel(request.params.id)
  })
}
