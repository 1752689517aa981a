/**
 * Builds a page (`node build-page.js console`, `… examples/storefront`) into the folder of `dist` that has its name,
 * unless what is there was made from the same sources, packs what a browser takes packed (Brotli beside each file, made
 * once here and not at every request), and prints what it weighs.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

const here = resolve(import.meta.dirname, process.argv[2])
const name = basename(here)
const out = join(import.meta.dirname, 'dist', name)
const stamp = join(out, 'built-from')

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((entry) => entry !== 'node_modules')
    .sort()
    .flatMap((entry) => filesBelow(join(path, entry)))
}

const sources = createHash('sha256')
for (const file of [...filesBelow(here), join(import.meta.dirname, 'package-lock.json'), import.meta.filename])
  sources.update(file).update(readFileSync(file))
const made = sources.digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== made) {
  // Loading the bundler takes longer than all else here, where there is nothing to build.
  const { build } = await import('vite')
  await build({ configFile: join(here, 'vite.config.js') })
  writeFileSync(stamp, made)
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`
  const weights = filesBelow(join(out, 'assets')).map((file) => {
    const bytes = readFileSync(file)
    const packed = brotliCompressSync(bytes)
    writeFileSync(`${file}.br`, packed)
    return { file: file.slice(out.length + 1), bytes: bytes.length, packed: packed.length }
  })
  const page = readFileSync(join(out, 'index.html'), 'utf8')
  for (const { file, bytes, packed } of weights.sort((a, b) => b.packed - a.packed)) {
    const when = page.includes(file) ? 'at once' : 'when needed'
    console.log(`${name}: ${file} ${kilobytes(bytes)}, ${kilobytes(packed)} packed, loaded ${when}`)
  }
}
