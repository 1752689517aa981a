/** Builds the console into dist/console, unless what is there was made from the same sources, and prints what it weighs. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const here = import.meta.dirname
const out = join(here, '../dist/console')
const stamp = join(out, 'built-from')

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .sort()
    .flatMap((name) => filesBelow(join(path, name)))
}

const sources = createHash('sha256')
for (const file of [...filesBelow(here), join(here, '../package-lock.json')])
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
    return { name: file.slice(out.length + 1), bytes: bytes.length, packed: gzipSync(bytes).length }
  })
  const page = readFileSync(join(out, 'index.html'), 'utf8')
  for (const { name, bytes, packed } of weights.sort((a, b) => b.packed - a.packed)) {
    const when = page.includes(name) ? 'at once' : 'when needed'
    console.log(`console: ${name} ${kilobytes(bytes)}, ${kilobytes(packed)} gzipped, loaded ${when}`)
  }
}
