import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hourMs } from '../src/base/clock.ts'
import { openShopForTest, type OpenShop } from './open-shop.ts'

let shop: OpenShop
beforeAll(async () => {
  shop = await openShopForTest()
})
afterAll(() => shop.close())

const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, headers: Record<string, string> = {}) =>
  shop.app.inject({ method, url, headers })
const signIn = async () => {
  const answer = await ask('POST', '/haggle/v1/session', { 'x-algolia-api-key': shop.engine.adminKey })
  return String(answer.headers['set-cookie'])
}
const fromConsole = (cookie: string) => ({ cookie: cookie.split(';', 1)[0], 'x-haggle-console': '1' })

describe('a session of the console', () => {
  it('begins with the admin key only, in a cookie that no script and no other site can use', async () => {
    expect((await ask('POST', '/haggle/v1/session', { 'x-algolia-api-key': 'guess' })).statusCode).toBe(403)
    const cookie = await signIn()
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    expect(cookie).not.toContain(shop.engine.adminKey)
  })

  it('opens what the key opens, and only beside the console’s own header', async () => {
    const cookie = await signIn()
    expect((await ask('GET', '/1/indexes', fromConsole(cookie))).statusCode).toBe(200)
    expect((await ask('GET', '/1/indexes', { cookie: cookie.split(';', 1)[0] })).statusCode).toBe(403)
    expect((await ask('GET', '/haggle/v1/session', fromConsole(cookie))).json()).toMatchObject({ signedIn: true })
  })

  it('ends after twelve hours, with a changed byte, and when it is asked to', async () => {
    const cookie = await signIn()
    const forged = cookie.replace(/=(\d)/, (_, digit) => `=${(Number(digit) + 1) % 10}`)
    expect((await ask('GET', '/1/indexes', fromConsole(forged))).statusCode).toBe(403)
    shop.clock.advance(12 * hourMs + 1)
    expect((await ask('GET', '/1/indexes', fromConsole(cookie))).statusCode).toBe(403)
    const ended = await ask('DELETE', '/haggle/v1/session')
    expect(String(ended.headers['set-cookie'])).toMatch(/haggle-console=; .*Max-Age=0/)
  })
})
