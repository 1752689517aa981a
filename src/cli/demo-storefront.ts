/**
 * The demo's shop window: the page of `examples/storefront` at `/shop/`, the pictures of its products, and what the
 * shop has learnt of the one shopper who looks at it.
 *
 * Only the demo serves these routes. What was learnt is told without a key, but of nobody else: of a few simulated
 * shoppers, and of a visitor who can name the token that only their own page knows (docs/decisions/0010).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyRequest } from 'fastify'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId, ItemId, UserId } from '../domain/ids.ts'
import type { Item, Json } from '../domain/item.ts'
import { type Engine, suggestionsName } from '../engine.ts'
import { serveBuiltPage } from '../http/built-page.ts'
import type { Routes } from '../http/door.ts'
import { picture } from '../simulate/picture.ts'

const policy = ["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"]
const visitor = /^visitor-[0-9a-f]{32}$/
const names = ['Ada', 'Ben', 'Chen', 'Dora']
const colours = ['#27406b', '#2f6b4a', '#c4694a', '#7c2a3b', '#d9a52b', '#7fb4dc', '#b49bd0'] as const
const tagsTold = 80

interface Chosen {
  readonly token: string
  readonly name: string
  /** What they like most, by categories. */
  readonly likes: readonly string[]
}

type OneShopper = { Params: { token: string } }
type OneHit = { Params: { token: string; item: string }; Querystring: { language?: string } }

export const storefrontRoutes: Routes = (app, { engine }) => {
  const catalogue = engine.config.catalogue as CatalogueId
  const shop = () => engine.shop(catalogue)
  const hide = { schema: { hide: true } }
  let chosen: readonly Chosen[] = []

  const asked = ({ params: { token } }: FastifyRequest<OneShopper>): UserId => {
    if (!visitor.test(token) && !chosen.some((each) => each.token === token)) {
      throw new HaggleError('not-found', 'The demo tells of its own visitors only: open /shop/ and choose one.')
    }
    return token as UserId
  }

  app.get('/shop', hide, (_request, reply) => reply.redirect('/shop/'))

  app.get('/shop/settings.json', hide, async (request, reply) => {
    if (chosen.length === 0) chosen = chooseShoppers(engine, catalogue)
    const { items } = await shop().listItems({ text: '', from: 0, limit: 1 })
    return reply.header('cache-control', 'no-store').send({
      host: request.host,
      protocol: request.protocol,
      apiKey: readFileSync(join(engine.config.dataFolder, 'search.key'), 'utf8').trim(),
      index: catalogue,
      suggestions: suggestionsName(catalogue),
      currency: 'EUR',
      translated: items[0]?.record.zh === undefined ? [] : ['zh'],
      pictures: '/shop/pictures/',
      mind: '/shop/mind/',
      shoppers: chosen,
    })
  })

  app.get<{ Params: { item: string } }>('/shop/pictures/:item', hide, (request, reply) => {
    const item = shop().item(request.params.item as ItemId)
    if (item === undefined) throw new HaggleError('not-found', 'No such product.')
    return reply
      .headers({
        'content-type': 'image/svg+xml',
        'cache-control': 'public, max-age=3600',
        'content-security-policy': "default-src 'none'",
      })
      .send(decodeURIComponent(pictureOf(item).replace('data:image/svg+xml,', '')))
  })

  app.get<OneShopper>('/shop/mind/:token', hide, (request) => {
    const userId = asked(request)
    const interests = shop().profile(userId)?.interests ?? []
    return {
      events: shop().profile(userId)?.eventCount ?? 0,
      segment: shop().habits(userId)?.segment ?? 'stranger',
      generation: shop().generation,
      interests: interests
        .filter(({ kind }) => kind !== 'word')
        .slice(0, tagsTold)
        .map(({ tag, kind, strength, evidence }) => ({ tag, kind, strength, evidence })),
    }
  })

  app.get<OneHit>('/shop/mind/:token/why/:item', hide, async (request) => {
    const told = await shop().explain({
      ...{ catalogue, surface: 'recommended-for-you', userId: asked(request), hit: request.params.item as ItemId },
      ...{ threshold: 0, limit: 12, budget: 60 },
    })
    const { account, removal } = told
    const { language = '' } = request.query
    const named = (item: Item | ItemId) => (typeof item === 'string' ? item : titleIn(language, item))
    return {
      place: told.place,
      source: account?.source ?? null,
      history: (account?.history ?? []).slice(0, 3).map(({ item, part }) => ({ title: named(item), part })),
      shared: (account?.shared ?? [])
        .map(({ tag }) => tag)
        .filter((tag) => !tag.startsWith('word:'))
        .slice(0, 4),
      without: removal?.found === true ? removal.items.map(named) : [],
    }
  })

  app.delete<OneShopper>('/shop/mind/:token', hide, async (request) => {
    const userId = asked(request)
    if (!visitor.test(userId)) throw new HaggleError('bad-request', 'Only visitors can be forgotten from here.')
    return engine.people.erase(userId)
  })

  serveBuiltPage(app, 'storefront', { policy, prefix: '/shop/', decorateReply: false })
}

/** As the record says it in that language; in the shop's own where it does not. */
function titleIn(language: string, { title, record }: Item): string {
  const words = record[language] as { readonly title?: Json } | undefined
  return typeof words?.title === 'string' ? words.title : title
}

/** The record's own picture, or a parcel in a colour of its kind. */
function pictureOf({ id, record, categoryPath }: Item): string {
  const { image } = record
  if (typeof image === 'string' && image.startsWith('data:image/svg+xml,')) return image
  const number = [...(categoryPath.at(-1) ?? id)].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) >>> 0
  return picture({ shelf: '', noun: 0, colour: colours[number % colours.length], style: number })
}

/** A few who have done enough to be known, and like different things. */
function chooseShoppers(engine: Engine, catalogue: CatalogueId): Chosen[] {
  const shop = engine.shop(catalogue)
  const taken = new Set<string>()
  const found: Chosen[] = []
  for (const { userId, eventCount } of shop.shoppers('', 400)) {
    if (found.length === names.length) break
    if (eventCount < 12 || eventCount > 150) continue
    const paths = (shop.profile(userId)?.interests ?? [])
      .filter(({ kind }) => kind === 'category')
      .map(({ tag }) => tag.slice('category:'.length).split(' > '))
    const departments = [...new Set(paths.map(([department]) => department))].slice(0, 2)
    if (departments.length === 0 || taken.has(departments[0])) continue
    taken.add(departments[0])
    found.push({ token: userId, name: names[found.length], likes: departments })
  }
  return found
}
