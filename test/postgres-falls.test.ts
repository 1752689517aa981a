/** PostgreSQL slow, gone and silent: what is in memory goes on answering, and no event is acknowledged that is not kept, none kept twice. */
import { createServer, connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CatalogueId } from '../src/domain/ids.ts'
import { type PostgresServer, startPostgres } from '../src/store/postgres-fixture.ts'
import { openPostgresStore } from '../src/store/postgres.ts'
import { noon, type OpenShop, openShopForTest } from './open-shop.ts'

const products = 'products' as CatalogueId
const schema = `falls_${process.pid}`

interface Line {
  readonly url: string
  /** From now on: what passes through, and after how long. */
  behave(how: { readonly open?: boolean; readonly silent?: boolean; readonly delayMs?: number }): void
  close(): Promise<void>
}

/** A line to the server that can be slow, go dead, or be cut. */
async function openLine(target: URL): Promise<Line> {
  let [open, silent, delayMs] = [true, false, 0]
  const sockets = new Set<Socket>()
  const listener = createServer((near) => {
    if (!open) {
      near.destroy()
      return
    }
    const far = connect(Number(target.port), target.hostname)
    const pass = (from: Socket, to: Socket) => {
      sockets.add(from)
      from
        .on('error', () => to.destroy())
        .on('close', () => {
          sockets.delete(from)
          to.destroy()
        })
      from.on('data', (bytes) => {
        if (silent) return
        if (delayMs === 0) to.write(bytes)
        else setTimeout(() => to.write(bytes), delayMs)
      })
    }
    pass(near, far)
    pass(far, near)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.port = String((listener.address() as { port: number }).port)
  return {
    url: url.href,
    behave: (how) => {
      ;({ open = true, silent = false, delayMs = 0 } = how)
      if (!open) for (const socket of sockets) socket.destroy()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

let server: PostgresServer
let line: Line
let shop: OpenShop
beforeAll(async () => {
  server = await startPostgres()
  line = await openLine(new URL(server.url))
  shop = await openShopForTest({ store: { url: line.url, schema } })
  const objects = Array.from({ length: 20 }, (_, at) => ({ objectID: `i${at}`, title: `Thing ${at}` }))
  await shop.engine.change(
    products,
    objects.map((record) => ({ kind: 'put', record })),
  )
}, 120_000)
afterAll(async () => {
  line.behave({})
  await shop.close()
  await line.close()
  await server.stop()
})

const eventsOf = (userToken: string, count: number) => {
  const about = { eventType: 'view', eventName: 'Seen', index: products, userToken, timestamp: noon }
  return Array.from({ length: count }, (_, at) => ({ ...about, objectIDs: [`i${at}`] }))
}
const send = async (userToken: string, count = 3): Promise<number> => {
  const body = JSON.stringify({ events: eventsOf(userToken, count) })
  return (await fetch(`${shop.url}/1/events`, { method: 'POST', body })).status
}
const found = async () => {
  const asked = { method: 'POST', body: '{"query":"thing"}' }
  const response = await fetch(`${shop.url}/1/indexes/${products}/query`, asked)
  return ((await response.json()) as { nbHits: number }).nbHits
}
const ready = async () => (await fetch(`${shop.url}/readyz`)).status

/** Past the line. */
async function held(): Promise<Map<string, number>> {
  const store = await openPostgresStore({ url: server.url, schema, readOnly: true })
  const counts = new Map<string, number>()
  for await (const events of store.events.scan({ catalogue: products })) {
    for (const { userId } of events) counts.set(userId, (counts.get(userId) ?? 0) + 1)
  }
  await store.close()
  return counts
}

it('waits for a slow server: events take longer, answers do not', async () => {
  line.behave({ delayMs: 150 })
  const startMs = performance.now()
  const sent = send('slow').then((status) => ({ status, tookMs: performance.now() - startMs }))
  expect(await found()).toBe(20)
  const answeredMs = performance.now() - startMs
  const { status, tookMs } = await sent
  expect(status).toBe(200)
  expect(tookMs).toBeGreaterThan(600) // begin, lock, insert, commit: there and back
  expect(answeredMs).toBeLessThan(tookMs)
  line.behave({})
  expect((await held()).get('slow')).toBe(3)
})

it('refuses events while the server is gone, goes on answering, and keeps what is sent again once', async () => {
  line.behave({ open: false })
  expect(await send('gone')).toBe(500)
  expect(await found()).toBe(20)
  expect(await ready()).toBe(503)
  line.behave({})
  expect([await send('gone'), await send('gone')]).toEqual([200, 200])
  // It is asked again once it has followed what others changed meanwhile.
  while ((await ready()) !== 200) await new Promise((resolve) => setImmediate(resolve))
  expect((await held()).get('gone')).toBe(3)
})

it('turns a storm of events away while the server is silent, and loses none that it acknowledges', async () => {
  line.behave({ silent: true })
  const statuses = new Map<string, number>()
  const storm = Array.from({ length: 80 }, async (_, at) => {
    statuses.set(`storm${at}`, await send(`storm${at}`, 1_000))
  })
  // Some 50,000 may wait for a commit; the others hear at once that they must come again.
  while (statuses.size < 25) await new Promise((resolve) => setImmediate(resolve))
  expect([...statuses.values()].every((status) => status === 429)).toBe(true)
  expect(await found()).toBe(20)
  line.behave({ open: false })
  line.behave({})
  await Promise.all(storm)
  const refused = [...statuses].filter(([, status]) => status !== 200).map(([user]) => user)
  expect(refused.length).toBeGreaterThanOrEqual(25)
  const before = await held()
  for (const [user, status] of statuses) if (status === 200) expect(before.get(user), user).toBe(1_000)
  for (const user of refused) expect(await send(user, 1_000)).toBe(200)
  const after = await held()
  for (const user of statuses.keys()) expect(after.get(user), user).toBe(1_000)
}, 120_000)
