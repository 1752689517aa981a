/**
 * Hears from PostgreSQL when another replica has changed something: by notification, and by the clock where none comes.
 *
 * A connection of its own listens; where it breaks, the next one is made at once and then twice a second. A call every
 * half second has whoever is called look for himself, so that what was missed, also behind a pool of connections that
 * passes no notifications on, is late and not lost.
 */
import pg from 'pg'
import type { UserId } from '../domain/ids.ts'
import { channel } from './change-log.ts'
import { decodeText } from './exact-text.ts'
import type { ChangeLog } from './store.ts'

const pollMs = 500

export function listenTo(
  { schema = 'haggle' }: { readonly schema?: string },
  settings: pg.ClientConfig,
): ChangeLog['listen'] {
  return (wake) => {
    let client: pg.Client | null = null
    let closed = false
    const drop = (): void => {
      const dropped = client
      client = null
      void dropped?.end().catch(() => undefined)
    }

    const hear = ({ payload = '' }: pg.Notification): void => {
      const [whose, change, ...shopper] = payload.split(' ')
      if (whose !== schema) return
      if (shopper.length === 0) wake()
      else wake({ change: Number(change), userId: decodeText(shopper.join(' ')) as UserId })
    }
    const connect = async (): Promise<void> => {
      const own = new pg.Client({ ...settings, query_timeout: 5_000 })
      client = own
      const lost = () => {
        if (client === own) drop()
      }
      own.on('error', lost).on('end', lost).on('notification', hear)
      await own
        .connect()
        .then(() => own.query(`listen ${channel}`))
        .then(() => wake(), lost)
    }

    void connect()
    let polls = 0
    const timer = setInterval(() => {
      if (client === null && !closed) void connect()
      // One that has gone dead without a word fails here.
      else if (++polls % 20 === 0) client?.query('select 1').catch(drop)
      wake()
    }, pollMs)
    timer.unref()
    return async () => {
      closed = true
      clearInterval(timer)
      await client?.end().catch(() => undefined)
    }
  }
}
