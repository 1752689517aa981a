/**
 * The console: the page people look at, served from where the build put it.
 *
 * It may load nothing from elsewhere; a shop's own product pictures are the one exception, and the page asks for those
 * only where its reader has said so.
 */
import { HaggleError } from '../../domain/errors.ts'
import { serveBuiltPage } from '../built-page.ts'
import { shopPathOf } from '../console-session.ts'
import type { Routes } from '../door.ts'

/** What the page may load. */
export const consolePolicy = [
  "script-src 'self'",
  // Styles of components are set by script.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: https:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
]

export const consoleRoutes: Routes = (app) => {
  for (const path of ['/', '/console']) {
    app.get(path, { schema: { hide: true } }, (request, reply) => reply.redirect(`${shopPathOf(request)}/console/`))
  }
  const isBuilt = serveBuiltPage(app, 'console', { policy: consolePolicy, prefix: '/console/', wildcard: false })
  app.get('/console/*', { schema: { hide: true } }, (_request, reply) => {
    // Every page of the console is the same file; the script reads the path.
    if (isBuilt) return reply.sendFile('index.html')
    throw new HaggleError('not-found', 'The console has not been built: run `npm run build`, then start Haggle again.')
  })
}
