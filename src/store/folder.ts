/**
 * A data folder has one owner: the first process that takes it keeps it until it ends, and others are told who has it.
 *
 * The claim is an exclusive lock on `owner.lock`, held through SQLite. The operating system drops it when the process
 * dies, however it dies, so there is nothing to clean up and no race between two that start at once. `owner.json` only
 * says who the owner is. Nothing else may open `owner.lock`: closing any handle on it would drop the lock.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { HaggleError } from '../domain/errors.ts'

export interface FolderClaim {
  /** Tells others where the owner answers. */
  announce(url: string): void
  /** Gives the folder back; calling it again does nothing. */
  release(): void
}

export interface FolderOwner {
  readonly pid: number
  /** `null` until the owner serves. */
  readonly url: string | null
  readonly role: string
}

/** Where the shop's memory lies in its folder. */
export function storeFile(folder: string): string {
  return join(folder, 'haggle.db')
}

/** A key of this folder, or what tells its replica from others, made on first use; readable by its owner only. */
export function keptKey(folder: string, name: 'admin.key' | 'search.key' | 'operator.key' | 'replica.id'): string {
  const file = join(folder, name)
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  if (kept !== '') return kept
  const key = randomBytes(24).toString('hex')
  // A fall half way must not leave an empty key: it gets its name once it is whole and on disk.
  writeFileSync(`${file}.draft`, key, { mode: 0o600, flush: true })
  renameSync(`${file}.draft`, file)
  return key
}

/** Locks held by this process: a forgotten claim must not be collected as garbage, and its lock with it. */
const held = new Set<Database.Database>()

/** Makes this process the owner of the folder, creating the folder where needed. Rejects with `busy` when it has one. */
export async function claimFolder(folder: string, owner: { readonly role: string }): Promise<FolderClaim> {
  const lock = openLock(folder)
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    throw refusal(folder, error)
  }
  held.add(lock)
  const self: FolderOwner = { pid: process.pid, url: null, role: owner.role }
  const claim: FolderClaim = {
    announce: (url) => {
      if (held.has(lock)) writeOwner(folder, { ...self, url })
    },
    release: () => {
      if (!held.delete(lock)) return
      rmSync(ownerFile(folder), { force: true })
      lock.exec('rollback')
      lock.close()
    },
  }
  try {
    writeOwner(folder, self)
  } catch (error) {
    // Not released: the note of an owner that died could not be removed either.
    held.delete(lock)
    lock.close()
    throw unwritable(folder, error)
  }
  return claim
}

/** Who owns the folder; `null` where nobody does. A note left by a process that died is no owner. */
export function readOwner(folder: string): FolderOwner | null {
  if (!existsSync(ownerFile(folder))) return null
  let note: Note
  try {
    note = JSON.parse(readFileSync(ownerFile(folder), 'utf8')) as Note
  } catch {
    return null // removed or replaced by something else between the two lines above
  }
  return isRunning(note) ? { pid: note.pid, url: note.url, role: note.role } : null
}

/** `startedAt` tells the owner from another program that got the same process id later. */
interface Note extends FolderOwner {
  readonly startedAt: string | null
}

function openLock(folder: string): Database.Database {
  try {
    mkdirSync(folder, { recursive: true })
    return new Database(join(folder, 'owner.lock'))
  } catch (error) {
    throw unwritable(folder, error)
  }
}

function unwritable(folder: string, error: unknown): HaggleError {
  const reason = error instanceof Error ? error.message : String(error)
  return new HaggleError(
    'bad-config',
    `The data folder ${folder} cannot be written (${reason}): choose another folder, or change its rights.`,
    { cause: error },
  )
}

function refusal(folder: string, error: unknown): HaggleError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!code.startsWith('SQLITE_BUSY')) return unwritable(folder, error)
  const owner = readOwner(folder)
  const who =
    owner === null
      ? 'another process that is just starting, or runs in another container'
      : `process ${owner.pid} (${owner.role}${owner.url === null ? '' : `, ${owner.url}`})`
  return new HaggleError('busy', `The data folder ${folder} belongs to ${who}: stop it first, or use another folder.`)
}

function ownerFile(folder: string): string {
  return join(folder, 'owner.json')
}

/** Replaces the note as a whole, so that nobody reads half of it. */
function writeOwner(folder: string, owner: FolderOwner): void {
  const note: Note = { ...owner, startedAt: startOf(owner.pid) }
  const draft = `${ownerFile(folder)}.draft`
  writeFileSync(draft, JSON.stringify(note))
  renameSync(draft, ownerFile(folder))
}

function isRunning(note: Note): boolean {
  const startedAt = startOf(note.pid)
  if (startedAt === null) return !existsSync('/proc/self/stat') && answers(note.pid)
  return note.startedAt === null || note.startedAt === startedAt
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' // it runs, as another user
  }
}

/** When a process started, in clock ticks since boot (`man proc_pid_stat`); `null` where it ended or there is no `/proc`. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets and may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startedAt] = [fields[0], fields[19]]
    return state === 'Z' ? null : startedAt // ended, only not yet seen by its parent
  } catch {
    return null
  }
}
