/** Every figure can say how it was computed: a button beside it opens the formula and the source. */
import { Code, Drawer, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { type ExplanationKey, explanations } from '../explanations.ts'
import { useText } from '../preferences.tsx'

const Context = createContext<(key: ExplanationKey) => void>(() => undefined)

export function HowProvider({ children }: { children: ReactNode }) {
  const [key, open] = useState<ExplanationKey | null>(null)
  const { say, pick } = useText()
  const shown = key === null ? null : explanations[key]
  return (
    <Context value={open}>
      {children}
      <Drawer
        opened={shown !== null}
        onClose={() => open(null)}
        position="right"
        title={say('how')}
        closeButtonProps={{ 'aria-label': say('close') }}
      >
        {shown === null ? null : (
          <Stack>
            <Title order={3}>{pick(shown.name)}</Title>
            <Text fw={600}>{say('formula')}</Text>
            <Code block style={{ whiteSpace: 'pre-wrap' }}>
              {pick(shown.formula)}
            </Code>
            <Text fw={600}>{say('source')}</Text>
            <Text>{pick(shown.source)}</Text>
          </Stack>
        )}
      </Drawer>
    </Context>
  )
}

/** The question mark beside a figure. */
export function How({ of }: { of: ExplanationKey }) {
  const open = useContext(Context)
  const { say, pick } = useText()
  const name = pick(explanations[of].name)
  return (
    <UnstyledButton className="how" aria-label={say('howOf', { name })} onClick={() => open(of)}>
      ?
    </UnstyledButton>
  )
}
