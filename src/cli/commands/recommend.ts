/** `haggle recommend`: an answer of the shop, in the terminal, and the reasons for it. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { surfaces } from '../../engine.ts'
import { createApp } from '../../http/app.ts'
import type { ExplainedHit } from '../../http/routes/explain.ts'
import { describeReasons } from '../reasons.ts'
import { ask, openSession, refusal, type Session, serverOf, withEngine } from '../session.ts'
import { print, table } from '../terminal.ts'

interface Options {
  user?: string
  item?: string
  surface: string
  limit: number
  filters?: string
  /** True: of all that are recommended. */
  why?: string | true
  budget?: number
}

interface Answered {
  queryID: string
  hits: {
    objectID: string
    _score: number
    title?: string
    name?: string
    _haggle?: { source: string; because: string[] }
  }[]
}

export function recommendCommand(program: Command): void {
  program
    .command('recommend')
    .description('ask the shop for recommendations')
    .option('--user <token>', 'the shopper; a stranger where absent')
    .option('--item <id>', 'the item looked at, for the surfaces that need one')
    .addOption(new Option('--surface <name>', 'which kind').choices([...surfaces]).default('recommended-for-you'))
    .option('--limit <n>', 'how many', wholeNumber, 10)
    .option('--filters <text>', 'restrictions, e.g. "brand:Acme AND price < 50"')
    .option('--why [id]', 'say why: of one item, recommended or not; without an id, of all that are recommended')
    .option('--budget <n>', 'answers that may be recomputed for each reason', wholeNumber, 200)
    .action(async (options: Options, command: Command) => {
      const session = openSession(command)
      const { answer, why } = await throughDoor(session, (door) => askFor(door, questionOf(session, options), options))
      const rows = answer.hits.map((hit) => [
        hit._score.toFixed(1),
        hit.objectID,
        hit.title ?? hit.name ?? '',
        hit._haggle?.source ?? '',
        hit._haggle?.because.join(', ') ?? '',
      ])
      const list = table([['score', 'item', 'title', 'from', 'because of'], ...rows])
      const reasons = why.map((each) => describeReasons(each, typeof options.why === 'string'))
      print(options.why === undefined ? answer : { ...answer, why }, [list, ...reasons].join('\n\n'))
    })
}

/** One request of the HTTP API. */
type Door = (path: string, body: object) => Promise<unknown>

async function askFor(
  door: Door,
  question: object,
  { why, budget }: Options,
): Promise<{ answer: Answered; why: ExplainedHit[] }> {
  const { results } = (await door('/1/indexes/*/recommendations', { requests: [question] })) as { results: Answered[] }
  const [answer] = results
  const hits = why === undefined ? [] : why === true ? answer.hits.map(({ objectID }) => objectID) : [why]
  const told: ExplainedHit[] = []
  for (const hit of hits) told.push((await door('/haggle/v1/explain', { ...question, hit, budget })) as ExplainedHit)
  return { answer, why: told }
}

function questionOf({ catalogue }: Session, { surface, limit, item, user, filters }: Options): object {
  return {
    indexName: catalogue,
    model: surface,
    maxRecommendations: limit,
    ...(item === undefined ? {} : { objectID: item }),
    queryParameters: {
      ...(user === undefined ? {} : { userToken: user }),
      ...(filters === undefined ? {} : { filters }),
    },
  }
}

/** The same questions over the wire and in this process: through the HTTP routes either way. */
async function throughDoor<Result>(session: Session, work: (door: Door) => Promise<Result>): Promise<Result> {
  const server = serverOf(session.config)
  if (server !== null) return work((path, body) => ask(server, 'POST', path, body))
  return withEngine(session, true, async (engine) => {
    const app = await createApp(engine)
    const headers = { 'x-algolia-api-key': engine.adminKey }
    try {
      return await work(async (path, body) => {
        const response = await app.inject({ method: 'POST', url: path, payload: body, headers })
        const answer = response.json<{ message: string }>()
        if (response.statusCode !== 200) throw refusal(response.statusCode, answer.message)
        return answer
      })
    } finally {
      await app.close()
    }
  })
}

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number.')
  return value
}
