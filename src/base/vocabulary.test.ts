import { expect, it } from 'vitest'
import { createVocabulary } from './vocabulary.ts'

it('numbers ids in the order they come and finds them both ways', () => {
  const vocabulary = createVocabulary<string>(['a', 'b', 'a'])
  expect(vocabulary.ids()).toEqual(['a', 'b'])
  expect(vocabulary.add('c')).toBe(2)
  expect(vocabulary.add('b')).toBe(1)
  expect([vocabulary.indexOf('c'), vocabulary.indexOf('z'), vocabulary.idOf(0), vocabulary.size]).toEqual([
    2,
    -1,
    'a',
    3,
  ])
})
