/** `haggle recommend`: an answer of the shop, in the terminal. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { surfaces } from '../../engine.ts'
import { createApp } from '../../http/app.ts'
import { ask, openSession, refusal, type Session, serverOf, withEngine } from '../session.ts'
import { print, table } from '../terminal.ts'

interface Options {
  user?: string
  item?: string
  surface: string
  limit: number
  filters?: string
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
    .action(async (options: Options, command: Command) => {
      const answer = await answerOf(openSession(command), options)
      const rows = answer.hits.map((hit) => [
        hit._score.toFixed(1),
        hit.objectID,
        hit.title ?? hit.name ?? '',
        hit._haggle?.source ?? '',
        hit._haggle?.because.join(', ') ?? '',
      ])
      print(answer, table([['score', 'item', 'title', 'from', 'because of'], ...rows]))
    })
}

/** The same question over the wire and in this process: through the HTTP route either way. */
async function answerOf(session: Session, options: Options): Promise<Answered> {
  const asked = {
    indexName: session.catalogue,
    model: options.surface,
    maxRecommendations: options.limit,
    ...(options.item === undefined ? {} : { objectID: options.item }),
    queryParameters: {
      ...(options.user === undefined ? {} : { userToken: options.user }),
      ...(options.filters === undefined ? {} : { filters: options.filters }),
    },
  }
  const path = '/1/indexes/*/recommendations'
  const body = { requests: [asked] }
  const server = serverOf(session.config)
  if (server !== null) return ((await ask(server, 'POST', path, body)) as { results: Answered[] }).results[0]
  return withEngine(session, true, async (engine) => {
    const app = await createApp(engine)
    const response = await app.inject({ method: 'POST', url: path, payload: body })
    await app.close()
    const answer = response.json<{ results: Answered[]; message: string }>()
    if (response.statusCode !== 200) throw refusal(response.statusCode, answer.message)
    return answer.results[0]
  })
}

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number.')
  return value
}
