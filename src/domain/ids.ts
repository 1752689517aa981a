/**
 * The names things go by: strings that cannot be mixed up.
 *
 * An id is what the shop calls a thing and lives in SQL and on the wire. A dense number that stands for one inside
 * arrays is always called `…Index`; only `base/vocabulary.ts` translates between the two.
 */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A catalogue of items; the wire calls it an index. */
export type CatalogueId = Branded<'CatalogueId'>
/** A product, article, course …; the wire calls it `objectID`. */
export type ItemId = Branded<'ItemId'>
/** A shopper as the front end names them: the wire's `userToken`. Never written to a log. */
export type UserId = Branded<'UserId'>
/** One event, derived from its content: the same event sent twice has the same id. 32 hex digits. */
export type EventId = Branded<'EventId'>
/** One answer given to a shopper: the wire's `queryID`. 32 hex digits. */
export type QueryId = Branded<'QueryId'>
/** One trained state that can go live. Sorts by age. */
export type GenerationId = Branded<'GenerationId'>
