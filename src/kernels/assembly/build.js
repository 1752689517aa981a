/**
 * Compiles the kernels to WebAssembly and writes them, as text, into a module that runs wherever the rest does: from
 * the sources, from `dist`, in a browser. Four builds of one source: with and without fused multiply-add, over memory
 * shared by threads and over memory of one's own. Does nothing where the sources have not changed.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'

const folder = import.meta.dirname
const target = join(folder, '..', 'wasm-binaries.ts')
const sources = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
)
const fingerprint = createHash('sha256')
  .update(JSON.stringify([sources, asc.version, readFileSync(import.meta.filename, 'utf8')]))
  .digest('hex')

if (!existsSync(target) || !readFileSync(target, 'utf8').includes(fingerprint)) await build()

async function build() {
  const shared = ['--sharedMemory', '--initialMemory', '16', '--maximumMemory', '65536']
  const own = ['--initialMemory', '1', '--maximumMemory', '65536']
  const binaries = {
    fmaShared: await compile('simd,threads,relaxed-simd', shared),
    simdShared: await compile('simd,threads', shared),
    fma: await compile('simd,relaxed-simd', own),
    simd: await compile('simd', own),
  }
  const lines = Object.entries(binaries).map(
    ([name, bytes]) => `  ${name}:\n    '${Buffer.from(bytes).toString('base64')}',`,
  )
  writeFileSync(
    target,
    `// Made by assembly/build.js from the sources beside it (${fingerprint}).\n` +
      `export const wasmBinaries = {\n${lines.join('\n')}\n} as const\n`,
  )
  const sizes = Object.entries(binaries).map(([name, { length }]) => `${name} ${(length / 1024).toFixed(1)} KiB`)
  console.log(`kernels: ${sizes.join(', ')}`)
}

async function compile(features, memory) {
  let binary = null
  const options = ['-O3', '--runtime', 'stub', '--importMemory', ...memory, '--enable', features, '--noAssert']
  const { error, stderr } = await asc.main(['index.ts', '-o', 'kernels.wasm', ...options], {
    readFile: (name) => sources[name] ?? null,
    writeFile: (_name, contents) => {
      binary = contents
    },
    listFiles: () => [],
  })
  if (error !== null || binary === null) throw new Error(`The kernels do not compile.\n${stderr.toString()}`)
  return binary
}
