/** A small server on this machine that speaks the format of embedding endpoints, and knows a few words. */
import { createServer, type IncomingHttpHeaders } from 'node:http'

export interface AskedOnce {
  readonly input: readonly string[]
  readonly model: string
  readonly dimensions?: number
  readonly headers: IncomingHttpHeaders
  readonly url: string
}

export interface EmbeddingServer {
  readonly url: string
  readonly asked: AskedOnce[]
  /** Milliseconds before it answers. */
  delayMs: number
  /** What it answers with: 200 unless it is to fail. */
  status: number
  close(): Promise<void>
}

/** Warm things lie in one direction, cold ones in the other, all else in a third. */
const directions: readonly (readonly [words: RegExp, vector: readonly number[]])[] = [
  [/winter|arctic|snow/i, [3, 0, 0.3]],
  [/summer|beach/i, [0, 2, 0.2]],
  [/./, [0, 0, 1]],
]

export async function embeddingServer(): Promise<EmbeddingServer> {
  const asked: AskedOnce[] = []
  const state = { delayMs: 0, status: 200 }
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (part: Buffer) => (text += part.toString()))
    request.on('end', () => {
      const body = JSON.parse(text) as Omit<AskedOnce, 'headers' | 'url'>
      asked.push({ ...body, headers: request.headers, url: request.url ?? '' })
      const data = body.input.map((input, index) => ({
        index,
        object: 'embedding',
        embedding: directions.find(([words]) => words.test(input))?.[1],
      }))
      setTimeout(() => {
        response.writeHead(state.status, { 'content-type': 'application/json' })
        // Not in the order asked: the index says which is which.
        response.end(JSON.stringify({ object: 'list', data: data.reverse(), model: body.model }))
      }, state.delayMs)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  })
}
