/** How odd a figure of an item is beside those of items about as popular: in robust deviations, 0 where not known. */

/** Items of like popularity that an item is compared with. */
const company = 100
const spreads = 1.4826

/** (value − median) / (1.4826 · median deviation) among about a hundred items of like popularity. O(items · log items). */
export function oddness(values: Float64Array, counts: Float64Array): Float64Array {
  const known = Int32Array.from(values.keys())
    .filter((item) => !Number.isNaN(values[item]))
    .sort((one, other) => counts[one] - counts[other])
  const odd = new Float64Array(values.length)
  const groups = Math.max(1, Math.round(known.length / company))
  for (let group = 0; group < groups; group++) {
    const members = known.subarray(
      Math.floor((group * known.length) / groups),
      Math.floor(((group + 1) * known.length) / groups),
    )
    const centre = median(Float64Array.from(members, (item) => values[item]))
    const deviation = median(Float64Array.from(members, (item) => Math.abs(values[item] - centre)))
    for (const item of members) odd[item] = (values[item] - centre) / Math.max(1e-9, spreads * deviation)
  }
  return odd
}

function median(values: Float64Array): number {
  return values.sort()[Math.floor(values.length / 2)] ?? 0
}
