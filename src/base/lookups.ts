/** How often something kept at hand was there when it was asked for, since it was made. */
export interface Lookups {
  hits: number
  misses: number
}
