/** The latest events, newest first, each with what became of it; and what was turned away at the door. */
import { Anchor, Badge, Stack, Text } from '@mantine/core'
import { Link } from 'wouter'
import type { Answer } from '../../api.ts'
import { Board, type Column } from '../../pieces/board.tsx'
import { How } from '../../pieces/how.tsx'
import { Part } from '../../pieces/page.tsx'
import { Empty, Loaded } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import type { TextKey } from '../../texts.ts'
import { useAsked, useIndex } from '../../queries.ts'

export type Fate = Answer<'GET /haggle/v1/events'>['events'][number]

export function EventStream() {
  const { say, clock, number } = useText()
  const index = useIndex()
  const query = useAsked('GET /haggle/v1/events', { query: { index, limit: 50 } }, { everyMs: 2_000 })
  return (
    <Loaded query={query}>
      {({ events, refused }) => (
        <Stack>
          {events.length === 0 ? (
            <Empty title={say('noEvents')} next={say('noEventsNext')} to="/train" action={say('toImport')} />
          ) : (
            <Part title={say('debugger')} actions={<How of="fate" />}>
              <FateTable fates={events} label={say('debugger')} />
            </Part>
          )}
          {refused.length === 0 ? null : (
            <Part title={say('refusedRequests')}>
              <Board
                label={say('refusedRequests')}
                rows={refused}
                rowKey={({ atMs, reason }) => `${atMs} ${reason}`}
                columns={[
                  { id: 'at', head: say('time'), cell: ({ atMs }) => clock(atMs) },
                  {
                    id: 'count',
                    head: say('eventCount'),
                    numeric: true,
                    cell: ({ events: count }) => (count === null ? '–' : number(count)),
                  },
                  {
                    id: 'reason',
                    head: say('reason'),
                    cell: ({ reason }) => (
                      <Text size="sm" className="wrap">
                        {reason}
                      </Text>
                    ),
                  },
                ]}
              />
            </Part>
          )}
        </Stack>
      )}
    </Loaded>
  )
}

export function FateTable({ fates, label }: { fates: readonly Fate[]; label: string }) {
  const { say, time, clock } = useText()
  const columns: Column<Fate>[] = [
    {
      id: 'time',
      head: say('time'),
      value: ({ timeMs }) => timeMs,
      cell: ({ timeMs }) => <span title={time(timeMs)}>{clock(timeMs)}</span>,
    },
    { id: 'type', head: say('type'), value: ({ type }) => type, cell: ({ type }) => say(type as TextKey) },
    {
      id: 'shopper',
      head: say('shopper'),
      cell: ({ userToken }) => (
        <Anchor component={Link} href={`/shoppers/${encodeURIComponent(userToken)}`} size="sm">
          {userToken}
        </Anchor>
      ),
    },
    {
      id: 'about',
      head: say('about'),
      cell: ({ title, objectID, query, name }) => (
        <Text size="sm" maw={200} truncate title={title}>
          {title || (objectID ?? query ?? name)}
        </Text>
      ),
    },
    {
      id: 'learnt',
      head: say('learntFrom'),
      cell: ({ dropped, touched }) =>
        dropped === null ? (
          <span title={touched.join(', ')}>
            {say('yes')}
            {touched.length > 0 ? ', ' : ''}
            <Text span size="xs" c="dimmed">
              {touched.join(', ')}
            </Text>
          </span>
        ) : (
          <Badge color="red.9" title={dropped.why}>
            {say('dropped')}: {dropped.rule}
          </Badge>
        ),
    },
    {
      id: 'joined',
      head: say('joined'),
      cell: ({ answer, unjoined }) =>
        answer === null ? (
          <Text size="sm" c="dimmed" component="span">
            {unjoined === null ? '' : say(unjoined as TextKey)}
          </Text>
        ) : (
          <span title={answer.queryID} className="wrap">
            <b>{answer.surface}</b>
            {answer.position === null ? '' : `, ${say('place', { place: answer.position })}`}{' '}
            <Text span size="xs" c="dimmed">
              {say(answer.by as TextKey)}
            </Text>
          </span>
        ),
    },
  ]
  return (
    <Board
      rows={fates}
      columns={columns}
      label={label}
      rowKey={(fate) =>
        JSON.stringify([fate.timeMs, fate.type, fate.userToken, fate.objectID, fate.queryID, fate.query])
      }
    />
  )
}
