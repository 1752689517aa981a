/** Who changed what, newest first, and whether the record is as it was written. */
import { Alert, Button, Text } from '@mantine/core'
import { useState } from 'react'
import type { Answer } from '../api.ts'
import { Board } from '../pieces/board.tsx'
import { How } from '../pieces/how.tsx'
import { Page, Part } from '../pieces/page.tsx'
import { Loaded } from '../pieces/states.tsx'
import { useText } from '../preferences.tsx'
import { useAsked } from '../queries.ts'

const pageLength = 50
const everyMs = 5_000

export default function AuditPage() {
  const { say } = useText()
  const [limit, setLimit] = useState(pageLength)
  return (
    <Page title={say('audit')}>
      <Loaded query={useAsked('GET /haggle/v1/audit/verify', {}, { everyMs })}>
        {(verdict) => <Verdict verdict={verdict} />}
      </Loaded>
      <Part title={say('auditLines')} actions={<How of="audit" />}>
        <Loaded query={useAsked('GET /haggle/v1/audit', { query: { limit } }, { everyMs })}>
          {({ entries }) => (
            <>
              <Lines entries={entries} />
              {entries.length < limit ? null : (
                <Button variant="default" mt="sm" onClick={() => setLimit(limit + pageLength)}>
                  {say('more')}
                </Button>
              )}
            </>
          )}
        </Loaded>
      </Part>
    </Page>
  )
}

function Verdict({ verdict: { lines, head, broken } }: { verdict: Answer<'GET /haggle/v1/audit/verify'> }) {
  const { say, number } = useText()
  return (
    <Alert
      color={broken === null ? 'teal' : 'red'}
      title={broken === null ? say('auditWhole', { count: number(lines) }) : `${say('auditBroken')} ${broken}`}
    >
      <Text size="sm">{say('auditHead')}</Text>
      <Text size="sm" className="mono" style={{ overflowWrap: 'anywhere' }}>
        {head || '–'}
      </Text>
    </Alert>
  )
}

function Lines({ entries }: Answer<'GET /haggle/v1/audit'>) {
  const { say, time } = useText()
  return (
    <Board
      label={say('auditLines')}
      rows={entries}
      rowKey={({ sequence }) => String(sequence)}
      columns={[
        { id: 'line', head: '#', numeric: true, cell: ({ sequence }) => sequence },
        { id: 'time', head: say('time'), cell: ({ atMs }) => time(atMs) },
        { id: 'who', head: say('who'), cell: ({ who }) => who },
        { id: 'what', head: say('what'), cell: ({ what }) => <b>{what}</b> },
        { id: 'subject', head: say('about'), cell: ({ subject }) => <span className="mono">{subject}</span> },
        {
          id: 'details',
          head: say('details'),
          cell: ({ sequence, details, hash }) => (
            <details>
              <summary aria-label={`${say('details')} ${sequence}`}>{say('details')}</summary>
              <pre className="log mono" tabIndex={0}>
                {JSON.stringify({ ...(details as object), hash }, null, 1)}
              </pre>
            </details>
          ),
        },
      ]}
    />
  )
}
