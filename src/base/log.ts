/**
 * What the process tells its operator: structured lines (pino, JSON) on standard error, without raw user ids or keys.
 *
 * Whoever logs a shopper writes `{ userId }`; the line carries a pseudonym that holds within one process only.
 */
import { createHash, randomBytes } from 'node:crypto'
import { destination, type Logger, pino } from 'pino'

export type Log = Logger

const salt = randomBytes(16)

/** 12 hex digits that stand for a shopper until the process ends. */
export function pseudonym(userId: unknown): string {
  return createHash('sha256').update(salt).update(String(userId)).digest('hex').slice(0, 12)
}

export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: undefined,
      serializers: { userId: pseudonym, userToken: pseudonym, req: describeRequest },
      redact: ['headers', 'adminKey', 'key'],
    },
    // Synchronous: the last lines before a crash are the ones that matter.
    destination({ fd: 2, sync: true }),
  )
}

export const silentLog: Log = pino({ level: 'silent' })

/** Paths only: stock browser clients carry their key in the query string, and paths may end in a shopper's token. */
function describeRequest(request: { method: string; url: string }): { method: string; path: string } {
  const path = request.url.split('?', 1)[0].replace(/(\/(?:usertokens|profiles|shoppers)\/)[^/]+/, '$1…')
  return { method: request.method, path }
}
