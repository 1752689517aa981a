/**
 * What can go wrong, in words a person can act on.
 *
 * A message says who speaks, what is wrong and what to do. Whatever happens in every shop (a stranger, an unseen item,
 * an empty result) is a value, never an error.
 */
export type ErrorCode =
  | 'bad-request' // the caller's input is wrong: HTTP 400, exit code 2
  | 'bad-config' // a configuration key or value is wrong: exit code 2
  | 'bad-state' // a stored model belongs to another model or version
  | 'bad-data' // a file or a row cannot be read
  | 'unauthorised' // a key is missing or not allowed to do this: HTTP 403
  | 'not-found' // HTTP 404
  | 'too-large' // HTTP 413
  | 'no-room' // a limit of what the shop may hold: HTTP 403
  | 'too-slow' // one request asks for more work than others can wait for: HTTP 422
  | 'busy' // another process owns the data folder, or a job is already running: HTTP 409
  | 'overloaded' // more comes in than can be written: HTTP 429, which stock clients send again
  | 'no-data' // there is nothing to learn from
  | 'diverged' // learning produced NaN or collapsed
  | 'too-little-memory' // a fit would not fit; the message holds the estimate
  | 'refused' // the gate kept a model from going live
  | 'cancelled' // a person or a signal stopped it
  | 'unavailable' // a service the shop was told to use does not answer as it should
  | 'internal' // a defect of ours

const httpStatus: Record<ErrorCode, number> = {
  'bad-request': 400,
  'bad-config': 400,
  'bad-state': 500,
  'bad-data': 400,
  unauthorised: 403,
  'not-found': 404,
  'too-large': 413,
  'no-room': 403,
  'too-slow': 422,
  busy: 409,
  overloaded: 429,
  'no-data': 400,
  diverged: 500,
  'too-little-memory': 400,
  refused: 409,
  cancelled: 409,
  unavailable: 500,
  internal: 500,
}

const exitCode: Partial<Record<ErrorCode, number>> = {
  'bad-request': 2,
  'bad-config': 2,
  'bad-data': 3,
  'no-data': 3,
  'not-found': 4,
  busy: 5,
  refused: 6,
  diverged: 7,
  cancelled: 130,
}

export class HaggleError extends Error {
  readonly code: ErrorCode

  /** When to ask again, of what is too much just now. */
  readonly retryAfterSeconds: number | null

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { readonly retryAfterSeconds?: number }) {
    super(message, options)
    this.name = 'HaggleError'
    this.code = code
    this.retryAfterSeconds = options?.retryAfterSeconds ?? null
  }

  /** The HTTP status of this error. User errors are 4xx: stock clients report any 5xx as "Unreachable hosts". */
  get status(): number {
    return httpStatus[this.code]
  }

  /** The exit code of the command line; 1 where nothing more precise is agreed. */
  get exitCode(): number {
    return exitCode[this.code] ?? 1
  }
}

/** Whether a person or a signal stopped it, and nothing went wrong. */
export function isCancelled(error: unknown): boolean {
  return error instanceof HaggleError && error.code === 'cancelled'
}
