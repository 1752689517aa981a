/** One figure with its name, what it was before, and how it is computed. */
import { Group, Paper, Text } from '@mantine/core'
import type { ExplanationKey } from '../explanations.ts'
import { How } from './how.tsx'

export function Figure({
  name,
  value,
  note,
  how,
}: {
  name: string
  value: string
  note?: string
  how: ExplanationKey
}) {
  return (
    <Paper withBorder p="sm">
      <Group gap={2}>
        <Text size="sm" c="dimmed">
          {name}
        </Text>
        <How of={how} />
      </Group>
      <Text fz={26} fw={700} lh={1.2}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {note ?? ' '}
      </Text>
    </Paper>
  )
}
