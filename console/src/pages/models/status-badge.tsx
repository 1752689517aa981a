/** Whether a generation is live, ready, or neither. */
import { Badge } from '@mantine/core'
import { useText } from '../../preferences.tsx'
import type { GenerationEntry } from '../models.tsx'

export function StatusBadge({ status, live }: { status: GenerationEntry['status']; live: boolean }) {
  const { say } = useText()
  return (
    <Badge color={live ? 'teal.9' : status === 'ready' ? 'gray.7' : 'red.9'}>{live ? say('live') : say(status)}</Badge>
  )
}
