/** Programs of Debian that tests need: used where they are installed, else fetched and unpacked beside the system. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folders = ['usr/bin', 'usr/sbin']

/**
 * The folder that holds the package's programs, or the reason why there is none. Nothing is installed or started.
 * @param libraries packages that it needs besides, to be found under `lib`
 */
export function unpackedPackage(
  name: string,
  program: string,
  libraries: readonly string[] = [],
): { bin: string; lib: string } | { missing: string } {
  const place = join(tmpdir(), `haggle-test-${name}`)
  const lib = join(place, 'usr/lib', `${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu`)
  const found = (root: string) =>
    folders.map((folder) => join(root, folder)).find((bin) => existsSync(join(bin, program)))
  const known = found('/') ?? found(place)
  if (known !== undefined) return { bin: known, lib }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return { missing: `${program} is not installed` }
  mkdirSync(place, { recursive: true })
  const quietly = { cwd: place, stdio: 'ignore', timeout: 200_000 } as const
  try {
    execFileSync('apt-get', ['update'], quietly)
    execFileSync('apt-get', ['download', name, ...libraries], quietly)
    // The program comes last: where it is, all is.
    const archives = readdirSync(place).filter((file) => file.endsWith('.deb'))
    for (const package_ of [...libraries, name]) {
      execFileSync('dpkg', ['-x', archives.find((file) => file.startsWith(`${package_}_`)) ?? '', '.'], quietly)
    }
  } catch (error) {
    return { missing: `apt-get could not fetch ${name}: ${(error as Error).message}` }
  }
  const bin = found(place)
  return bin === undefined ? { missing: `${name} holds no ${program}` } : { bin, lib }
}
