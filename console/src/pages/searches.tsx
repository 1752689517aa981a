/** What shoppers search, what they find, and what comes of it; from here to the rule or synonym that mends it. */
import { SegmentedControl, SimpleGrid } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Answer } from '../api.ts'
import { Figure } from '../pieces/figure.tsx'
import { LineChart } from '../pieces/line-chart.tsx'
import { Page, Part } from '../pieces/page.tsx'
import { Empty, Loaded } from '../pieces/states.tsx'
import { useText } from '../preferences.tsx'
import { useAsked, useIndex } from '../queries.ts'
import { Found } from './searches/found.tsx'
import { NoClicks, NoResults, TopSearches } from './searches/words.tsx'

/** Days that are asked about. */
export interface Period {
  readonly index: string
  readonly startDate: string
  readonly endDate: string
}

const dayMs = 86_400_000
const everyMs = 15_000

export default function SearchesPage() {
  const { say } = useText()
  const index = useIndex()
  const [days, setDays] = useState('8')
  return (
    <Page
      title={say('searches')}
      actions={
        <SegmentedControl
          aria-label={say('period')}
          value={days}
          onChange={setDays}
          data={[
            { value: '1', label: say('today') },
            { value: '8', label: say('days8') },
            { value: '30', label: say('days30') },
          ]}
        />
      }
    >
      {/* Without dates the last of them is today by the server's clock. */}
      <Loaded query={useAsked('GET /2/searches/count', { query: { index } }, { everyMs })}>
        {({ dates }) => <Searched period={periodOf(index, dates[dates.length - 1].date, Number(days))} />}
      </Loaded>
    </Page>
  )
}

function periodOf(index: string, endDate: string, days: number): Period {
  const startMs = Date.parse(endDate) - (days - 1) * dayMs
  return { index, startDate: new Date(startMs).toISOString().slice(0, 10), endDate }
}

function Searched({ period }: { period: Period }) {
  const { say } = useText()
  return (
    <Loaded query={useAsked('GET /2/searches/count', { query: period }, { everyMs })}>
      {({ count }) =>
        count === 0 ? (
          <Empty
            title={say('noSearches')}
            next={say('noSearchesNext')}
            to="/merchandising"
            action={say('merchandising')}
          />
        ) : (
          <>
            <Totals period={period} count={count} />
            <ByDay period={period} />
            <TopSearches period={period} />
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              <NoResults period={period} />
              <NoClicks period={period} />
            </SimpleGrid>
            <Found period={period} />
          </>
        )
      }
    </Loaded>
  )
}

function Totals({ period: query, count }: { period: Period; count: number }) {
  const { say, number, percent } = useText()
  const rate = (answer: { rate: number | null } | undefined) => (answer?.rate == null ? '–' : percent(answer.rate))
  const users = useAsked('GET /2/users/count', { query }, { everyMs }).data
  const noResults = useAsked('GET /2/searches/noResultRate', { query }, { everyMs }).data
  const noClicks = useAsked('GET /2/searches/noClickRate', { query }, { everyMs }).data
  const clicked = useAsked('GET /2/clicks/clickThroughRate', { query }, { everyMs }).data
  const converted = useAsked('GET /2/conversions/conversionRate', { query }, { everyMs }).data
  return (
    <SimpleGrid cols={{ base: 2, md: 3, xl: 6 }} spacing="sm">
      <Figure name={say('searchCount')} value={number(count)} how="searchCount" />
      <Figure name={say('searchers')} value={users === undefined ? '–' : number(users.count)} how="searchCount" />
      <Figure name={say('noResultRate')} value={rate(noResults)} how="searchRates" />
      <Figure name={say('noClickRate')} value={rate(noClicks)} how="searchRates" />
      <Figure name={say('clickThrough')} value={rate(clicked)} how="searchRates" />
      <Figure name={say('conversionRate')} value={rate(converted)} how="searchRates" />
    </SimpleGrid>
  )
}

function ByDay({ period: query }: { period: Period }) {
  const { say } = useText()
  return (
    <Loaded query={useAsked('GET /2/searches/noResultRate', { query }, { everyMs })}>
      {({ dates }) => (dates.length < 2 ? null : <Days dates={dates} title={say('perDay')} />)}
    </Loaded>
  )
}

function Days({ dates, title }: { dates: Answer<'GET /2/searches/noResultRate'>['dates']; title: string }) {
  const { say } = useText()
  const { x, lines } = useMemo(
    () => ({
      x: dates.map(({ date }) => Date.parse(date) / 1000),
      lines: [
        { label: say('searchCount'), values: dates.map(({ count }) => count) },
        { label: say('noResultRate'), values: dates.map(({ noResultCount }) => noResultCount) },
      ],
    }),
    [dates, say],
  )
  const total = dates.reduce((sum, { count }) => sum + count, 0)
  return (
    <Part title={title}>
      <LineChart
        x={x}
        xLabel={say('time')}
        lines={lines}
        time="days"
        height={180}
        label={`${title}: ${total} ${say('searchCount')}`}
      />
    </Part>
  )
}
