/**
 * The console: the page people look at, served from where the build put it.
 *
 * It may load nothing from elsewhere; a shop's own product pictures are the one exception, and the page asks for those
 * only where its reader has said so.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { HaggleError } from '../../domain/errors.ts'
import type { Routes } from '../door.ts'

/** Beside the compiled sources, or where the sources' own build puts it. */
const places = ['../../console/', '../../../dist/console/'].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
)
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // Styles of components are set by script.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: https:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const consoleRoutes: Routes = (app) => {
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/console/'))
  app.get('/console', { schema: { hide: true } }, (_request, reply) => reply.redirect('/console/'))
  const root = places.find((place) => existsSync(`${place}index.html`))
  if (root === undefined) {
    app.get('/console/*', { schema: { hide: true } }, () => {
      throw new HaggleError(
        'not-found',
        'The console has not been built: run `npm run build`, then start Haggle again.',
      )
    })
    return
  }
  app.register(fastifyStatic, {
    root,
    prefix: '/console/',
    wildcard: false,
    schemaHide: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names of assets hold a hash of what is in them.
      reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
      reply.header('content-security-policy', policy)
      reply.header('x-content-type-options', 'nosniff')
      reply.header('referrer-policy', 'no-referrer')
    },
  })
  // Every page of the console is the same file; the script reads the path.
  app.get('/console/*', { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'))
}
