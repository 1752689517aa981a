/**
 * Which searches are meant by a combination of tags: `mobile AND (country:de OR country:at)`.
 *
 * expression = all { OR all }; all = one { AND one }; one = ( expression ) | tag | "tag with spaces".
 */
import { HaggleError } from '../domain/errors.ts'

const deepest = 32

type TagTest = (tags: readonly string[]) => boolean

/** @throws `bad-request` naming the parameter */
export function readTags(text: string): TagTest {
  const tokens = text.match(/[()]|"[^"]*"|[^\s()]+/g) ?? []
  let at = 0
  let depth = 0
  const fail = (expected: string): never => {
    throw new HaggleError('bad-request', `tags: expected ${expected}, found ${tokens[at] ?? 'the end'}.`)
  }
  const one = (): TagTest => {
    const token = tokens[at]
    if (token === undefined || token === ')' || /^(AND|OR)$/i.test(token)) return fail('a tag')
    at++
    if (token !== '(') {
      const tag = token.replace(/^"(.*)"$/, '$1')
      return (tags) => tags.includes(tag)
    }
    if (++depth > deepest) fail(`at most ${deepest} parentheses within each other`)
    const inner = either()
    depth--
    if (tokens[at] !== ')') return fail(')')
    at++
    return inner
  }
  const joined = (part: () => TagTest, word: string, join: (tests: readonly TagTest[]) => TagTest): TagTest => {
    const tests = [part()]
    while (tokens[at]?.toUpperCase() === word) {
      at++
      tests.push(part())
    }
    return tests.length === 1 ? tests[0] : join(tests)
  }
  const every = () => joined(one, 'AND', (tests) => (tags) => tests.every((test) => test(tags)))
  const either = (): TagTest => joined(every, 'OR', (tests) => (tags) => tests.some((test) => test(tags)))
  const test = either()
  return at < tokens.length ? fail('AND or OR') : test
}
