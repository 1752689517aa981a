/** A rule between the wire and its form: the form shows what most rules are made of, and keeps whatever else there is. */
import type { Entry } from '../../api.ts'

export const anchorings = ['is', 'contains', 'startsWith', 'endsWith'] as const

export interface RuleForm {
  readonly objectID: string
  readonly description: string
  readonly enabled: boolean
  readonly pattern: string
  readonly anchoring: (typeof anchorings)[number]
  readonly context: string
  /** Product and place from 1, as they are typed. */
  readonly pins: readonly (readonly [id: string, place: string])[]
  readonly hides: readonly string[]
  readonly boosts: readonly string[]
  readonly filter: string
  readonly replaces: readonly (readonly [from: string, to: string])[]
  /** Local time, as `datetime-local` writes it; empty: open. */
  readonly from: string
  readonly until: string
  /** As it was loaded. */
  readonly raw: Entry
}

type Tree = Readonly<Record<string, unknown>>
const tree = (value: unknown): Tree => (typeof value === 'object' && value !== null ? (value as Tree) : {})
const list = (value: unknown): readonly Tree[] => (Array.isArray(value) ? value.map(tree) : [])
/** A list, one alone, or lists within a list. */
const texts = (value: unknown): string[] => [value].flat(2).filter((each): each is string => typeof each === 'string')
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const given = <Value>(name: string, value: Value, there: boolean): Tree => (there ? { [name]: value } : {})
/** Windows that are open on one side end with the calendar of the wire's numbers. */
const endOfTime = 4_102_444_800

export function newRule(about: string | null): RuleForm {
  const objectID = `rule-${Date.now().toString(36)}`
  const conditions = about === null || about === '' ? [] : [{ pattern: about, anchoring: 'is' }]
  return readRule({ objectID, conditions, consequence: {} })
}

export function readRule(raw: Entry): RuleForm {
  const [condition = {}] = list(raw.conditions ?? (raw.condition === undefined ? [] : [raw.condition]))
  const consequence = tree(raw.consequence)
  const params = tree(consequence.params)
  const [window] = list(raw.validity)
  return {
    objectID: raw.objectID,
    description: text(raw.description),
    enabled: raw.enabled !== false,
    pattern: text(condition.pattern),
    anchoring: anchorings.find((each) => each === condition.anchoring) ?? 'is',
    context: text(condition.context),
    pins: list(consequence.promote).flatMap(({ objectID, objectIDs, position }) =>
      texts(objectID ?? objectIDs).map((id): [string, string] => [id, String(Number(position) + 1)]),
    ),
    hides: list(consequence.hide).map(({ objectID }) => text(objectID)),
    boosts: texts(params.optionalFilters),
    filter: text(params.filters),
    replaces: list(tree(params.query).edits).map((edit) => [text(edit.delete), text(edit.insert)]),
    from: localTime(window?.from),
    until: localTime(window?.until),
    raw,
  }
}

export function writeRule(form: RuleForm): Entry {
  const { raw, objectID, description, enabled } = form
  const { condition: _, ...rest } = raw
  const [, ...otherConditions] = list(raw.conditions)
  const [, ...otherWindows] = list(raw.validity)
  const condition = {
    ...given('pattern', form.pattern, form.pattern !== ''),
    ...given('anchoring', form.anchoring, form.pattern !== ''),
    ...given('context', form.context, form.context !== ''),
  }
  const bounded = form.from !== '' || form.until !== ''
  const window = { from: seconds(form.from) ?? 0, until: seconds(form.until) ?? endOfTime }
  const first = list(raw.conditions)[0] ?? {}
  const kept = given('filters', first.filters, typeof first.filters === 'string')
  const whole = { ...kept, ...condition }
  return {
    ...rest,
    ...{ objectID, description, enabled },
    conditions: [...(Object.keys(whole).length === 0 ? [] : [whole]), ...otherConditions],
    validity: [...(bounded ? [window] : []), ...otherWindows],
    consequence: writeConsequence(form),
  }
}

function writeConsequence({ raw, pins, hides, boosts, filter, replaces }: RuleForm): Tree {
  const { promote: _, hide: __, params, ...rest } = tree(raw.consequence)
  const { filters: ___, optionalFilters: ____, query, ...otherParams } = tree(params)
  const placed = pins.filter(([id, place]) => id !== '' && Number(place) >= 1)
  const edits = replaces
    .filter(([from]) => from !== '')
    .map(([from, to]) => (to === '' ? { type: 'remove', delete: from } : { type: 'replace', delete: from, insert: to }))
  const written = {
    ...otherParams,
    ...given('filters', filter, filter.trim() !== ''),
    ...given('optionalFilters', boosts, boosts.length > 0),
    // A rule that puts whole other words in the place of what was typed keeps them.
    ...(edits.length > 0 ? { query: { edits } } : given('query', query, typeof query === 'string')),
  }
  return {
    ...rest,
    ...given(
      'promote',
      placed.map(([objectID, place]) => ({ objectID, position: Number(place) - 1 })),
      placed.length > 0,
    ),
    ...given(
      'hide',
      hides.map((objectID) => ({ objectID })),
      hides.length > 0,
    ),
    ...given('params', written, Object.keys(written).length > 0),
  }
}

function localTime(value: unknown): string {
  if (typeof value !== 'number' || value <= 0 || value >= endOfTime) return ''
  const minutes = new Date(value * 1000).getTimezoneOffset()
  return new Date(value * 1000 - minutes * 60_000).toISOString().slice(0, 16)
}

function seconds(local: string): number | null {
  const ms = Date.parse(local)
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000)
}
