/** Arrays of numbers that run full: the same numbers in more room. */
type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array

/** A copy of `values` with `length` places, no fewer than there are; new ones hold 0. */
export function grown<Values extends Numbers>(values: Values, length: number): Values {
  const larger = new (values.constructor as new (length: number) => Values)(length)
  larger.set(values)
  return larger
}
