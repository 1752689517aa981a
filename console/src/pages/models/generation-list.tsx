/** All generations with their descent, what may be done with each, and what went live when. */
import { Anchor, Button, Group, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Answer } from '../../api.ts'
import { Board } from '../../pieces/board.tsx'
import { Choice } from '../../pieces/choice.tsx'
import { How } from '../../pieces/how.tsx'
import { Part } from '../../pieces/page.tsx'
import { useText } from '../../preferences.tsx'
import { Promote } from './actions.tsx'
import { StatusBadge } from './status-badge.tsx'

type Data = Answer<'GET /haggle/v1/generations'>

export function GenerationList({ data, shown }: { data: Data; shown: string }) {
  const { say, time, signed } = useText()
  return (
    <Part title={say('generations')} actions={<CompareChoice data={data} />}>
      <Drift drift={data.drift} />
      <Board
        label={say('generations')}
        rows={data.generations}
        rowKey={({ id }) => id}
        marked={({ id }) => id === shown}
        columns={[
          {
            id: 'id',
            head: say('generation'),
            value: ({ createdAtMs }) => createdAtMs,
            cell: ({ id }) => (
              <Anchor component={Link} href={`/models/${id}`} className="mono">
                {id}
              </Anchor>
            ),
          },
          {
            id: 'status',
            head: say('status'),
            cell: ({ id, status }) => <StatusBadge status={status} live={id === data.live} />,
          },
          {
            id: 'act',
            head: say('action'),
            cell: ({ id, status }) => (status === 'ready' && id !== data.live ? <Promote id={id} /> : null),
          },
          {
            id: 'models',
            head: say('models'),
            cell: ({ models }) => models.join(', '),
          },
          {
            id: 'lead',
            head: say('lead'),
            aside: <How of="lead" />,
            numeric: true,
            cell: ({ lead }) =>
              lead === null ? '–' : `${signed(lead.mean)} (${signed(lead.low)} … ${signed(lead.high)})`,
          },
          { id: 'parent', head: say('parent'), cell: ({ parent }) => <span className="mono">{parent ?? '–'}</span> },
          {
            id: 'until',
            head: say('dataUntil'),
            value: ({ dataUntilMs }) => dataUntilMs,
            cell: ({ dataUntilMs }) => time(dataUntilMs),
          },
        ]}
      />
      <Title order={3} size="h5" mt="md" mb="xs">
        {say('history')}
      </Title>
      <Board
        label={say('history')}
        rows={data.history}
        rowKey={({ atMs, generation }) => `${atMs} ${generation}`}
        columns={[
          { id: 'at', head: say('createdAt'), value: ({ atMs }) => atMs, cell: ({ atMs }) => time(atMs) },
          { id: 'id', head: say('generation'), cell: ({ generation }) => <span className="mono">{generation}</span> },
          {
            id: 'why',
            head: say('publishedBecause'),
            cell: ({ reason }) => (
              <Text size="sm" lineClamp={2} maw={700} title={reason} style={{ whiteSpace: 'normal' }}>
                {reason}
              </Text>
            ),
          },
        ]}
      />
    </Part>
  )
}

function Drift({ drift }: { drift: Data['drift'] }) {
  const { say, number } = useText()
  return (
    <Group gap={4} mb="sm" wrap="nowrap" align="flex-start">
      <Text size="sm">
        {say('drift')}:{' '}
        {drift === null
          ? say('driftUnknown')
          : say('driftIs', {
              p: drift.pValue < 0.001 ? drift.pValue.toExponential(1) : number(drift.pValue, 3),
              surprise: number(drift.surprise, 2),
              discrimination: number(drift.discrimination, 2),
              count: number(drift.observations),
            })}
      </Text>
      <How of="drift" />
    </Group>
  )
}

function CompareChoice({ data }: { data: Data }) {
  const { say } = useText()
  const [, go] = useLocation()
  const ready = data.generations.filter(({ status }) => status === 'ready').map(({ id }) => id)
  const [left, setLeft] = useState<string | null>(null)
  const [right, setRight] = useState<string | null>(null)
  const one = left ?? ready.find((id) => id !== data.live) ?? null
  const other = right ?? data.live
  if (ready.length < 2) {
    return (
      <Text size="sm" c="dimmed">
        {say('compareNext')}
      </Text>
    )
  }
  return (
    <Group gap="xs">
      <Choice label={say('compareTwo')} size="xs" w={150} data={ready} value={one} choose={setLeft} />
      <Text size="sm">{say('compareWith')}</Text>
      <Choice label={say('compareTwo')} size="xs" w={150} data={ready} value={other} choose={setRight} />
      <Button
        size="xs"
        variant="light"
        disabled={one === other}
        onClick={() => go(`/models/compare?a=${one}&b=${other}`)}
      >
        {say('compare')}
      </Button>
    </Group>
  )
}
