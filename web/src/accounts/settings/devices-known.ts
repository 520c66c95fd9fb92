import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import type { components } from '@/api/schema'

export type Device = components['schemas']['SessionView']

const devicesOptions = queryOptions({
  queryKey: ['devices'],
  queryFn: async ({ signal }) => (await body(api.GET('/api/auth/sessions', { signal }))).items,
  staleTime: 0,
})

/** Where one is signed in, the newest first. */
export function useDevices() {
  return useQuery(devicesOptions)
}

/** What asks for them anew. */
export function useFreshDevices(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: devicesOptions.queryKey })
}

export async function endDevice(id: string): Promise<void> {
  await api.DELETE('/api/auth/sessions/{id}', { params: { path: { id } } })
}

const BROWSERS: readonly [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/.*Safari\//, 'Safari'],
]
const SYSTEMS: readonly [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** What a browser says about itself, as far as it is of use to a person; null where nothing is known. */
export function deviceOf(agent: string): { browser: string; system: string | null } | null {
  const named = (known: typeof BROWSERS) => known.find(([look]) => look.test(agent))?.[1] ?? null
  const program = /^[\w.-]+(?=\/)/.exec(agent)?.[0] ?? null
  const browser = named(BROWSERS) ?? (agent.startsWith('Mozilla/') ? null : program)
  return browser ? { browser, system: named(SYSTEMS) } : null
}
