/** Says in one sentence what a request lacks, by the path of it, where the checker lists every branch it tried. */
import type { FastifySchemaValidationError } from 'fastify/types/schema.js'

/** `requests[0].action: expected one of addObject, updateObject`; `data` names the part: body, querystring, params. */
export function describeProblem(errors: readonly FastifySchemaValidationError[], part: string): string {
  const [first] = errors
  if (first === undefined) return `${part}: invalid`
  const steps = first.instancePath.split('/').slice(1)
  const path = steps.reduce((place, step) => place + (/^\d+$/.test(step) ? `[${step}]` : `${place && '.'}${step}`), '')
  const allowed = errors.flatMap(({ instancePath, keyword, params }) =>
    keyword === 'const' && instancePath === first.instancePath ? [String(params.allowedValue)] : [],
  )
  const { additionalProperty: unknown } = first.params
  if (typeof unknown === 'string') return `${path || part}: unknown key "${unknown}"`
  return `${path || part}: ${allowed.length > 0 ? `expected ${allowed.join(', ')}` : first.message}`
}
