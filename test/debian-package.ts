/** Programs of Debian that tests need: used where they are installed, else fetched and unpacked beside the system. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The folder that holds the package's programs, or the reason why there is none. Nothing is installed or started. */
export function unpackedPackage(name: string, program: string): { bin: string } | { missing: string } {
  if (existsSync(`/usr/bin/${program}`)) return { bin: '/usr/bin' }
  const folder = join(tmpdir(), `haggle-test-${name}`)
  const bin = join(folder, 'usr/bin')
  if (existsSync(join(bin, program))) return { bin }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return { missing: `${program} is not installed` }
  mkdirSync(folder, { recursive: true })
  const quietly = { cwd: folder, stdio: 'ignore', timeout: 200_000 } as const
  try {
    execFileSync('apt-get', ['update'], quietly)
    execFileSync('apt-get', ['download', name], quietly)
    const archive = readdirSync(folder).find((file) => file.startsWith(`${name}_`)) ?? ''
    execFileSync('dpkg', ['-x', archive, '.'], quietly)
  } catch (error) {
    return { missing: `apt-get could not fetch ${name}: ${(error as Error).message}` }
  }
  return existsSync(join(bin, program)) ? { bin } : { missing: `${name} holds no ${program}` }
}
