/** A list of pairs, each typed into two fields: products and places, words and what they become. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useText } from '../../preferences.tsx'

type Pair = readonly [string, string]

export function Pairs(props: {
  label: string
  first: string
  second: string
  pairs: readonly Pair[]
  fresh: Pair
  change: (pairs: Pair[]) => void
}) {
  const { say } = useText()
  const { label, first, second, pairs, fresh, change } = props
  const replace = (at: number, pair: Pair) => change(pairs.map((each, place) => (place === at ? pair : each)))
  return (
    <Stack gap={4} role="group" aria-label={label}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      {pairs.map((pair, at) => (
        <Group key={at} gap="xs" wrap="nowrap">
          <TextInput
            aria-label={`${first} ${at + 1}`}
            placeholder={first}
            value={pair[0]}
            flex={2}
            onChange={(event) => replace(at, [event.currentTarget.value, pair[1]])}
          />
          <TextInput
            aria-label={`${second} ${at + 1}`}
            placeholder={second}
            value={pair[1]}
            flex={2}
            onChange={(event) => replace(at, [pair[0], event.currentTarget.value])}
          />
          <Button
            size="compact-xs"
            variant="default"
            flex="none"
            aria-label={`${say('remove')} ${label} ${at + 1}`}
            onClick={() => change(pairs.filter((_, place) => place !== at))}
          >
            {say('remove')}
          </Button>
        </Group>
      ))}
      <div>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`${say('add')}: ${label}`}
          onClick={() => change([...pairs, fresh])}
        >
          {say('add')}
        </Button>
      </div>
    </Stack>
  )
}
