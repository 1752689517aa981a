/** A synonym as a merchandiser writes it, checked. */
import { HaggleError } from '../domain/errors.ts'
import type { Synonym } from '../retrieve/lexical.ts'
import { Expected, texts } from './parameter-types.ts'
import type { Raw } from './search-parameters.ts'

/** @throws `bad-request` naming the part that cannot be read. */
export function readSynonym(raw: Raw, path = ''): Synonym {
  const fail = (part: string, expected: string): never => {
    throw new HaggleError('bad-request', `${path}${part}: expected ${expected}.`)
  }
  const words = (name: string): readonly string[] => {
    try {
      const read = texts(raw[name] ?? null)
      return read.length === 0 ? fail(name, 'at least one word') : read
    } catch (error) {
      if (!(error instanceof Expected)) throw error
      return fail(name, error.message)
    }
  }
  const word = (name: string): string => {
    const value = raw[name]
    return typeof value === 'string' && value.trim() !== '' ? value : fail(name, 'a text')
  }
  if (typeof raw.objectID !== 'string' || raw.objectID === '') fail('objectID', 'a text')
  switch (typeof raw.type === 'string' ? raw.type.toLowerCase() : '') {
    case 'synonym':
      return { type: 'synonym', synonyms: words('synonyms') }
    case 'onewaysynonym':
      return { type: 'onewaysynonym', input: word('input'), synonyms: words('synonyms') }
    case 'altcorrection1':
      return { type: 'altcorrection1', word: word('word'), corrections: words('corrections') }
    case 'altcorrection2':
      return { type: 'altcorrection2', word: word('word'), corrections: words('corrections') }
    case 'placeholder':
      return { type: 'placeholder', placeholder: word('placeholder'), replacements: words('replacements') }
    default:
      return fail('type', 'synonym, oneWaySynonym, altCorrection1, altCorrection2 or placeholder')
  }
}
