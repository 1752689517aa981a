import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEndpoint, isPrivate } from './endpoint.ts'
import { type EmbeddingServer, embeddingServer } from './embedding-server-fixture.ts'

let server: EmbeddingServer
beforeEach(async () => {
  server = await embeddingServer()
})
afterEach(() => server.close())

const endpoint = (more: object = {}) =>
  createEndpoint({ url: server.url, model: 'm', dimensions: null, key: null, allowPrivate: true, ...more })

describe('an embedding endpoint', () => {
  it('is asked in the common format and gives a unit vector for each text, whatever their order', async () => {
    const [winter, summer, desk] = await endpoint({ dimensions: 3, key: 'secret' })(['winter', 'summer', 'desk'], 5_000)
    expect(winter[0]).toBeCloseTo(3 / Math.hypot(3, 0.3))
    expect(summer[1]).toBeCloseTo(2 / Math.hypot(2, 0.2))
    expect([...desk]).toEqual([0, 0, 1])
    const [{ headers, ...asked }] = server.asked
    expect(asked).toEqual({
      ...{ input: ['winter', 'summer', 'desk'], model: 'm', dimensions: 3, encoding_format: 'float' },
      url: '/v1/embeddings',
    })
    expect(headers.authorization).toBe('Bearer secret')
  })

  it('says what is wrong where it fails, is late, or cannot be reached', async () => {
    server.status = 429
    await expect(endpoint()(['a'], 5_000)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('429') as string,
    })
    server.status = 200
    server.delayMs = 10_000
    await expect(endpoint()(['a'], 20)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(endpoint({ url: 'http://127.0.0.1:1/v1' })(['a'], 5_000)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })

  it('is refused on a private network, by its number or by what its name leads to, unless that is allowed', async () => {
    const { port } = new URL(server.url)
    for (const host of ['127.0.0.1', '[::1]', 'localhost', '[::ffff:127.0.0.1]', '2130706433']) {
      const refused = endpoint({ url: `http://${host}:${port}/v1`, allowPrivate: false })(['a'], 5_000)
      await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('allowPrivate') as string })
    }
    expect(server.asked).toEqual([])
    expect(
      ['10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', 'fe80::1', 'fd00::1'].map(isPrivate),
    ).not.toContain(false)
    expect(['8.8.8.8', '172.32.0.1', '2606:4700::1111', 'example.org'].map(isPrivate)).not.toContain(true)
  })
})
