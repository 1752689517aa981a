/**
 * What a request says its shopper agrees to: the header `x-haggle-consent`, or the URL parameter of that name, because
 * stock clients can add either to every request. A list of purposes, `all` or `none`; absent: nothing is said.
 */
import type { FastifyRequest } from 'fastify'
import { isPurpose, purposes, type Refusal, refusalOf } from '../domain/consent.ts'
import { HaggleError } from '../domain/errors.ts'

const name = 'x-haggle-consent'

/** @throws `bad-request` where it names a purpose nobody knows. */
export function saidConsent(request: FastifyRequest): Refusal | undefined {
  const said = request.headers[name] ?? (request.query as Record<string, unknown> | undefined)?.[name]
  if (said === undefined) return undefined
  const words = (typeof said === 'string' ? said : JSON.stringify(said))
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '' && word !== 'none')
  const unknown = words.find((word) => word !== 'all' && !isPurpose(word))
  if (unknown !== undefined) {
    throw new HaggleError(
      'bad-request',
      `${name}: expected some of ${purposes.join(', ')}, or all, or none, found "${unknown}".`,
    )
  }
  const agrees = (purpose: string) => words.includes(purpose) || words.includes('all')
  return refusalOf(Object.fromEntries(purposes.map((purpose) => [purpose, agrees(purpose)])))
}
