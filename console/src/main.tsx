/** The console's first lines: colours, data, language, then the shell. */
import '@mantine/core/styles.css'
import './console.css'
import { Badge, createTheme, type CSSVariablesResolver, MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { Refusal, shopPath } from './api.ts'
import { HowProvider } from './pieces/how.tsx'
import { PreferencesProvider } from './preferences.tsx'
import { Shell } from './shell.tsx'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refuses it will refuse again; one that does not answer may come back.
      retry: (count, error) => count < 2 && !(error instanceof Refusal && error.status > 0),
    },
  },
})

const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 9,
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', sans-serif",
  respectReducedMotion: true,
  // A badge says one word: it must not be cut off by its neighbours.
  components: {
    Badge: Badge.extend({
      styles: { root: { flexShrink: 0, minWidth: 'max-content' }, label: { overflow: 'visible' } },
    }),
  },
})

/** Darker on light and lighter on dark than usual, so that small print is read by who sees little. */
const contrast: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#59616a',
    '--mantine-color-teal-light-color': '#055a42',
    '--mantine-color-teal-text': '#066b4d',
    '--mantine-color-error': '#b02525',
  },
  dark: {
    '--mantine-color-dimmed': '#a8adb3',
    '--mantine-color-teal-light-color': '#96f2d7',
    '--mantine-color-teal-text': '#63e6be',
    '--mantine-color-error': '#ff8787',
  },
})

const root = document.getElementById('root')
if (root === null) throw new Error('index.html lacks its root.')
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={contrast} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <PreferencesProvider>
          <HowProvider>
            <Router base={`${shopPath}/console`}>
              <Shell />
            </Router>
          </HowProvider>
        </PreferencesProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
