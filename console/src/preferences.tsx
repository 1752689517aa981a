/** What the reader of this page likes: language, colours, catalogue, pictures; kept in this browser. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { type Language, type TextKey, texts } from './texts.ts'

interface Preferences {
  readonly language: Language
  /** Whether product pictures may be asked for from the web. */
  readonly pictures: boolean
  /** Empty until one was chosen. */
  readonly index: string
}

const kept = 'haggle-console'
const Context = createContext<(Preferences & { readonly change: (some: Partial<Preferences>) => void }) | null>(null)

function read(): Preferences {
  const language: Language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
  try {
    return { language, pictures: false, index: '', ...(JSON.parse(localStorage.getItem(kept) ?? '{}') as object) }
  } catch {
    return { language, pictures: false, index: '' }
  }
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [preferences, set] = useState(read)
  useEffect(() => {
    localStorage.setItem(kept, JSON.stringify(preferences))
    document.documentElement.lang = preferences.language
  }, [preferences])
  const value = useMemo(
    () => ({ ...preferences, change: (some: Partial<Preferences>) => set((before) => ({ ...before, ...some })) }),
    [preferences],
  )
  return <Context value={value}>{children}</Context>
}

export function usePreferences() {
  const value = useContext(Context)
  if (value === null) throw new Error('usePreferences needs a PreferencesProvider.')
  return value
}

export type Say = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string

/** The sentences in the reader's language, and numbers and times as that language writes them. */
export function useText() {
  const { language } = usePreferences()
  return useMemo(() => {
    const pick = (both: readonly [english: string, chinese: string]) => both[language === 'zh' ? 1 : 0]
    const say: Say = (key, values = {}) =>
      pick(texts[key]).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
    const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
    const number = (value: number, digits = 0) =>
      value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })
    return {
      pick,
      say,
      number,
      percent: (share: number, digits = 1) => `${number(100 * share, digits)} %`,
      money: (minor: number) => number(minor / 100, 2),
      time: (ms: number) => new Date(ms).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' }),
      clock: (ms: number) => new Date(ms).toLocaleTimeString(locale),
      signed: (value: number, digits = 4) => `${value < 0 ? '−' : '+'}${number(Math.abs(value), digits)}`,
    }
  }, [language])
}
