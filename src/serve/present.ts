/**
 * What a hit looks like: the attributes that were asked for, highlighted words, snippets, and why it stands there.
 */
import type { ItemRecord, Json } from '../domain/item.ts'
import type { Highlight, Highlighter } from '../retrieve/lexical.ts'
import type { Effective } from './search-ask.ts'

type Tree = { readonly [key: string]: Json }

/** The attributes of a record that may be shown. `*` means all, `-x` all but x; nested ones are written `a.b`. */
export function pickAttributes(
  record: ItemRecord,
  wanted: readonly string[] | undefined,
  never: readonly string[],
): Tree {
  const without = [...never, ...(wanted ?? []).filter((name) => name.startsWith('-')).map((name) => name.slice(1))]
  const named = (wanted ?? ['*']).filter((name) => !name.startsWith('-'))
  const all = named.includes('*') || (named.length === 0 && wanted !== undefined && wanted.length > 0)
  const picked = all ? record : pickNamed(record, named)
  return without.length === 0 ? picked : (leaveOut(picked, without, '') as Tree)
}

function pickNamed(record: Tree, names: readonly string[]): Tree {
  const picked: Record<string, Json> = {}
  for (const name of names) {
    const [head, ...rest] = Object.hasOwn(record, name) ? [name] : name.split('.')
    if (!Object.hasOwn(record, head)) continue
    const value = rest.length === 0 ? record[head] : pickBelow(record[head], rest.join('.'))
    if (value !== undefined) picked[head] = merged(picked[head], value)
  }
  return picked
}

function pickBelow(value: Json, path: string): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((each) => pickBelow(each, path) ?? [])
  if (value === null || typeof value !== 'object') return undefined
  const below = pickNamed(value as Tree, [path])
  return Object.keys(below).length === 0 ? undefined : below
}

function merged(before: Json | undefined, value: Json): Json {
  const isTree = (each: Json | undefined) => typeof each === 'object' && each !== null && !Array.isArray(each)
  return isTree(before) && isTree(value) ? { ...(before as Tree), ...(value as Tree) } : value
}

function leaveOut(value: Json, names: readonly string[], prefix: string): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => leaveOut(each, names, prefix))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value as Tree)
      .filter(([key]) => !names.includes(prefix + key))
      .map(([key, below]) => [
        key,
        names.some((name) => name.startsWith(`${prefix}${key}.`)) ? leaveOut(below, names, `${prefix}${key}.`) : below,
      ]),
  )
}

export type HighlightTree = Highlight | readonly HighlightTree[] | { readonly [key: string]: HighlightTree }

export interface Presenter {
  present(record: ItemRecord): Record<string, unknown>
}

const defaultSnippetWords = 10

export function createPresenter(effective: Effective, highlighter: Highlighter): Presenter {
  const marks = { pre: effective.highlightPreTag ?? '<em>', post: effective.highlightPostTag ?? '</em>' }
  const ellipsis = effective.snippetEllipsisText ?? '…'
  const highlighted = attributeTest(effective.attributesToHighlight ?? ['*'])
  const snippets = new Map((effective.attributesToSnippet ?? []).map(readSnippet))
  const never = effective.unretrievableAttributes ?? []
  const only = effective.restrictHighlightAndSnippetArrays === true

  const highlight = (value: string) => highlighter.highlight(value, marks)
  const snippet = (value: string, name: string) => {
    const words = snippets.get(name) ?? snippets.get('*') ?? defaultSnippetWords
    const { value: text, matchLevel } = highlighter.snippet(value, words, { ...marks, ellipsis })
    return { value: text, matchLevel } as Highlight
  }
  const snipped = attributeTest([...snippets.keys()])

  return {
    present: (record) => {
      const open = never.length === 0 ? record : pickAttributes(record, undefined, never)
      const hit: Record<string, unknown> = {
        ...pickAttributes(record, effective.attributesToRetrieve, never),
        objectID: record.objectID,
      }
      const highlights = mapTexts(open, '', highlighted, highlight, only)
      if (highlights !== undefined) hit._highlightResult = highlights
      const snippetTree = snippets.size === 0 ? undefined : mapTexts(open, '', snipped, snippet, only)
      if (snippetTree !== undefined) hit._snippetResult = snippetTree
      return hit
    },
  }
}

function readSnippet(text: string): [string, number] {
  const [name, words] = text.split(':')
  return [name, words === undefined ? defaultSnippetWords : Number(words) || defaultSnippetWords]
}

/** Whether an attribute, by its path, is one of those or below one of them. */
function attributeTest(names: readonly string[]): (path: string) => boolean {
  if (names.includes('*')) return (path) => path !== 'objectID'
  const known = new Map<string, boolean>()
  return (path) => {
    let found = known.get(path)
    if (found === undefined) {
      found = names.some((name) => path === name || path.startsWith(`${name}.`))
      known.set(path, found)
    }
    return found
  }
}

/** The same tree with every text (or number) of the wanted attributes in its place; `undefined` where there is none. */
function mapTexts(
  value: Json,
  path: string,
  wanted: (path: string) => boolean,
  write: (text: string, path: string) => Highlight,
  onlyMatched: boolean,
): HighlightTree | undefined {
  if (typeof value === 'string' || typeof value === 'number') {
    return wanted(path) ? write(String(value), path) : undefined
  }
  if (value === null || typeof value !== 'object') return undefined
  if (Array.isArray(value)) {
    const list = (value as readonly Json[]).flatMap((each) => mapTexts(each, path, wanted, write, onlyMatched) ?? [])
    const kept = onlyMatched ? list.filter((each) => !('matchLevel' in each) || each.matchLevel !== 'none') : list
    return kept.length === 0 ? undefined : kept
  }
  const tree: Record<string, HighlightTree> = {}
  for (const [key, below] of Object.entries(value as Tree)) {
    const mapped = mapTexts(below, path === '' ? key : `${path}.${key}`, wanted, write, onlyMatched)
    if (mapped !== undefined) tree[key] = mapped
  }
  return Object.keys(tree).length === 0 && path !== '' ? undefined : tree
}
