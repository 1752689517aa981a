/**
 * Asks a service what texts mean: `POST {url}/embeddings` in the format OpenAI made common, one vector a text.
 *
 * An address on a private network is refused, also where a name leads there, unless the shop allows it: the address
 * that was judged is the one that is connected to. Redirects are not followed.
 */
import { lookup as resolve } from 'node:dns'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { HaggleError } from '../../domain/errors.ts'
import { unit } from './unit.ts'

export interface EndpointOptions {
  /** Up to and with `/v1`. */
  readonly url: string
  readonly model: string
  /** `null`: as many as the model has. */
  readonly dimensions: number | null
  readonly key: string | null
  readonly allowPrivate: boolean
}

/** Vectors in the order of the texts, each of length 1. Rejects with `unavailable` where there is no right answer in time. */
export type Embed = (texts: readonly string[], timeoutMs: number) => Promise<Float32Array[]>

const mostBytes = 200_000_000

export function createEndpoint(options: EndpointOptions): Embed {
  const { model, dimensions, key } = options
  const url = new URL(`${options.url.replace(/\/+$/, '')}/embeddings`)
  return async (texts, timeoutMs) => {
    const size = dimensions === null ? {} : { dimensions }
    const body = JSON.stringify({ model, input: texts, encoding_format: 'float', ...size })
    const answer = await post(url, body, { key, timeoutMs, allowPrivate: options.allowPrivate })
    return readVectors(answer, texts.length)
  }
}

function failed(reason: string): HaggleError {
  return new HaggleError('unavailable', `The embedding endpoint ${reason}: see search.embeddings in the settings.`)
}

interface PostOptions {
  readonly key: string | null
  readonly timeoutMs: number
  readonly allowPrivate: boolean
}

async function post(url: URL, body: string, { key, timeoutMs, allowPrivate }: PostOptions): Promise<unknown> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!allowPrivate && isPrivate(host)) throw refused(host)
  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((done, fail) => {
    const request = send(url, {
      method: 'POST',
      signal: AbortSignal.timeout(timeoutMs),
      ...(allowPrivate ? {} : { lookup: publicOnly }),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
    })
    request.on('error', (error) =>
      fail(error instanceof HaggleError ? error : failed(`gave no answer (${error.message})`)),
    )
    request.on('response', (response) => {
      read(response).then(done, fail)
    })
    request.end(body)
  })
}

async function read(response: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > mostBytes) throw failed('sent more than 200 MB')
    parts.push(part)
  }
  if (response.statusCode !== 200) throw failed(`answered ${String(response.statusCode)}`)
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    throw failed('sent no JSON')
  }
}

function readVectors(answer: unknown, count: number): Float32Array[] {
  const { data } = (answer ?? {}) as { data?: { index?: number; embedding?: unknown }[] }
  if (!Array.isArray(data) || data.length !== count) throw failed(`did not send one vector for each of ${count} texts`)
  const vectors: Float32Array[] = []
  data.forEach(({ index, embedding }, at) => {
    const isVector =
      Array.isArray(embedding) && embedding.length > 0 && embedding.every((value) => Number.isFinite(value))
    if (!isVector) throw failed('sent something that is no vector')
    vectors[index ?? at] = unit(embedding as number[])
  })
  const width = vectors[0]?.length
  for (let at = 0; at < count; at++) {
    if (vectors[at]?.length !== width) throw failed('sent vectors of different lengths')
  }
  return vectors
}

const privateNetworks = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv6')
}

/** False for names: those are judged by where they lead. */
export function isPrivate(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && privateNetworks.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

function refused(host: string): HaggleError {
  return new HaggleError(
    'unavailable',
    `The embedding endpoint ${host} is on a private network: set search.embeddings.allowPrivate to true if it is yours.`,
  )
}

const publicOnly: LookupFunction = (host, options, done) => {
  resolve(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, [])
    if (addresses.some(({ address }) => isPrivate(address))) return done(refused(host), [])
    if (options.all === true) return done(null, addresses)
    done(null, addresses[0].address, addresses[0].family)
  })
}
