/** How the shop is doing, beside the period before; by surface and by generation; and what needs attention. */
import { Alert, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { type Answer } from '../api.ts'
import { Board, type Column, figures } from '../pieces/board.tsx'
import { Figure } from '../pieces/figure.tsx'
import { LineChart } from '../pieces/line-chart.tsx'
import { Page, Part } from '../pieces/page.tsx'
import { Empty, Loaded } from '../pieces/states.tsx'
import { useText } from '../preferences.tsx'
import { useAsked, useIndex } from '../queries.ts'

type Overview = Answer<'GET /haggle/v1/overview'>['overview']
type Attention = Answer<'GET /haggle/v1/overview'>['attention']
type Figures = Overview['total']

export default function OverviewPage() {
  const { say } = useText()
  const index = useIndex()
  const [hours, setHours] = useState('24')
  const query = useAsked(
    'GET /haggle/v1/overview',
    { query: { index, hours: Number(hours), minutes: 60 } },
    { everyMs: 5_000 },
  )
  return (
    <Page
      title={say('overview')}
      actions={
        <SegmentedControl
          aria-label={say('period')}
          value={hours}
          onChange={setHours}
          data={[
            { value: '1', label: say('hour1') },
            { value: '24', label: say('hours24') },
            { value: '168', label: say('hours168') },
            { value: '840', label: say('hours840') },
          ]}
        />
      }
    >
      <Loaded query={query}>
        {({ overview, attention }) => (
          <>
            <AttentionList attention={attention} />
            <Totals overview={overview} />
            <Minutes minutes={overview.minutes} />
            {overview.total.answers === 0 ? (
              <Empty title={say('noTraffic')} next={say('noTrafficNext')} to="/events" action={say('events')} />
            ) : (
              <>
                <Part title={say('bySurface')}>
                  <FiguresTable label={say('bySurface')} first={say('surface')} rows={overview.bySurface} />
                </Part>
                <Part title={say('byGeneration')}>
                  <FiguresTable label={say('byGeneration')} first={say('generation')} rows={overview.byGeneration} />
                </Part>
              </>
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function AttentionList({ attention }: { attention: Attention }) {
  const { say } = useText()
  const colours = { error: 'red', warning: 'orange', info: 'gray' }
  if (attention.length === 0) return <Text c="dimmed">{say('nothingWrong')}</Text>
  return (
    <Stack gap="xs" component="section" aria-label={say('attention')}>
      {attention.map(({ code, severity, detail }) => (
        <Alert key={code} color={colours[severity]} p="xs">
          {say(code)} {detail}
        </Alert>
      ))}
    </Stack>
  )
}

function Totals({ overview: { total, before, minutes, bySurface } }: { overview: Overview }) {
  const { say, number, money, percent } = useText()
  const complete = minutes.slice(-6, -1)
  const pace = complete.reduce((sum, { events }) => sum + events, 0) / Math.max(1, complete.length)
  const attributed = bySurface.reduce((sum, { revenueMinor }) => sum + revenueMinor, 0)
  const share = ({ share: value }: Figures['clickThrough']) => (value === null ? '–' : percent(value, 2))
  const was = (figures: Figures, text: string) =>
    figures.answers + figures.purchases > 0 ? say('beforeThat', { value: text }) : say('noneBefore')
  return (
    <SimpleGrid cols={{ base: 2, md: 3, xl: 6 }} spacing="sm">
      <Figure name={say('eventsMinute')} value={number(pace, 1)} how="traffic" />
      <Figure
        name={say('answers')}
        value={number(total.answers)}
        note={was(before, number(before.answers))}
        how="clickThrough"
      />
      <Figure
        name={say('clickThrough')}
        value={share(total.clickThrough)}
        note={was(before, share(before.clickThrough))}
        how="clickThrough"
      />
      <Figure
        name={say('conversionRate')}
        value={share(total.conversion)}
        note={was(before, share(before.conversion))}
        how="conversion"
      />
      <Figure
        name={say('purchases')}
        value={number(total.purchases)}
        note={was(before, number(before.purchases))}
        how="revenue"
      />
      <Figure
        name={say('revenue')}
        value={money(total.revenueMinor)}
        note={`${say('joined')} ${say('answers').toLowerCase()}: ${money(attributed)}`}
        how="revenue"
      />
    </SimpleGrid>
  )
}

function Minutes({ minutes }: { minutes: Overview['minutes'] }) {
  const { say } = useText()
  const { x, lines } = useMemo(
    () => ({
      x: minutes.map(({ atMs }) => atMs / 1000),
      lines: (['events', 'answers', 'clicks', 'purchases'] as const).map((name) => ({
        label: say(name),
        values: minutes.map((minute) => minute[name]),
      })),
    }),
    [minutes, say],
  )
  const total = minutes.reduce((sum, { events }) => sum + events, 0)
  return (
    <Part title={say('perMinute')}>
      <LineChart
        x={x}
        xLabel={say('time')}
        lines={lines}
        time="minutes"
        label={`${say('perMinute')}: ${say('events')} ${total}`}
      />
    </Part>
  )
}

type Row = Figures & { readonly name: string; readonly before?: Figures }

function FiguresTable({ rows, label, first }: { rows: readonly Row[]; label: string; first: string }) {
  const { say, number, money, percent, signed } = useText()
  const rate = ({ share, low, high }: Figures['clickThrough']) =>
    share === null ? '–' : `${percent(share)} (${number(100 * low, 1)}–${number(100 * high, 1)})`
  const change = ({ clickThrough, before }: Row) =>
    clickThrough.share === null || before?.clickThrough.share == null
      ? ''
      : ` ${signed(100 * (clickThrough.share - before.clickThrough.share), 2)}`
  const columns: Column<Row>[] = [
    { id: 'name', head: first, value: ({ name }) => name, cell: ({ name }) => <b>{name}</b> },
    figures('answers', say('answers'), (row) => row.answers, number),
    figures('shown', say('shown'), (row) => row.shown, number),
    figures('clicks', say('clicks'), (row) => row.clicks, number),
    {
      id: 'ctr',
      head: say('clickThrough'),
      numeric: true,
      value: (row) => row.clickThrough.share ?? 0,
      cell: (row) => `${rate(row.clickThrough)}${change(row)}`,
    },
    {
      id: 'cvr',
      head: say('conversionRate'),
      numeric: true,
      value: (row) => row.conversion.share ?? 0,
      cell: (row) => rate(row.conversion),
    },
    figures('purchases', say('purchases'), (row) => row.purchases, number),
    figures('revenue', say('revenue'), (row) => row.revenueMinor, money),
  ]
  return <Board rows={rows} columns={columns} label={label} rowKey={({ name }) => name} />
}
