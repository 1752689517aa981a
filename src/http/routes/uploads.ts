/**
 * `PUT /haggle/v1/uploads/{name}`: a file from the console, put beside the data so that an import can read it.
 *
 * It streams to disk and may be as large as the disk allows; a name that was there before is replaced.
 */
import { createWriteStream, mkdirSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Static, Type } from '@sinclair/typebox'
import { HaggleError } from '../../domain/errors.ts'
import { type Routes, uploadsFolder } from '../door.ts'

const answer = Type.Object({ path: Type.String({ description: 'For the files of an import' }), bytes: Type.Integer() })
export type Uploaded = Static<typeof answer>

export const uploadRoutes: Routes = (app, { engine, requireAdmin }) => {
  const folder = uploadsFolder(engine)
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    scope.put<{ Params: { name: string }; Body: Readable }>(
      '/haggle/v1/uploads/:name',
      { bodyLimit: Number.MAX_SAFE_INTEGER, schema: { response: { 200: answer } } },
      async (request): Promise<Uploaded> => {
        requireAdmin(request)
        const { name } = request.params
        if (!/^[\p{L}\p{N}][\p{L}\p{N} ._()-]{0,150}$/u.test(name)) {
          throw new HaggleError(
            'bad-request',
            `File name "${name}": expected letters, digits, spaces, dots and dashes.`,
          )
        }
        mkdirSync(folder, { recursive: true })
        const path = join(folder, name)
        const partial = `${path}.part`
        const file = createWriteStream(partial)
        try {
          await pipeline(request.body, file)
        } catch (error) {
          await rm(partial, { force: true })
          throw error
        }
        await rename(partial, path)
        return { path, bytes: file.bytesWritten }
      },
    )
  })
}
