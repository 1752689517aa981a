/** What a merchandiser sets: rules, synonyms, the order among equals; each beside what it does, before it is saved. */
import { Tabs } from '@mantine/core'
import { useSearchParams } from 'wouter'
import { Page } from '../pieces/page.tsx'
import { useText } from '../preferences.tsx'
import { useIndex } from '../queries.ts'
import { Ranking } from './merchandising/ranking.tsx'
import { Rules } from './merchandising/rules.tsx'
import { Synonyms } from './merchandising/synonyms.tsx'

const tabs = ['rules', 'synonyms', 'ranking'] as const

export default function MerchandisingPage() {
  const { say } = useText()
  const index = useIndex()
  const [search, setSearch] = useSearchParams()
  const tab = tabs.find((each) => each === search.get('tab')) ?? 'rules'
  return (
    <Page title={say('merchandising')}>
      <Tabs value={tab} onChange={(value) => setSearch({ tab: value ?? 'rules' })} keepMounted={false}>
        <Tabs.List mb="md">
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {say(each)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="rules">
          <Rules key={index} about={search.get('query')} />
        </Tabs.Panel>
        <Tabs.Panel value="synonyms">
          <Synonyms key={index} about={search.get('word')} />
        </Tabs.Panel>
        <Tabs.Panel value="ranking">
          <Ranking key={index} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
