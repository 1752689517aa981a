/** The step of the checks that asks whether what is shipped has known holes, given what npm may say. */
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

function audit(input: string): [status: number | null, said: string] {
  const { status, stdout } = spawnSync('node', ['.ci/audit.js'], { input, encoding: 'utf8' })
  return [status, stdout]
}
const hole = (name: string, severity: string) => ({
  name,
  severity,
  range: '<2',
  via: [{ title: 'Bad', url: 'https://a' }],
})
const report = (...holes: ReturnType<typeof hole>[]) =>
  JSON.stringify({
    vulnerabilities: Object.fromEntries(holes.map((each) => [each.name, each])),
    metadata: { vulnerabilities: {}, dependencies: { prod: 7 } },
  })

it('fails on a hole of high severity or worse, by name, and on no other', () => {
  expect(audit(report())).toEqual([0, 'dependency audit: 7 packages, 0 with grave holes\n'])
  expect(audit(report(hole('a', 'moderate')))[0]).toBe(0)
  const [status, said] = audit(report(hole('a', 'high'), hole('b', 'critical')))
  expect([status, said.split('\n')[0]]).toEqual([1, 'a <2: high: Bad (https://a)'])
  expect(said).toContain('2 with grave holes')
})

it('passes and says why where there is nobody to ask', () => {
  const refused = JSON.stringify({ message: '405 Method Not Allowed - POST https://registry/', method: 'POST' })
  expect(audit(refused)).toEqual([0, 'dependency audit skipped: 405 Method Not Allowed\n'])
  expect(audit('')).toEqual([0, 'dependency audit skipped: npm gave no answer in time\n'])
  expect(audit('{}')).toEqual([0, 'dependency audit skipped: the answer is no report\n'])
})
