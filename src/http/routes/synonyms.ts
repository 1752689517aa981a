/** Words that mean the same. */
import { entryRoutes } from '../entry-routes.ts'

export const synonymRoutes = entryRoutes({
  kind: 'synonym',
  path: 'synonyms',
  replaces: 'replaceExistingSynonyms',
  fits: (synonym, { type }) =>
    typeof type !== 'string' ||
    type === '' ||
    type
      .toLowerCase()
      .split(',')
      .includes(typeof synonym.type === 'string' ? synonym.type.toLowerCase() : ''),
})
