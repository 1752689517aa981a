/** Finding a shopper: by token, those who came last first. */
import { Anchor, Badge, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Answer } from '../api.ts'
import { Board, figures } from '../pieces/board.tsx'
import { How } from '../pieces/how.tsx'
import { Page, Part } from '../pieces/page.tsx'
import { Empty, Loaded } from '../pieces/states.tsx'
import { useText } from '../preferences.tsx'
import { useAsked, useIndex } from '../queries.ts'
import type { TextKey } from '../texts.ts'

type Row = Answer<'GET /haggle/v1/shoppers'>['shoppers'][number]

export default function ShoppersPage() {
  const { say, number, time } = useText()
  const index = useIndex()
  const [text, setText] = useState('')
  const [wanted] = useDebouncedValue(text, 200)
  const query = useAsked('GET /haggle/v1/shoppers', { query: { index, text: wanted, limit: 50 } })
  return (
    <Page title={say('shoppers')}>
      <TextInput
        label={say('findShopper')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maw={420}
      />
      <Loaded query={query}>
        {({ shoppers }) =>
          shoppers.length === 0 ? (
            wanted === '' ? (
              <Empty title={say('noShoppers')} next={say('noShoppersNext')} to="/train" action={say('toImport')} />
            ) : (
              <Empty title={say('shoppers')} next={say('noneFound')} />
            )
          ) : (
            <Part title={say('shoppers')} actions={<How of="segment" />}>
              <Board
                label={say('shoppers')}
                rows={shoppers}
                rowKey={({ userToken }) => userToken}
                columns={[
                  {
                    id: 'token',
                    head: say('shopper'),
                    value: ({ userToken }) => userToken,
                    cell: ({ userToken }) => (
                      <Anchor component={Link} href={`/shoppers/${encodeURIComponent(userToken)}`} className="mono">
                        {userToken}
                      </Anchor>
                    ),
                  },
                  {
                    id: 'segment',
                    head: say('segment'),
                    value: ({ segment }) => segment,
                    cell: ({ segment }) => <Badge variant="light">{say(segment as TextKey)}</Badge>,
                  },
                  figures('events', say('eventCount'), (row: Row) => row.eventCount, number),
                  figures('bought', say('purchases'), (row: Row) => row.purchases, number),
                  {
                    id: 'last',
                    head: say('lastSeen'),
                    value: ({ lastMs }) => lastMs,
                    cell: ({ lastMs }) => time(lastMs),
                  },
                ]}
              />
            </Part>
          )
        }
      </Loaded>
    </Page>
  )
}
