/**
 * How much better than usual a rate is, as a logarithm, held near 0 by a beta prior until there is evidence.
 *
 * log( (hits + s·g) / ((trials + s)·g) ), g the rate of the whole shop, s = 20 trials of it taken as seen. 0 where the item
 * has no trials, or the shop no hits.
 */
const priorTrials = 20

export interface Trials {
  readonly hits: number
  readonly trials: number
}

export function smoothedLift(own: Trials, shop: Trials): number {
  if (shop.hits === 0 || own.trials === 0) return 0
  const usual = shop.hits / Math.max(shop.hits, shop.trials)
  return Math.log((own.hits + priorTrials * usual) / ((Math.max(own.hits, own.trials) + priorTrials) * usual))
}
