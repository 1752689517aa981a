/** Searches by their words: the most made, those that find nothing, those of which nothing is taken. */
import { Anchor, Group, Text } from '@mantine/core'
import { Link } from 'wouter'
import type { Answer } from '../../api.ts'
import { Board, figures } from '../../pieces/board.tsx'
import { How } from '../../pieces/how.tsx'
import { Part } from '../../pieces/page.tsx'
import { Loaded } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAsked } from '../../queries.ts'
import type { Period } from '../searches.tsx'

type Top = Answer<'GET /2/searches'>['searches'][number]
const shown = 50
const few = 20

const to = (tab: string, name: string, value: string) =>
  `/merchandising?${new URLSearchParams({ tab, [name]: value }).toString()}`

/** The words, leading to where the search can be looked at. */
function Words({ words }: { words: string }) {
  const { say } = useText()
  return (
    <Anchor component={Link} href={to('rules', 'query', words)} size="sm">
      {words === '' ? say('emptySearch') : words}
    </Anchor>
  )
}

export function TopSearches({ period }: { period: Period }) {
  const { say, number, percent } = useText()
  const rate = (share: number | null | undefined) => (share == null ? '–' : percent(share))
  const query = { ...period, clickAnalytics: true, limit: shown }
  return (
    <Part
      title={
        <>
          {say('topSearches')} <How of="searchCount" />
        </>
      }
    >
      <Loaded query={useAsked('GET /2/searches', { query })}>
        {({ searches }) => (
          <Board
            label={say('topSearches')}
            rows={searches}
            rowKey={({ search }) => search}
            columns={[
              {
                id: 'words',
                head: say('typedWords'),
                value: ({ search }) => search,
                cell: ({ search }) => <Words words={search} />,
              },
              figures('count', say('searchCount'), ({ count }: Top) => count, number),
              figures('hits', say('results'), ({ nbHits }: Top) => nbHits, number),
              {
                id: 'ctr',
                head: say('clickThrough'),
                numeric: true,
                value: ({ clickThroughRate }) => clickThroughRate ?? -1,
                cell: ({ clickThroughRate }) => rate(clickThroughRate),
              },
              {
                id: 'cvr',
                head: say('conversionRate'),
                numeric: true,
                value: ({ conversionRate }) => conversionRate ?? -1,
                cell: ({ conversionRate }) => rate(conversionRate),
              },
              {
                id: 'place',
                head: say('averagePlace'),
                numeric: true,
                value: ({ averageClickPosition }) => averageClickPosition ?? 0,
                cell: ({ averageClickPosition }) =>
                  averageClickPosition == null ? '–' : number(averageClickPosition, 1),
              },
            ]}
          />
        )}
      </Loaded>
    </Part>
  )
}

export function NoResults({ period }: { period: Period }) {
  const { say, number } = useText()
  type Line = Answer<'GET /2/searches/noResults'>['searches'][number]
  return (
    <Part title={say('noResults')}>
      <Loaded query={useAsked('GET /2/searches/noResults', { query: { ...period, limit: few } })}>
        {({ searches }) =>
          searches.length === 0 ? (
            <Text c="dimmed">{say('noneYet')}</Text>
          ) : (
            <Board
              label={say('noResults')}
              rows={searches}
              rowKey={({ search }) => search}
              columns={[
                { id: 'words', head: say('typedWords'), cell: ({ search }) => <Words words={search} /> },
                figures('count', say('searchCount'), ({ count }: Line) => count, number),
                figures('filters', say('withFilters'), ({ withFilterCount }: Line) => withFilterCount, number),
                {
                  id: 'act',
                  head: say('action'),
                  cell: ({ search }) => (
                    <Group gap="xs">
                      <Anchor component={Link} href={to('synonyms', 'word', search)} size="sm">
                        {say('makeSynonym')}
                      </Anchor>
                      <Anchor component={Link} href={to('rules', 'query', search)} size="sm">
                        {say('makeRule')}
                      </Anchor>
                    </Group>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Part>
  )
}

export function NoClicks({ period }: { period: Period }) {
  const { say, number } = useText()
  type Line = Answer<'GET /2/searches/noClicks'>['searches'][number]
  return (
    <Part
      title={
        <>
          {say('noClicks')} <How of="searchRates" />
        </>
      }
    >
      <Loaded query={useAsked('GET /2/searches/noClicks', { query: { ...period, limit: few } })}>
        {({ searches }) =>
          searches.length === 0 ? (
            <Text c="dimmed">{say('noneYet')}</Text>
          ) : (
            <Board
              label={say('noClicks')}
              rows={searches}
              rowKey={({ search }) => search}
              columns={[
                { id: 'words', head: say('typedWords'), cell: ({ search }) => <Words words={search} /> },
                figures('count', say('searchCount'), ({ count }: Line) => count, number),
                figures('hits', say('results'), ({ nbHits }: Line) => nbHits, number),
              ]}
            />
          )
        }
      </Loaded>
    </Part>
  )
}
