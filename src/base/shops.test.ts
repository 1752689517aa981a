import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'
import { shopsOf } from './shops.ts'

const shops = (settings: object, environment = {}) => shopsOf(readConfig(settings), environment)
const of = (id: string, settings: object, environment = {}) => {
  const shop = shops(settings, environment).get(id)
  if (shop === undefined) throw new Error(`no shop ${id}`)
  return shop
}

describe('several shops in one configuration', () => {
  it('are none where none is named', () => {
    expect(shops({}).size).toBe(0)
  })

  it('have the settings of the installation, but for what their own line says', () => {
    const settings = {
      currency: 'EUR',
      training: { afterEvents: 10, models: ['ease', 'ials'], config: { ease: { ridge: 1 }, ials: { factors: 8 } } },
      shops: { oak: {}, Acme: { currency: 'CNY', training: { models: ['ease'], config: { ease: { ridge: 2 } } } } },
    }
    expect(of('oak', settings)).toMatchObject({ currency: 'EUR', training: { models: ['ease', 'ials'] } })
    const acme = of('Acme', settings)
    expect(acme).toMatchObject({ currency: 'CNY', training: { afterEvents: 10, models: ['ease'] } })
    expect(acme.training.config).toEqual({ ease: { ridge: 2 }, ials: { factors: 8 } })
    expect(acme.shops).toEqual({})
  })

  it('have a folder, a schema and a key each, and limits where nobody set any', () => {
    const settings = {
      dataFolder: '/data',
      limits: { products: 7 },
      shops: { 'A-1': { limits: { shoppers: 9 } }, b: {} },
    }
    const shop = of('A-1', settings, { HAGGLE_ADMIN_KEY_A_1: 'secret' })
    expect(shop).toMatchObject({
      dataFolder: '/data/shops/A-1',
      store: { schema: 'haggle_a_1' },
      server: { adminKey: 'secret' },
      limits: { products: 7, shoppers: 9, requestsPerSecond: 200 },
    })
    expect(of('b', settings).server.adminKey).toBeNull()
    expect(readConfig(settings).limits.requestsPerSecond).toBeNull()
  })

  it('are refused under names that are unsafe for folders and schemas', () => {
    for (const id of ['../up', 'a/b', '', 'a b', '.', '_', 'x'.repeat(33), 'é', 'a"b']) {
      expect(() => shops({ shops: { [id]: {} } }), id).toThrow(/no application id/)
    }
    expect(shops(JSON.parse('{ "shops": { "__proto__": {} } }') as object).size).toBe(0)
    expect(shops({ shops: { constructor: {} } }).has('constructor')).toBe(true)
  })

  it('are refused where a line is wrong or sets what there is once, by name', () => {
    expect(() => shops({ shops: { oak: { server: { prot: 1 } } } })).toThrow(/shops\.oak: unknown key "server\.prot"/)
    expect(() => shops({ shops: { oak: { server: { port: 1 }, kernels: {} } } })).toThrow(
      /shops\.oak: server\.port, kernels can be set for the whole installation only/,
    )
    expect(() => shops({ shops: { oak: { shops: {} } } })).toThrow(/shops can be set for the whole/)
    expect(() => shops({ shops: { oak: 1 } })).toThrow(/"shops\.oak": expected object/)
  })

  it('are refused where they would share a key, a folder, a schema, a host or a name', () => {
    expect(() => shops({ server: { adminKey: 'one' }, shops: { a: {} } })).toThrow(/admin key of its own/)
    const both = (line: object) => () => shops({ store: { url: 'postgres://x/y' }, shops: { a: line, b: line } })
    expect(both({ server: { adminKey: 'same' } })).toThrow(/shops\.b and shops\.a would share their server\.adminKey/)
    expect(both({ dataFolder: '/same' })).toThrow(/share their dataFolder/)
    expect(both({ store: { schema: 'same' } })).toThrow(/share their store\.schema/)
    expect(both({ server: { hosts: ['shop.example'] } })).toThrow(/share their server\.hosts/)
    expect(() => shops({ shops: { 'a-b': {}, A_B: {} } })).toThrow(/share their name/)
    expect(() => shops({ store: { schema: 's'.repeat(60) }, shops: { abcd: {} } })).toThrow(/"store\.schema"/)
  })
})
