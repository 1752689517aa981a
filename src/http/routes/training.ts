/** What is being learnt now, by whoever asked for it: its stage and its losses so far. */
import { type Static, Type } from '@sinclair/typebox'
import { catalogueOf, type Routes } from '../door.ts'
import { orNull } from '../or-null.ts'

const losses = Type.Record(Type.String(), Type.Number())
const training = Type.Object({
  startedAtMs: Type.Number(),
  endedAtMs: orNull(Type.Number()),
  status: Type.Union((['running', 'done', 'failed', 'cancelled'] as const).map((status) => Type.Literal(status))),
  message: Type.String(),
  stage: Type.String(),
  fraction: Type.Number({ description: 'Of the stage, 0 to 1' }),
  note: Type.String(),
  stages: Type.Array(Type.Object({ stage: Type.String(), atMs: Type.Number() })),
  curves: Type.Array(
    Type.Object({
      surface: Type.String(),
      model: Type.String(),
      stage: Type.String({ description: 'The stage during which it began' }),
      epochs: Type.Array(Type.Object({ epoch: Type.Integer(), losses })),
    }),
  ),
})
const answer = Type.Object({ training: orNull(training) })
export type Training = Static<typeof training>
export type TrainingAnswer = Static<typeof answer>

export const trainingRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.get<{ Querystring: { index?: string } }>(
    '/haggle/v1/training',
    { schema: { response: { 200: answer } } },
    (request): TrainingAnswer => {
      requireAdmin(request)
      return { training: engine.training(catalogueOf(engine, request.query.index)) }
    },
  )
}
