/** Cuts what a shopper did into visits: a silence of `gapMs` or more ends one. */

/** Number of the visit of each row, ascending by first event. `timeMs` ascends. O(rows + users). */
export function cutSessions(
  userIndex: Int32Array,
  timeMs: Float64Array,
  userCount: number,
  gapMs: number,
): { session: Int32Array; count: number } {
  const session = new Int32Array(timeMs.length)
  const current = new Int32Array(userCount)
  const lastMs = new Float64Array(userCount).fill(Number.NEGATIVE_INFINITY)
  let count = 0
  for (let row = 0; row < session.length; row++) {
    const user = userIndex[row]
    if (timeMs[row] - lastMs[user] >= gapMs) current[user] = count++
    session[row] = current[user]
    lastMs[user] = timeMs[row]
  }
  return { session, count }
}
