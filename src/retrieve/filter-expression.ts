/**
 * Reads a filter as shops write it: `brand:Acme AND (price < 20 OR price:50 TO 60) AND NOT colour:"dark red"`.
 *
 *   expression  = alternatives { AND alternatives }        OR binds tighter: a AND b OR c is a AND (b OR c)
 *   alternatives = negation { OR negation }
 *   negation    = { NOT } ( "(" expression ")" | term )
 *   term        = attribute ":" value | attribute ":" number TO number | attribute operator number | tag
 *
 * Words with spaces, keywords or quotes stand in quotes, `\` escapes within. A value may end in `<score=N>`, which
 * only optional filters use. A word alone is one of `_tags`.
 */
import { HaggleError } from '../domain/errors.ts'
import { all, any, type Condition, compare, equal, not, type Operator, within } from './condition.ts'

const longest = 20_000
const deepest = 32

/** @throws `bad-request` naming the character at which the text stops making sense. */
export function parseFilterExpression(text: string): Condition {
  if (text.length > longest) {
    throw new HaggleError('bad-request', `filters: ${text.length} characters; at most ${longest} are read.`)
  }
  const parser = createParser(text)
  const condition = parser.expression(0)
  parser.end()
  return condition
}

const keyword = /(?:AND|OR|NOT|TO)(?![^\s()])/y
const attributeWord = /[^\s:<>=!()"']+/y
const valueWord = /[^\s()"'][^\s()]*/y
const quoted = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/suy
const operator = /<=|>=|!=|<|>|=/y
const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![^\s()])/y
const score = /<score=\d+>/y
const scoreAtEnd = /<score=\d+>$/

function createParser(text: string) {
  let at = 0

  const skipSpace = () => {
    while (at < text.length && /\s/.test(text[at])) at++
  }
  /** Moves past `pattern` (a sticky one) and the space before it, or stays. */
  const take = (pattern: RegExp): RegExpExecArray | null => {
    skipSpace()
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  const takeText = (wanted: string): boolean => {
    skipSpace()
    if (!text.startsWith(wanted, at)) return false
    at += wanted.length
    return true
  }
  const takeKeyword = (wanted: string): boolean => {
    const before = at
    if (take(keyword)?.[0] === wanted) return true
    at = before
    return false
  }
  const fail = (expected: string): never => {
    skipSpace()
    const found = at < text.length ? `"${text.slice(at, at + 20)}"` : 'the end'
    throw new HaggleError('bad-request', `filters: expected ${expected} at character ${at + 1}, found ${found}.`)
  }
  const takeQuoted = (): string | null => {
    const match = take(quoted)
    return match === null ? null : (match[1] ?? match[2]).replace(/\\(.)/gsu, '$1')
  }
  const takeNumber = (): number => Number(take(number)?.[0] ?? fail('a number'))

  /** What follows `attribute:`. */
  const valueOf = (attribute: string): Condition => {
    const text = takeQuoted()
    if (text !== null) {
      take(score)
      return equal(attribute, text)
    }
    const before = at
    const low = take(number)
    if (low !== null && takeKeyword('TO')) return within(attribute, Number(low[0]), takeNumber())
    at = before
    const word = take(valueWord) ?? fail(`a value of "${attribute}"`)
    return equal(attribute, word[0].replace(scoreAtEnd, ''))
  }

  const term = (): Condition => {
    const before = at
    if (take(keyword) !== null) {
      at = before
      return fail('a filter')
    }
    const word = takeQuoted() ?? take(attributeWord)?.[0] ?? fail('a filter')
    if (takeText(':')) return valueOf(word)
    const comparison = take(operator)
    return comparison === null ? equal('_tags', word) : compare(word, comparison[0] as Operator, takeNumber())
  }

  const negation = (depth: number): Condition => {
    let negated = false
    while (takeKeyword('NOT')) negated = !negated
    const condition = takeText('(') ? grouped(depth + 1) : term()
    return negated ? not(condition) : condition
  }

  const grouped = (depth: number): Condition => {
    if (depth > deepest) fail(`at most ${deepest} parentheses within each other`)
    const condition = expression(depth)
    if (!takeText(')')) fail('")"')
    return condition
  }

  const listOf = (joint: string, part: () => Condition): Condition[] => {
    const parts = [part()]
    while (takeKeyword(joint)) parts.push(part())
    return parts
  }

  const expression = (depth: number): Condition => all(listOf('AND', () => any(listOf('OR', () => negation(depth)))))

  const end = () => {
    skipSpace()
    if (at < text.length) fail('AND or OR')
  }

  return { expression, end }
}
