/** Importing, checking, tuning, training and evaluating while the server answers. */
import type { Routes } from '../door.ts'
import { type Job, type JobRequest, jobRequest, requireFilesIn } from '../jobs.ts'

type OneJob = { Params: { id: string } }

/** Results are large and are asked for one by one. */
export type JobList = { readonly jobs: readonly Omit<Job, 'result'>[] }

export const jobRoutes: Routes = (app, { jobs, requireAdmin, filesOf }) => {
  app.post<{ Body: JobRequest }>('/haggle/v1/jobs', { schema: { body: jobRequest } }, (request, reply) => {
    requireAdmin(request)
    requireFilesIn(filesOf(request), request.body)
    return reply.status(202).send(jobs.start(request.body))
  })

  app.get('/haggle/v1/jobs', (request): JobList => {
    requireAdmin(request)
    return { jobs: jobs.list().map(({ result: _, ...job }) => job) }
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
