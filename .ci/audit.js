// Reads what `npm audit --json` says: fails where a package that is shipped has a known hole of high severity or worse.
// A registry that keeps no audits, or none in reach, is no defect of ours: then it says so and passes.
import { readFileSync } from 'node:fs'

let report
try {
  report = JSON.parse(readFileSync(0, 'utf8'))
} catch {
  report = { message: 'npm gave no answer in time' }
}
const { vulnerabilities, metadata, message = 'the answer is no report' } = report
if (vulnerabilities === undefined || metadata?.vulnerabilities === undefined) {
  console.log(`dependency audit skipped: ${message.split(' - ')[0]}`)
} else {
  const grave = Object.values(vulnerabilities).filter(({ severity }) => severity === 'high' || severity === 'critical')
  for (const { name, severity, range, via } of grave) {
    const titles = via.map((each) => (typeof each === 'string' ? each : `${each.title} (${each.url})`))
    console.log(`${name} ${range}: ${severity}: ${titles.join('; ')}`)
  }
  console.log(`dependency audit: ${metadata.dependencies?.prod ?? 'all'} packages, ${grave.length} with grave holes`)
  process.exitCode = grave.length === 0 ? 0 : 1
}
