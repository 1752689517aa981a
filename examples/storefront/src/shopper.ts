/**
 * Who looks: oneself, under a token that only this browser knows, or one of the shop's simulated shoppers.
 *
 * Whoever knows a token may see what was learnt under it, so a visitor's is 128 random bits.
 */
import type { Settings } from './settings.ts'

const who = 'shopper'
const own = 'visitor'

function ownToken(): string {
  const kept = localStorage.getItem(own)
  if (kept !== null) return kept
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const made = `visitor-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
  localStorage.setItem(own, made)
  return made
}

export interface Shopper {
  readonly token: string
  /** `null` for oneself. */
  readonly name: string | null
}

export function currentShopper({ shoppers }: Settings): Shopper {
  const chosen = shoppers.find(({ token }) => token === localStorage.getItem(who))
  return chosen ?? { token: ownToken(), name: null }
}

export function become(token: string | null): void {
  if (token === null) localStorage.removeItem(who)
  else localStorage.setItem(who, token)
  scrollTo(0, 0)
  location.reload()
}

/** A new self. */
export function startAfresh(): void {
  localStorage.removeItem(own)
  location.reload()
}
