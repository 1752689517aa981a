/** What holds when processes die by kill -9: real processes, real files, nothing acknowledged lost. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { collect, shop } from './catalogue-store-suite.ts'
import { claimFolder, readOwner } from './folder.ts'
import { openSqliteStore } from './sqlite.ts'

const source = new URL('..', import.meta.url).pathname
/** Inside node_modules, so that the built files find their packages. */
const built = join(source, '../node_modules/.cache', `haggle-kill-${process.pid}`)
const scratch = mkdtempSync(join(tmpdir(), 'haggle-kill-'))

/** Node 20 runs no TypeScript: the three folders that the children need are stripped of their types here. */
beforeAll(() => {
  const compilerOptions: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    rewriteRelativeImportExtensions: true,
    verbatimModuleSyntax: true,
  }
  const build = (folder: string, name: string, text: string) => {
    const { outputText } = ts.transpileModule(text, { compilerOptions })
    writeFileSync(join(built, folder, name.replace(/\.ts$/, '.js')), outputText)
  }
  for (const folder of ['domain', 'base', 'store']) {
    mkdirSync(join(built, folder), { recursive: true })
    const names = readdirSync(join(source, folder)).filter(
      (name) => /\.ts$/.test(name) && !/(\.test|-suite)\.ts$/.test(name),
    )
    for (const name of names) build(folder, name, readFileSync(join(source, folder, name), 'utf8'))
  }
  writeFileSync(join(built, 'package.json'), '{"type":"module"}')
  build('store', 'claim.ts', claimScript)
  build('store', 'append.ts', appendScript)
})

afterAll(() => {
  rmSync(built, { recursive: true, force: true })
  rmSync(scratch, { recursive: true, force: true })
})

/** Says `ready`, waits for a word, claims the folder, says how it went, and holds on until it is killed. */
const claimScript = `
import { claimFolder } from './folder.ts'
console.log('ready')
process.stdin.once('data', async () => {
  try {
    const claim = await claimFolder(process.argv[2], { role: 'serve' })
    claim.announce('http://127.0.0.1:' + process.pid)
    console.log('won')
  } catch (error) {
    console.log(error.code + ' ' + error.message)
  }
})
`

/** Writes batches of 50 events and chunks of an import in turn, and says of each that it is written once it is. */
const appendScript = `
import { openSqliteStore } from './sqlite.ts'
const [file, round] = process.argv.slice(2)
const store = await openSqliteStore({ file })
const event = (name, number) => ({
  id: name + '-' + number, catalogue: 'shop', type: 'view', userId: name, timeMs: 1, itemId: 'a', query: null,
  queryId: null, position: null, quantity: 1, priceMinor: null, rating: null, orderId: null, name: 'viewed',
})
const events = (name) => Array.from({ length: 50 }, (_, number) => event(name, number))
for (let batch = 1; ; batch++) {
  await store.events.append(events('events-' + round + '-' + batch), 1)
  console.log('events ' + batch)
  const checkpoint = { key: round, source: 'x', rowsDone: batch * 50, finished: false, report: {}, updatedAtMs: 1 }
  const items = [{ catalogue: 'shop', record: { objectID: round + '-' + batch } }]
  await store.imports.advance(checkpoint, events('import-' + round + '-' + batch), items)
  console.log('import ' + batch)
}
`

interface Child {
  readonly process: ChildProcess
  next(): Promise<string>
  kill(): Promise<void>
}

function start(script: string, args: readonly string[]): Child {
  const process = spawn(globalThis.process.execPath, [join(built, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(process, 'exit')
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]()
  return {
    process,
    next: async () => String((await lines.next()).value),
    kill: async () => {
      process.kill('SIGKILL')
      await exited
    },
  }
}

describe('kill -9', () => {
  it('of the owner frees its folder, and of all who then start at once exactly one gets it', async () => {
    const folder = join(scratch, 'claimed')
    for (let round = 0; round < 4; round++) {
      const children = [1, 2, 3, 4].map(() => start('store/claim.js', [folder]))
      for (const child of children) expect(await child.next()).toBe('ready')
      for (const child of children) child.process.stdin?.write('go\n')
      const said = await Promise.all(children.map((child) => child.next()))
      const winners = children.filter((_, number) => said[number] === 'won')
      expect(winners).toHaveLength(1)
      for (const line of said) expect(line).toMatch(/^(won$|busy The data folder)/)
      const pid = winners[0].process.pid
      expect(readOwner(folder)).toEqual({ pid, url: `http://127.0.0.1:${pid}`, role: 'serve' })
      await expect(claimFolder(folder, { role: 'train' })).rejects.toMatchObject({
        code: 'busy',
        message: expect.stringContaining(`process ${pid} (serve, http://127.0.0.1:${pid})`) as string,
      })
      await Promise.all(children.map((child) => child.kill()))
      expect(readOwner(folder)).toBeNull()
    }
    const claim = await claimFolder(folder, { role: 'train' })
    expect(readOwner(folder)).toEqual({ pid: process.pid, url: null, role: 'train' })
    claim.release()
  })

  it('loses no acknowledged batch and leaves no half of one, round after round on one file', async () => {
    const file = join(scratch, 'killed.db')
    const rng = createRng('kill')
    for (let round = 0; round < 6; round++) {
      const child = start('store/append.js', [file, `round${round}`])
      const acknowledged: string[] = []
      for (let lines = 2 + rng.int(40); lines > 0; lines--) acknowledged.push(await child.next())
      await child.kill()
      for (let line = await child.next(); line !== 'undefined'; line = await child.next()) acknowledged.push(line)

      const store = await openSqliteStore({ file })
      const counts = new Map<string, number>()
      for (const { userId } of await collect(store.events.scan({ catalogue: shop }))) {
        counts.set(userId, (counts.get(userId) ?? 0) + 1)
      }
      expect(new Set(counts.values())).toEqual(new Set([50]))
      for (const line of acknowledged) {
        const [kind, batch] = line.split(' ')
        expect(counts.get(`${kind}-round${round}-${batch}`), line).toBe(50)
      }
      const chunks = [...counts.keys()].filter((name) => name.startsWith(`import-round${round}-`)).length
      expect(await store.imports.get(`round${round}`)).toMatchObject({ rowsDone: chunks * 50 })
      const items = await collect(store.catalogues.scan(shop))
      expect(items.filter((record) => record.objectID.startsWith(`round${round}-`))).toHaveLength(chunks)
      await store.close()
    }
  })
})
