/** Serves a page that the build has made, from wherever the build put it; a page may load nothing but its policy names. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** What no page of ours may do, whatever else its policy says. */
const never = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]

/** @returns false where the page has not been built */
export function serveBuiltPage(
  app: FastifyInstance,
  name: 'console' | 'storefront',
  { policy, ...options }: Omit<FastifyStaticOptions, 'root'> & { readonly policy: readonly string[] },
): boolean {
  // Beside the compiled sources, or where the sources' own build puts it.
  const places = [`../${name}/`, `../../dist/${name}/`].map((place) => fileURLToPath(new URL(place, import.meta.url)))
  const root = places.find((place) => existsSync(`${place}index.html`))
  if (root === undefined) return false
  app.register(fastifyStatic, {
    ...{ root, schemaHide: true, cacheControl: false, preCompressed: true, ...options },
    setHeaders: (reply, path) => {
      // Names of assets hold a hash of what is in them.
      reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
      reply.header('content-security-policy', [...never, ...policy].join('; '))
      reply.header('x-content-type-options', 'nosniff')
      reply.header('referrer-policy', 'no-referrer')
    },
  })
  return true
}
