/**
 * Lets a person sign in to the console with the admin key once, and keeps the key out of the page from then on.
 *
 * The browser holds a cookie that scripts cannot read: the time it ends and an HMAC-SHA256 of that under the admin key.
 * Nothing is kept here, so it outlives a restart and ends when the key changes. It counts only beside the header
 * `x-haggle-console`, which no other site can have a browser send (docs/decisions/0008).
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { hourMs } from '../base/clock.ts'

const cookieName = 'haggle-console'
const lifeMs = 12 * hourMs

/** The `set-cookie` header of a session that starts now. */
export function openSession(request: FastifyRequest, key: string, nowMs: number): string {
  const endMs = nowMs + lifeMs
  const value = `${endMs}.${sign(key, endMs)}`
  return cookie(request, value, lifeMs / 1000) + (request.protocol === 'https' ? '; Secure' : '')
}

/** The `set-cookie` header that ends it. */
export function endSession(request: FastifyRequest): string {
  return cookie(request, '', 0)
}

/** What stands before the path where one of several shops is asked: `/shops/<id>`, or nothing. */
export function shopPathOf({ originalUrl, url }: FastifyRequest): string {
  return originalUrl.slice(0, originalUrl.length - url.length)
}

export function hasSession(request: FastifyRequest, key: string, nowMs: number): boolean {
  if (request.headers['x-haggle-console'] === undefined) return false
  const [, endText, signature] =
    new RegExp(`(?:^|; *)${cookieName}=(\\d+)\\.([0-9a-f]{64})`).exec(request.headers.cookie ?? '') ?? []
  if (endText === undefined || Number(endText) <= nowMs) return false
  return timingSafeEqual(Buffer.from(signature), Buffer.from(sign(key, Number(endText))))
}

/** Of this shop only: a browser sends it to no other of the same host. */
function cookie(request: FastifyRequest, value: string, seconds: number): string {
  return `${cookieName}=${value}; Path=${shopPathOf(request)}/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`
}

function sign(key: string, endMs: number): string {
  return createHmac('sha256', key).update(`console until ${endMs}`).digest('hex')
}
