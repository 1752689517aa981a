/** `haggle audit`: who changed what, and whether the record is as it was written. */
import type { Command } from 'commander'
import { HaggleError } from '../../domain/errors.ts'
import type { AuditRecord, AuditVerdict } from '../../engine.ts'
import { ask, openSession, serverOf, withEngine } from '../session.ts'
import { print, table } from '../terminal.ts'

export function auditCommand(program: Command): void {
  const audit = program.command('audit').description('who changed what: the latest lines of the record')
  audit
    .option('--limit <lines>', 'how many lines', '30')
    .action(async ({ limit }: { limit: string }, command: Command) => {
      const session = openSession(command)
      const server = serverOf(session.config)
      const count = Math.max(1, Math.trunc(Number(limit)) || 30)
      const entries =
        server === null
          ? await withEngine(session, false, (engine) => engine.audit.latest(count))
          : ((await ask(server, 'GET', `/haggle/v1/audit?limit=${count}`)) as { entries: AuditRecord[] }).entries
      const rows = entries.map(({ sequence, atMs, who, what, subject }) => {
        return [sequence, new Date(atMs).toISOString(), who, what, subject]
      })
      print(entries, table([['line', 'when', 'who', 'what', 'about'], ...rows]))
    })
  audit
    .command('verify')
    .description('read every line and see that none was changed, removed or put in between')
    .option('--head <hash>', 'hash of a line that was kept elsewhere: it must still be there')
    .action(async ({ head }: { head?: string }, command: Command) => {
      const session = openSession(command)
      const server = serverOf(session.config)
      const asked = head === undefined ? '' : `?head=${encodeURIComponent(head)}`
      const verdict =
        server === null
          ? await withEngine(session, false, (engine) => engine.audit.verify(head))
          : ((await ask(server, 'GET', `/haggle/v1/audit/verify${asked}`)) as AuditVerdict)
      if (verdict.broken !== null) throw new HaggleError('bad-data', `The audit was tampered with: ${verdict.broken}.`)
      print(verdict, `${verdict.lines} lines, each as it was written. Head: ${verdict.head || 'none'}`)
    })
}
