/** The frame around every page: where one is, where one can go, and for which catalogue; nothing of it before signing in. */
import { ActionIcon, Anchor, AppShell, Burger, Group, NavLink, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { lazy, Suspense, useEffect } from 'react'
import { Link, Redirect, Route, Switch, useLocation } from 'wouter'
import { Choice } from './pieces/choice.tsx'
import { Icon, type IconName } from './pieces/icons.tsx'
import { Empty, Loaded, Waiting } from './pieces/states.tsx'
import { Settings } from './settings.tsx'
import { usePreferences, useText } from './preferences.tsx'
import { useCatalogues, useIndex, useSession } from './queries.ts'
import { SignIn } from './sign-in.tsx'

const ModelsPage = lazy(() => import('./pages/models.tsx'))
const OverviewPage = lazy(() => import('./pages/overview.tsx'))
const EventsPage = lazy(() => import('./pages/events.tsx'))
const ShoppersPage = lazy(() => import('./pages/shoppers.tsx'))
const ShopperPage = lazy(() => import('./pages/shopper.tsx'))
const CataloguePage = lazy(() => import('./pages/catalogue.tsx'))
const ItemPage = lazy(() => import('./pages/item.tsx'))
const TrainPage = lazy(() => import('./pages/train.tsx'))
const SearchesPage = lazy(() => import('./pages/searches.tsx'))
const MerchandisingPage = lazy(() => import('./pages/merchandising.tsx'))
const AuditPage = lazy(() => import('./pages/audit.tsx'))
const ComparePage = lazy(() => import('./pages/compare.tsx'))

const places = [
  ['overview', '/overview'],
  ['models', '/models'],
  ['train', '/train'],
  ['shoppers', '/shoppers'],
  ['events', '/events'],
  ['catalogue', '/catalogue'],
  ['searches', '/searches'],
  ['merchandising', '/merchandising'],
  ['audit', '/audit'],
] as const satisfies readonly (readonly [IconName, string])[]

export function Shell() {
  const session = useSession()
  return <Loaded query={session}>{({ signedIn }) => (signedIn ? <Frame /> : <SignIn />)}</Loaded>
}

function Frame() {
  const { say } = useText()
  const [menu, { toggle, close }] = useDisclosure()
  const [settings, { open: openSettings, close: closeSettings }] = useDisclosure()
  const [location] = useLocation()
  useEffect(close, [location])
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !menu } }}
      padding="md"
    >
      <a className="skip" href="#content">
        {say('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={menu} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={say('menu')} />
            <img src="/console/icon.svg" width={26} height={26} alt="" />
            <Text fw={700} visibleFrom="xs">
              Haggle
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <CatalogueSwitch />
            <ActionIcon variant="default" size="lg" aria-label={say('preferences')} onClick={openSettings}>
              <Icon name="settings" />
            </ActionIcon>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" className="nav" aria-label={say('navigation')}>
        {places.map(([name, path]) => (
          <NavLink
            key={path}
            component={Link}
            href={path}
            label={say(name)}
            leftSection={<Icon name={name} />}
            active={location.startsWith(path)}
            aria-current={location.startsWith(path) ? 'page' : undefined}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Suspense fallback={<Waiting />}>
          <Pages />
        </Suspense>
      </AppShell.Main>
      <Settings opened={settings} close={closeSettings} />
    </AppShell>
  )
}

function Pages() {
  const { say } = useText()
  return (
    <Loaded query={useCatalogues()}>
      {({ items }) => (
        <Switch>
          <Route path="/">
            <Redirect to="/overview" replace />
          </Route>
          <Route path="/train" component={TrainPage} />
          <Route path="/audit" component={AuditPage} />
          {items.length === 0 ? (
            <Route>
              <Empty title={say('noCatalogue')} next={say('noCatalogueNext')} to="/train" action={say('toImport')} />
            </Route>
          ) : null}
          <Route path="/overview" component={OverviewPage} />
          <Route path="/models/compare" component={ComparePage} />
          <Route path="/models/:id?" component={ModelsPage} />
          <Route path="/shoppers" component={ShoppersPage} />
          <Route path="/shoppers/:userToken" component={ShopperPage} />
          <Route path="/events" component={EventsPage} />
          <Route path="/catalogue" component={CataloguePage} />
          <Route path="/catalogue/:objectID" component={ItemPage} />
          <Route path="/searches" component={SearchesPage} />
          <Route path="/merchandising" component={MerchandisingPage} />
          <Route>
            <Empty title={say('noSuchPage')} next="">
              <Anchor component={Link} href="/">
                {say('console')}
              </Anchor>
            </Empty>
          </Route>
        </Switch>
      )}
    </Loaded>
  )
}

function CatalogueSwitch() {
  const { say } = useText()
  const { change } = usePreferences()
  const names = useCatalogues().data?.items.map(({ name }) => name) ?? []
  const index = useIndex()
  if (names.length === 0) return null
  return (
    <Choice
      label={say('catalogueSwitch')}
      data={names}
      value={index}
      choose={(name) => change({ index: name })}
      size="sm"
      w={170}
      comboboxProps={{ shadow: 'md' }}
    />
  )
}
