/**
 * Secrets of the shop that all its processes share: made when first asked for, kept in the store, sealed with a secret
 * derived from the admin key. Under another admin key they cannot be read and are made anew.
 */
import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { seal, unseal } from '../base/seal.ts'
import type { SecretStore } from '../store/store.ts'

export interface SecretOptions {
  readonly store: SecretStore
  readonly clock: Clock
  readonly adminKey: string
}

/** 32 random bytes in hex, the same for everyone who asks for that name. */
export async function sharedSecret({ store, clock, adminKey }: SecretOptions, name: string): Promise<string> {
  const sealing = Buffer.from(hkdfSync('sha256', adminKey, '', 'haggle people', 32))
  const read = async () => {
    const kept = (await store.list()).find((each) => each.name === name)
    return kept === undefined ? undefined : unseal(sealing, kept.sealed)
  }
  const known = await read()
  if (typeof known === 'string') return known
  if (known === null) await store.remove(name)
  await store.add(name, seal(sealing, randomBytes(32).toString('hex')), clock.now())
  // Of several that make it at once, the first one's holds.
  return (await read()) as string
}

/** Stands for a text for whoever holds the secret, and for nobody else; 32 hex digits. */
export function keyedHash(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex').slice(0, 32)
}
