/** Reasons as a person reads them: names instead of ids, sentences instead of fields. */
import type { ExplainedHit } from '../http/routes/explain.ts'
import { table } from './terminal.ts'

type Account = NonNullable<ExplainedHit['account']>
type Judgement = NonNullable<Account['judgement']>

const mostSaid = 5
const mostFeatures = 10

/** @param whole with all numbers, where one item was asked for */
export function describeReasons(told: ExplainedHit, whole: boolean): string {
  const { account } = told
  const lines = [standing(told), ...(account === null ? ['Nothing that is learnt speaks for it.'] : sources(account))]
  if (told.removal !== null) lines.push(dropping(told.removal))
  if (whole && account !== null) lines.push(...numbers(account))
  return lines.join('\n')
}

function standing({ hit, place, rank, absent, maxRecommendations }: ExplainedHit): string {
  const byScore = rank === null ? 'by score not among the first thousand' : `by score it is number ${rank}`
  return place === null
    ? `${nameOf(hit)} is not recommended. ${absent} (${byScore})`
    : `${nameOf(hit)} stands at place ${place} of ${maxRecommendations}; ${byScore}.`
}

function sources({ source, history, kind, voices, shared, judgement }: Account): string[] {
  if (kind === null) {
    const tags = shared.slice(0, mostSaid).map(({ tag, part }) => `${tag.replace(':', ' ')} (${part.toFixed(2)})`)
    return tags.length === 0 ? [fromElsewhere(source)] : [`Proposed by likeness. What it shares: ${tags.join(', ')}.`]
  }
  const lines = [`Proposed by ${source}${voices.length === 0 ? '' : `, an ensemble of ${voices.length} models`}.`]
  const [speaks, objects] = [history.filter(({ part }) => part > 0), history.filter(({ part }) => part < 0)]
  if (speaks.length > 0) lines.push(`For it speaks that there is ${list(speaks)}.`)
  if (objects.length > 0) lines.push(`Against it speaks ${list(objects)}.`)
  if (history.length === 0) lines.push('No history was asked: it is what others like.')
  else if (speaks.length === 0) lines.push('Nothing in the history speaks for it: it is what others like.')
  if (judgement !== null) lines.push(judged(judgement))
  return lines
}

function fromElsewhere(source: string): string {
  const known: Readonly<Record<string, string>> = {
    trending: 'It is in demand now; nobody’s history was asked.',
    history: 'It is something the shopper knows already.',
    catalogue: 'It fills a free place: the newest of what is left.',
  }
  return known[source] ?? `Proposed by ${source}.`
}

function list(said: Account['history']): string {
  const shown = said.slice(0, mostSaid).map(({ part, ...item }) => `${nameOf(item)} (${signed(part)})`)
  const rest = said.length - shown.length
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

function judged({ score, usual, parts }: Judgement): string {
  const strongest = [...parts].sort((a, b) => Math.abs(b.part) - Math.abs(a.part)).slice(0, 3)
  const verdict = score >= usual ? 'lets it pass' : 'objects'
  const why = strongest.map(({ name, part }) => `${name} (${signed(part)})`).join(', ')
  return `The discriminator ${verdict}: ${signed(score - usual)} beside the usual proposal, most of it by ${why}.`
}

function dropping(removal: NonNullable<ExplainedHit['removal']>): string {
  if (!removal.found) return removal.reason ?? ''
  const items = (removal.items ?? []).map(nameOf).join(', ')
  const rank =
    removal.rank === null || removal.rank === undefined ? 'beyond the first thousand' : `number ${removal.rank}`
  const proof = removal.smallest === true ? 'no smaller set does' : 'there may be a smaller set'
  const minimal = removal.minimal === true ? '' : ', and some of them may not be needed'
  return `Without ${items} it would not stand here (by score it would be ${rank}); verified by ${removal.recomputed} recomputed answers, ${proof}${minimal}.`
}

function numbers({ score, rest, kind, voices, judgement }: Account): string[] {
  const blocks: string[] = []
  if (score !== null && rest !== null) {
    blocks.push(`Score ${score.toPrecision(4)}, of which ${rest.toPrecision(3)} no item of the history says (${kind}).`)
  }
  if (voices.length > 0) {
    const rows = voices.map(({ name, share, score: z }) => [name, share.toFixed(2), z.toFixed(3)])
    blocks.push(table([['model', 'share', 'standardised score'], ...rows]))
  }
  if (judgement !== null) {
    const rows = [...judgement.parts]
      .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
      .slice(0, mostFeatures)
      .map(({ name, value, usual, part }) => [name, value.toFixed(3), usual.toFixed(3), part.toFixed(4)])
    blocks.push(table([['what the discriminator sees', 'here', 'usual', 'part'], ...rows]))
    blocks.push(
      `The parts sum to ${signed(judgement.score - judgement.usual)}, but for ${judgement.gap.toExponential(1)}.`,
    )
  }
  return blocks
}

function nameOf({ objectID, title }: { objectID: string; title: string }): string {
  return title === '' ? objectID : `“${title}” (${objectID})`
}

/** With a sign, short, also where a model's scores are small. */
function signed(value: number): string {
  const size = Math.abs(value)
  const text = size >= 0.01 || size === 0 ? size.toFixed(3) : size.toPrecision(2)
  return `${value < 0 ? '−' : '+'}${text}`
}
