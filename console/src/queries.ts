/** What pages ask the server, under names that a change can make stale. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type Answer, ask, type Endpoint } from './api.ts'
import { usePreferences } from './preferences.tsx'

export function useSession() {
  return useQuery({ queryKey: ['session'], queryFn: () => ask('GET /haggle/v1/session', {}), staleTime: 60_000 })
}

export function useCatalogues() {
  return useQuery({ queryKey: ['indexes'], queryFn: () => ask('GET /1/indexes', {}) })
}

/** The catalogue that the page is about: the reader's choice where it is there, the server's own, or the first. */
export function useIndex(): string {
  const { index } = usePreferences()
  const names = useCatalogues().data?.items.map(({ name }) => name) ?? []
  const usual = useSession().data?.catalogue ?? ''
  return [index, usual].find((name) => names.includes(name)) ?? names[0] ?? (index || usual)
}

/** The catalogue that is worked on; a first import makes the server's own. */
export function useTarget(): string {
  const index = useIndex()
  const { index: chosen } = usePreferences()
  return index || chosen || 'products'
}

export function useGenerations() {
  const index = useIndex()
  return useQuery({
    queryKey: ['generations', index],
    queryFn: () => ask('GET /haggle/v1/generations', { query: { index } }),
    refetchInterval: 15_000,
  })
}

const quickMs = 700
const slowMs = 5_000

/** Looks often while something is learnt, and seldom otherwise. */
export function useTraining() {
  const index = useIndex()
  return useQuery({
    queryKey: ['training', index],
    queryFn: async () => (await ask('GET /haggle/v1/training', { query: { index } })).training,
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? quickMs : slowMs),
  })
}

export function useJobs() {
  return useQuery({
    queryKey: ['jobs'],
    queryFn: async () => (await ask('GET /haggle/v1/jobs', {})).jobs,
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'running') ? quickMs : slowMs),
    placeholderData: keepPreviousData,
  })
}

/** Asks once for the catalogue the page is about, and again every `everyMs` where that is given. */
export function useAsked<E extends Endpoint>(
  endpoint: E,
  given: Parameters<typeof ask<E>>[1],
  options: { readonly everyMs?: number; readonly enabled?: boolean } = {},
) {
  return useQuery<Answer<E>>({
    queryKey: [endpoint, given],
    queryFn: () => ask(endpoint, given),
    placeholderData: keepPreviousData,
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
  })
}

/** Does something, then has every page look again. */
export function useAct<Given, Result>(act: (given: Given) => Promise<Result>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSettled: () => client.invalidateQueries() })
}
