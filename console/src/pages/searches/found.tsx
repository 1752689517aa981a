/** What searches showed: places that were clicked, products most found, filters asked for. */
import { Anchor, Text } from '@mantine/core'
import { Link } from 'wouter'
import type { Answer } from '../../api.ts'
import { Board, figures } from '../../pieces/board.tsx'
import { Part } from '../../pieces/page.tsx'
import { Loaded } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAsked } from '../../queries.ts'
import type { Period } from '../searches.tsx'

const few = 10

export function Found({ period }: { period: Period }) {
  return (
    <div className="found">
      <Places period={period} />
      <Hits period={period} />
      <Filters period={period} />
    </div>
  )
}

function Places({ period: query }: { period: Period }) {
  const { say, number } = useText()
  return (
    <Part title={say('clickPlaces')}>
      <Loaded query={useAsked('GET /2/clicks/positions', { query })}>
        {({ positions }) => {
          const most = Math.max(1, ...positions.map(({ clickCount }) => clickCount))
          const name = ([from, until]: number[]) =>
            until === -1 ? `${from}+` : from === until ? `${from}` : `${from}–${until}`
          const told = positions.map(({ position, clickCount }) => `${name(position)}: ${number(clickCount)}`)
          return (
            <div className="places" role="img" aria-label={`${say('clickPlaces')}: ${told.join(', ')}`}>
              {positions.map(({ position, clickCount }) => (
                <div key={position[0]}>
                  <span className="places-name">{name(position)}</span>
                  <span className="bar" style={{ width: `${(70 * clickCount) / most}%` }} />
                  <span>{number(clickCount)}</span>
                </div>
              ))}
            </div>
          )
        }}
      </Loaded>
    </Part>
  )
}

function Hits({ period }: { period: Period }) {
  const { say, number, percent } = useText()
  type Line = Answer<'GET /2/hits'>['hits'][number]
  return (
    <Part title={say('topHits')}>
      <Loaded query={useAsked('GET /2/hits', { query: { ...period, clickAnalytics: true, limit: few } })}>
        {({ hits }) =>
          hits.length === 0 ? (
            <Text c="dimmed">{say('noneYet')}</Text>
          ) : (
            <Board
              label={say('topHits')}
              rows={hits}
              rowKey={({ hit }) => hit}
              columns={[
                {
                  id: 'hit',
                  head: say('productId'),
                  cell: ({ hit }) => (
                    <Anchor component={Link} href={`/catalogue/${encodeURIComponent(hit)}`} size="sm" className="mono">
                      {hit}
                    </Anchor>
                  ),
                },
                figures('count', say('searchCount'), ({ count }: Line) => count, number),
                {
                  id: 'ctr',
                  head: say('clickThrough'),
                  numeric: true,
                  value: ({ clickThroughRate }) => clickThroughRate ?? -1,
                  cell: ({ clickThroughRate }) => (clickThroughRate == null ? '–' : percent(clickThroughRate)),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Part>
  )
}

function Filters({ period }: { period: Period }) {
  const { say, number } = useText()
  type Line = Answer<'GET /2/filters'>['attributes'][number]
  return (
    <Part title={say('topFilters')}>
      <Loaded query={useAsked('GET /2/filters', { query: { ...period, limit: few } })}>
        {({ attributes }) =>
          attributes.length === 0 ? (
            <Text c="dimmed">{say('noneYet')}</Text>
          ) : (
            <Board
              label={say('topFilters')}
              rows={attributes}
              rowKey={({ attribute }) => attribute}
              columns={[
                {
                  id: 'attribute',
                  head: say('attribute'),
                  cell: ({ attribute }) => <span className="mono">{attribute}</span>,
                },
                figures('count', say('searchCount'), ({ count }: Line) => count, number),
              ]}
            />
          )
        }
      </Loaded>
    </Part>
  )
}
