/**
 * What it is worth to know which categories shoppers want: `npx tsx recipes/intent.ts [seed …] [--small]`.
 *
 * A simulated shop's past teaches the intents (src/serve/queries/intents.ts); then 600 searches of its shoppers are asked,
 * NDCG@10 over the whole catalogue with the truth as gain: 3 for a product of the shelf they mean with all they named, 1
 * for another of that shelf. The textual order; with the category that is voted for; with what the search names besides; paired 95 % intervals of
 * each step. The weights were chosen on seed 7.
 */
import { createBreathe } from '../src/base/breathe.ts'
import { readConfig } from '../src/base/config.ts'
import { createRng, type Rng } from '../src/base/rng.ts'
import type { CatalogueId, ItemId, QueryId, UserId } from '../src/domain/ids.ts'
import { readItem } from '../src/domain/item.ts'
import { ndcg, pairedGain } from '../src/evaluate/judged.ts'
import { topK } from '../src/kernels/top-k.ts'
import { readAsked, withSmallWords } from '../src/retrieve/asked.ts'
import { defaultLatent, learnLatentIndex } from '../src/retrieve/latent-index.ts'
import { createLexicalIndex } from '../src/retrieve/lexical-index.ts'
import { lexicalWords, typedWords } from '../src/retrieve/lexical-words.ts'
import { addNamed } from '../src/retrieve/named-values.ts'
import { createProductFacts } from '../src/retrieve/product-facts.ts'
import { addIntent } from '../src/retrieve/query-intent.ts'
import { signalsOf } from '../src/retrieve/search-signals.ts'
import { textualScores } from '../src/retrieve/textual-order.ts'
import { learnIntents } from '../src/serve/queries/intents.ts'
import { createQueryLog } from '../src/serve/queries/query-log.ts'
import { createQueryWords } from '../src/serve/queries/query-text.ts'
import { simulateHistory } from '../src/simulate/history.ts'
import { searchTerms } from '../src/simulate/search-terms.ts'
import { createWorld, type World } from '../src/simulate/world.ts'

const searches = 600
const small = { products: 1_500, shoppers: 300, days: 60 }

if (process.argv[1] === import.meta.filename) {
  const words = process.argv.slice(2)
  const seeds = words.filter((word) => word !== '--small')
  for (const seed of seeds.length > 0 ? seeds : ['8', '9', '10']) {
    const { without, voted, named, known } = await measure(seed, words.includes('--small') ? small : {})
    console.log(`seed ${seed}: ${average(without)}; ${known} of ${without.length} searches were known`)
    tell('category', voted, without)
    tell('names besides', named, voted)
  }
}

function tell(what: string, after: Float64Array, before: Float64Array): void {
  const { mean, low, high } = pairedGain(after, before, { rounds: 2_000, rng: createRng('intent') })
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`
  console.log(`  ${what}: ${average(after)}, ${percent(mean)} (${percent(low)} … ${percent(high)})`)
}

function average(values: Float64Array): string {
  return (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(4)
}

export async function measure(seed: string, options: Partial<typeof small>) {
  const world = createWorld({ seed, pictures: false, dirt: 0, ...options })
  const log = rememberPast(world)
  const records = world.records(world.untilMs)
  const items = new Map(records.map((record) => [record.objectID, readItem('shop' as CatalogueId, record)]))
  const intents = await learnIntents(log, createQueryWords(['en']), (id: ItemId) => items.get(id), createBreathe())
  const index = createLexicalIndex()
  for (const record of records) index.put(record.objectID as ItemId, record)
  const words = lexicalWords(index)
  const facts = createProductFacts(words, (slot) => items.get(records[slot].objectID) as never)
  const latent = await learnLatentIndex(words, { ...defaultLatent, rng: createRng(seed), breathe: createBreathe() })
  const rng = createRng(`searches ${seed}`)
  const figures: { without: number; voted: number; named: number; isKnown: boolean }[] = []
  for (let at = 0; at < searches; at++) {
    const { text, gains } = draw(world, records, rng)
    const found = index.search(text, { limit: 200, relaxBelow: 60 })
    const slots = Int32Array.from(found.answers, ({ slot }) => slot)
    const asked = readAsked(withSmallWords(text, typedWords(found.query, index)), words)
    if (slots.length === 0 || asked.wanted.length === 0) continue
    const scores = textualScores(signalsOf(asked, slots, { words, facts, latent }))
    const figure = () =>
      ndcg(
        Array.from(topK(scores, 10), (place) => slots[place]),
        gains,
        10,
      )
    const without = figure()
    const intent = intents.of(text)
    const votes = intent === null ? null : addIntent(scores, slots, intent, facts)
    const voted = figure()
    if (votes !== null) addNamed(scores, slots, text, votes, facts)
    figures.push({ without, voted, named: figure(), isKnown: intent !== null })
  }
  return {
    without: Float64Array.from(figures, (each) => each.without),
    voted: Float64Array.from(figures, (each) => each.voted),
    named: Float64Array.from(figures, (each) => each.named),
    known: figures.filter(({ isKnown }) => isKnown).length,
  }
}

function rememberPast(world: World) {
  const log = createQueryLog({ weights: readConfig({}).preprocess.weights })
  for (const { user, type, time: timeMs, query, item, queryId = null } of simulateHistory(world)) {
    const who = { userId: user as UserId, timeMs, queryId: queryId as QueryId | null }
    if (type === 'search') log.searched({ ...who, query: query ?? '', queryId: null })
    else log.acted({ ...who, type, itemId: (item ?? null) as ItemId | null })
  }
  return log
}

/** A search by one of the shoppers, and what it should find. */
function draw(world: World, records: readonly { readonly objectID: string }[], rng: Rng) {
  const { shelf } = rng.pick(world.products)
  const terms = searchTerms({ world, shopper: rng.pick(world.shoppers), rng, timeMs: world.untilMs }, shelf)
  const gains = new Map<number, number>()
  records.forEach(({ objectID }, slot) => {
    const product = world.productOf(objectID)
    if (product?.shelf !== shelf) return
    const meets = (['brand', 'colour', 'style'] as const).every(
      (trait) => terms[trait] < 0 || terms[trait] === product[trait],
    )
    gains.set(slot, meets ? 3 : 1)
  })
  return { text: terms.text, gains }
}
