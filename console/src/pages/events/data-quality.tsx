/** How good the data is: the latest check, rule by rule. */
import { Badge, Button, SimpleGrid, Stack, Text } from '@mantine/core'
import { ask } from '../../api.ts'
import { Board, figures } from '../../pieces/board.tsx'
import { Figure } from '../../pieces/figure.tsx'
import { Part } from '../../pieces/page.tsx'
import { Empty, Loaded, Problem } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAct, useAsked, useIndex } from '../../queries.ts'

const pollMs = 400

/** Resolves once the check is done, so that what it found is asked for then. */
async function checkShop(index: string): Promise<void> {
  let job = await ask('POST /haggle/v1/jobs', { body: { kind: 'check', index } })
  while (job.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, pollMs))
    job = await ask('GET /haggle/v1/jobs/:id', { path: { id: job.id } })
  }
  if (job.error !== null) throw new Error(job.error.message)
}

export function DataQuality() {
  const { say, number, percent, time } = useText()
  const index = useIndex()
  const query = useAsked('GET /haggle/v1/quality', { query: { index } })
  const check = useAct(() => checkShop(index))
  const button = (
    <Button onClick={() => check.mutate(undefined)} loading={check.isPending} variant="default">
      {say('checkNow')}
    </Button>
  )
  return (
    <Loaded query={query}>
      {({ quality, atMs }) =>
        quality === null ? (
          <Empty title={say('notChecked')} next={say('notCheckedNext')}>
            {button}
            <Problem error={check.error} />
          </Empty>
        ) : (
          <Stack>
            <Problem error={check.error} />
            <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
              <Figure
                name={say('kept')}
                value={percent(quality.rowsKept / Math.max(1, quality.rowsRead))}
                note={`${number(quality.rowsKept)} / ${number(quality.rowsRead)}`}
                how="quality"
              />
              <Figure
                name={say('shoppers')}
                value={number(quality.users)}
                note={`${say('gini')} ${number(quality.eventsPerUser.gini, 2)}`}
                how="quality"
              />
              <Figure
                name={say('products')}
                value={number(quality.items)}
                note={`${say('gini')} ${number(quality.eventsPerItem.gini, 2)}`}
                how="quality"
              />
              <Figure name={say('visits')} value={number(quality.sessions.count)} how="quality" />
              <Figure name={say('orders')} value={number(quality.orders.count)} how="quality" />
              <Figure name={say('density')} value={percent(quality.density, 2)} how="quality" />
            </SimpleGrid>
            <Part
              title={say('dataQuality')}
              actions={
                <>
                  <Text size="sm" c="dimmed">
                    {atMs === null ? '' : say('checkedAt', { time: time(atMs) })}
                  </Text>
                  {button}
                </>
              }
            >
              <Board
                label={say('dataQuality')}
                rows={quality.rules}
                rowKey={({ name }) => name}
                columns={[
                  { id: 'rule', head: say('rule'), value: ({ name }) => name, cell: ({ name }) => <b>{name}</b> },
                  {
                    id: 'effect',
                    head: say('effect'),
                    value: ({ effect }) => effect,
                    cell: ({ effect }) => (
                      <Badge color={effect === 'dropped' ? 'red.9' : effect === 'changed' ? 'yellow.9' : 'gray.7'}>
                        {effect}
                      </Badge>
                    ),
                  },
                  figures('rows', say('rowCount'), (rule: { rows: number }) => rule.rows, number),
                  {
                    id: 'why',
                    head: say('why'),
                    cell: ({ why, examples }) => (
                      <Text size="sm" className="wrap" title={examples.join('\n')}>
                        {why}
                      </Text>
                    ),
                  },
                ]}
              />
              <Text size="sm" mt="sm">
                {say('missing')}:{' '}
                {Object.entries(quality.missing)
                  .map(([column, share]) => `${column} ${share === null ? '–' : percent(share)}`)
                  .join(', ')}
              </Text>
            </Part>
          </Stack>
        )
      }
    </Loaded>
  )
}
