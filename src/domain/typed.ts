/** What was typed, as it is counted: in small letters, without needless spaces. */
export function typed(query: string): string {
  return query.trim().toLowerCase().replace(/\s+/g, ' ')
}
