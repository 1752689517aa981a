/**
 * What a shopper lets the shop do with what they do: one purpose at a time, each refused or not.
 *
 * A refusal travels with every event and every answer as bits, one a purpose, so that whoever reads them for a purpose
 * leaves out what is not for it. 0, or none said: everything may be used for everything.
 */

/** Counting and reporting by name; answers that know who asks; learning models and the order of answers. */
export const purposes = ['analytics', 'personalization', 'training'] as const
export type Purpose = (typeof purposes)[number]

/** Bit n stands for `purposes[n]`. */
export type Refusal = number

export const nothingRefused: Refusal = 0
export const everythingRefused: Refusal = (1 << purposes.length) - 1

/** What of it is agreed to. */
export type Consent = Readonly<Record<Purpose, boolean>>

export function refusalOf(consent: Partial<Consent>): Refusal {
  return purposes.reduce((bits, purpose) => bits | (consent[purpose] === false ? purposeBit(purpose) : 0), 0)
}

export function consentOf(refusal: Refusal): Consent {
  const each = (purpose: Purpose) => [purpose, (refusal & purposeBit(purpose)) === 0] as const
  return Object.fromEntries(purposes.map(each)) as Consent
}

export function purposeBit(purpose: Purpose): Refusal {
  return 1 << purposes.indexOf(purpose)
}

/** Whether it may be used for that. */
export function allows(about: { readonly refused?: Refusal }, purpose: Purpose): boolean {
  return ((about.refused ?? 0) & purposeBit(purpose)) === 0
}

export function isPurpose(name: unknown): name is Purpose {
  return purposes.some((purpose) => purpose === name)
}
