/** One shopper: interests and what speaks for them, habits, what they would be shown and why, what they did; export, erase. */
import { Badge, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useLocation, useParams } from 'wouter'
import { type Answer, ask } from '../api.ts'
import { Board } from '../pieces/board.tsx'
import { Figure } from '../pieces/figure.tsx'
import { How } from '../pieces/how.tsx'
import { Page, Part } from '../pieces/page.tsx'
import { Product } from '../pieces/product.tsx'
import { Loaded } from '../pieces/states.tsx'
import { useText } from '../preferences.tsx'
import { useAsked, useIndex } from '../queries.ts'
import type { TextKey } from '../texts.ts'
import { Confirmed } from './models/actions.tsx'
import { Consent } from './shoppers/consent.tsx'
import { Recommendations } from './shoppers/recommendations.tsx'

type View = Answer<'GET /haggle/v1/shoppers/:userToken'>

export default function ShopperPage() {
  const { say } = useText()
  const index = useIndex()
  const { userToken = '' } = useParams<{ userToken: string }>()
  const [, go] = useLocation()
  const [erasing, setErasing] = useState(false)
  const query = useAsked(
    'GET /haggle/v1/shoppers/:userToken',
    { path: { userToken }, query: { index } },
    { everyMs: 5_000, enabled: !erasing },
  )
  const erase = async () => {
    // Who is gone must not be asked for again.
    setErasing(true)
    await ask('DELETE /1/usertokens/:userToken', { path: { userToken } }).catch((error: unknown) => {
      setErasing(false)
      throw error
    })
    go('/shoppers')
  }
  return (
    <Page
      title={<span className="mono">{userToken}</span>}
      actions={
        <>
          <Button variant="default" onClick={() => void download(index, userToken)}>
            {say('export')}
          </Button>
          <Confirmed
            label={say('erase')}
            question={say('eraseAsk', { name: userToken })}
            what={say('eraseWhat')}
            act={erase}
            colour="red"
          />
        </>
      }
    >
      <Loaded query={query}>
        {(view) => (
          <>
            <Summary view={view} />
            <Recommendations userToken={userToken} />
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              <Interests view={view} />
              <Habits view={view} />
            </SimpleGrid>
            <Consent userToken={userToken} />
            <Timeline view={view} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

async function download(index: string, userToken: string): Promise<void> {
  const everything = await ask('GET /haggle/v1/shoppers/:userToken/export', { path: { userToken }, query: { index } })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([JSON.stringify(everything, null, 1)], { type: 'application/json' }))
  link.download = `${userToken}.json`
  link.click()
  URL.revokeObjectURL(link.href)
}

function Summary({ view: { habits, eventCount, lastMs, searches } }: { view: View }) {
  const { say, number, time } = useText()
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Badge>{say(habits.segment as TextKey)}</Badge>
        <Badge variant="light">{say(habits.priceSegment as TextKey)}</Badge>
        <How of="segment" />
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
        <Figure
          name={say('eventCount')}
          value={number(eventCount)}
          note={`${say('lastSeen')}: ${time(lastMs)}`}
          how="habits"
        />
        <Figure name={say('visits')} value={number(habits.visits)} how="habits" />
        <Figure name={say('activeDays')} value={number(habits.activeDays)} how="habits" />
        <Figure name={say('purchases')} value={number(habits.byType.purchase ?? 0)} how="habits" />
        <Figure name={say('carts')} value={number(habits.byType.addToCart ?? 0)} how="habits" />
        <Figure
          name={say('pauseDays')}
          value={habits.daysBetweenPurchases === null ? '–' : number(habits.daysBetweenPurchases, 1)}
          how="habits"
        />
      </SimpleGrid>
      {searches.length === 0 ? null : (
        <Text size="sm">
          {say('searchedFor')}: {searches.slice(0, 12).join(' · ')}
        </Text>
      )}
    </Stack>
  )
}

function Interests({ view }: { view: View }) {
  const { say, number } = useText()
  const most = Math.max(...view.interests.map(({ strength }) => strength), 1e-9)
  return (
    <Part title={say('interests')} actions={<How of="interest" />}>
      {view.interests.length === 0 ? (
        <Text>{say('noInterests')}</Text>
      ) : (
        <Board
          label={say('interests')}
          rows={view.interests.slice(0, 20)}
          rowKey={({ tag }) => tag}
          columns={[
            { id: 'tag', head: say('tag'), value: ({ tag }) => tag, cell: ({ tag }) => tag },
            {
              id: 'strength',
              head: say('strength'),
              value: ({ strength }) => strength,
              cell: ({ strength }) => (
                <Group gap={6} wrap="nowrap">
                  <span className="bar" style={{ width: `${((60 * strength) / most).toFixed(0)}px` }} aria-hidden />
                  {number(strength, 2)}
                </Group>
              ),
            },
            {
              id: 'evidence',
              head: say('eventCount'),
              value: ({ evidence }) => evidence,
              cell: ({ evidence }) => say('evidence', { count: number(evidence) }),
            },
          ]}
        />
      )}
    </Part>
  )
}

function Habits({ view: { habits } }: { view: View }) {
  const { say } = useText()
  return (
    <Part title={say('habits')} actions={<How of="habits" />}>
      <Stack>
        <Bars name={say('byHour')} counts={habits.hours} />
        <Bars name={say('byWeekday')} counts={habits.weekdays} />
      </Stack>
    </Part>
  )
}

function Bars({ name, counts }: { name: string; counts: readonly number[] }) {
  const most = Math.max(...counts, 1)
  return (
    <div>
      <Text size="sm" mb={4}>
        {name}
      </Text>
      <div className="bars" role="img" aria-label={`${name}: ${counts.join(', ')}`}>
        {counts.map((count, at) => (
          <span key={`${at}`} style={{ height: `${(100 * count) / most}%` }} title={`${at}: ${count}`} />
        ))}
      </div>
    </div>
  )
}

function Timeline({ view }: { view: View }) {
  const { say, time } = useText()
  return (
    <Part title={say('timeline')}>
      <div className="products">
        {view.timeline.slice(0, 24).map(({ type, timeMs, query, name, item }, at) => {
          const note = (
            <Text size="xs" c="dimmed">
              <b>{say(type as TextKey)}</b> {time(timeMs)}
            </Text>
          )
          if (item !== null) return <Product key={`${at} ${timeMs}`} card={item} note={note} />
          return (
            <article key={`${at} ${timeMs}`} className="product">
              <Text size="sm" fw={600}>
                “{query ?? name}”
              </Text>
              {note}
            </article>
          )
        })}
      </div>
    </Part>
  )
}
