/** The house rules of imports, as data: who may know whom, no cycles, and no folder without a place. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const source = new URL('../src/', import.meta.url).pathname

/** Whoever wires the loop knows every stage. */
const everyStage = [
  'domain',
  'base',
  'kernels',
  'nn',
  'store',
  'privacy',
  'events',
  'preprocess',
  'profiles',
  'features',
  'models',
  'retrieve',
  'evaluate',
  'compress',
  'train',
  'experiments',
  'serve',
  'assistant',
  'analytics',
  'monitor',
]

/** Besides itself; `engine.ts` is the file that wires the loop, and `loop/` has its parts. */
const mayImport: Record<string, readonly string[]> = {
  domain: [],
  base: ['domain'],
  kernels: ['domain', 'base'],
  nn: ['base', 'kernels'],
  store: ['domain', 'base'],
  privacy: ['domain', 'base', 'kernels', 'store'],
  events: ['domain', 'base', 'store', 'privacy'],
  preprocess: ['domain', 'base', 'kernels', 'store'],
  profiles: ['domain', 'base', 'kernels', 'store', 'preprocess'],
  features: ['domain', 'base', 'kernels', 'store', 'preprocess', 'profiles'],
  models: ['domain', 'base', 'kernels', 'nn', 'preprocess', 'features'],
  retrieve: ['domain', 'base', 'kernels', 'preprocess'],
  evaluate: ['domain', 'base', 'kernels', 'preprocess', 'models', 'retrieve'],
  compress: ['domain', 'base', 'kernels', 'models'],
  train: [
    'domain',
    'base',
    'kernels',
    'nn',
    'store',
    'privacy',
    'preprocess',
    'profiles',
    'features',
    'models',
    'retrieve',
    'evaluate',
    'compress',
  ],
  experiments: ['domain', 'base', 'kernels', 'store'],
  serve: [
    'domain',
    'base',
    'kernels',
    'store',
    'privacy',
    'preprocess',
    'profiles',
    'features',
    'models',
    'retrieve',
    'experiments',
  ],
  assistant: ['domain', 'base', 'store', 'retrieve', 'serve'],
  analytics: ['domain', 'base', 'store', 'events', 'preprocess'],
  monitor: ['domain', 'base', 'kernels', 'store', 'evaluate', 'experiments', 'serve'],
  simulate: ['domain', 'base'],
  loop: everyStage,
  'engine.ts': [...everyStage, 'loop'],
  http: ['engine.ts', 'domain', 'base'],
  cli: ['engine.ts', 'domain', 'base', 'http', 'simulate'],
  client: ['domain'],
  'index.ts': ['engine.ts', 'domain', 'base', 'models', 'simulate', 'http'],
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    // The kernels' own language, compiled apart.
    if (name === 'assembly') return []
    if (statSync(path).isDirectory()) return sourceFiles(path)
    return name.endsWith('.ts') ? [relative(source, path)] : []
  })
}

const files = sourceFiles(source)
const place = (file: string) => file.split('/')[0]

/** Relative imports of a file, as paths below `src/`, types included. */
function imports(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8')
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"\n]*?(?:\{[^}]*\}[^'"\n]*?)?from\s+'(\.[^']+)'|\bimport\('(\.[^']+)'\)/g,
  )
  return [...found].map((match) => normalize(join(dirname(file), match[1] ?? match[2])))
}

const graph = new Map(files.map((file) => [file, imports(file)]))

describe('the house', () => {
  it('has a place for every folder and file at its top', () => {
    expect([...new Set(files.map(place))].filter((name) => mayImport[name] === undefined)).toEqual([])
  })

  it('lets imports point back along the path only', () => {
    const wrong = [...graph].flatMap(([file, targets]) =>
      targets
        .filter((target) => place(target) !== place(file) && !mayImport[place(file)]?.includes(place(target)))
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('imports only files that exist, so that none escapes the check', () => {
    const missing = [...graph].flatMap(([file, targets]) =>
      targets.filter((target) => !graph.has(target)).map((target) => `${file} imports ${target}`),
    )
    expect(missing).toEqual([])
  })

  it('has no cycles', () => {
    const state = new Map<string, 'open' | 'closed'>()
    const cycles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'closed') return
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
        return
      }
      state.set(file, 'open')
      for (const target of graph.get(file) ?? []) visit(target, [...path, file])
      state.set(file, 'closed')
    }
    for (const file of files) visit(file, [])
    expect(cycles).toEqual([])
  })

  it('lets the console know the contract of the HTTP door and the words of the shop, as types alone', () => {
    const here = new URL('../console/src/', import.meta.url).pathname
    const pages = (readdirSync(here, { recursive: true }) as string[]).filter((name) => /\.tsx?$/.test(name))
    expect(pages.length).toBeGreaterThan(0)
    const wrong = pages.flatMap((name) => {
      const found = readFileSync(join(here, name), 'utf8').matchAll(/import (type )?[^'"]*?from '(\.[^']+)'/g)
      return [...found].flatMap(([, type, path]) => {
        const target = relative(source, join(here, dirname(name), path))
        if (target.startsWith('../console/src/') || (type && /^(http|domain)\//.test(target))) return []
        return [`${name} imports ${target}`]
      })
    })
    expect(wrong).toEqual([])
  })

  it('names no folder or file after nothing in particular', () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\.|\/)/.test(file))).toEqual([])
  })
})
