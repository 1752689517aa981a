/** A training while it runs: what it is at, how far, and the losses as they fall. */
import { Badge, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { useMemo } from 'react'
import type { Training } from '../../../../src/http/routes/training.ts'
import { useText } from '../../preferences.tsx'
import { type Curve, Curves } from './curves.tsx'

const shownCurves = 4

/** @param kept whether one that went well stays to be looked at */
export function LiveTraining({ training, kept = false }: { training: Training; kept?: boolean }) {
  const { say, time, percent } = useText()
  const curves = useMemo(() => training.curves.slice(-shownCurves).map(curveOf), [training.curves])
  const running = training.status === 'running'
  if (training.status === 'done' && !kept) return null
  return (
    <Paper withBorder p="md" component="section" aria-label={say('learning')}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={2} size="h4">
              {running ? say('learning') : say('learnt')}
            </Title>
            <Badge color={running ? 'teal.9' : training.status === 'done' ? 'gray.7' : 'red.9'}>
              {say(training.status)}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {say('startedAt', { time: time(training.startedAtMs) })}
          </Text>
        </Group>
        {running ? (
          <>
            <Progress value={100 * training.fraction} animated aria-label={training.stage} />
            <Text size="sm" role="status">
              {training.stage} · {percent(training.fraction, 0)} · {training.note}
            </Text>
          </>
        ) : (
          <Text role="status">{training.message}</Text>
        )}
        {curves.length === 0 ? null : <Curves curves={curves} />}
      </Stack>
    </Paper>
  )
}

function curveOf({ surface, model, stage, epochs }: Training['curves'][number]): Curve {
  return { name: `${surface} · ${model} · ${stage}`, certified: model === 'cfgan', epochs }
}
