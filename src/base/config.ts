/**
 * The shop's settings: one typed file, every key optional, unknown keys refused.
 *
 * `haggle init` writes `haggle.config.json`; environment variables `HAGGLE_DATA_FOLDER`, `HAGGLE_HOST`, `HAGGLE_PORT`
 * and `HAGGLE_ADMIN_KEY` (of one of several shops `HAGGLE_ADMIN_KEY_<ID>`), `HAGGLE_STORE_URL`, `HAGGLE_EMBEDDINGS_KEY`, `HAGGLE_KERNELS` and `HAGGLE_THREADS` override it. The schema below is the documentation.
 */
import { existsSync, readFileSync } from 'node:fs'
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Value, type ValueError } from '@sinclair/typebox/value'
import { HaggleError } from '../domain/errors.ts'
import { defaultAttributes } from '../domain/item.ts'

const strict = { additionalProperties: false, default: {} } as const
const section = <Properties extends Record<string, TSchema>>(properties: Properties) => Type.Object(properties, strict)
const names = (defaults: readonly string[], description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { default: [...defaults], description })
const count = (value: number, minimum: number, description: string) =>
  Type.Integer({ default: value, minimum, description })
const real = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Number({ default: value, minimum, maximum, description })
const maybeText = (description: string) =>
  Type.Union([Type.String({ minLength: 1 }), Type.Null()], { default: null, description })

const most = (description: string) => Type.Union([count(1000, 1, ''), Type.Null()], { default: null, description })

const days = (value: number | null, description: string) =>
  Type.Union([count(365, 1, ''), Type.Null()], { default: value, description })

export const configSchema = section({
  $schema: Type.Optional(Type.String()),
  dataFolder: Type.String({
    default: 'haggle-data',
    minLength: 1,
    description: 'Folder that holds everything; has one owner.',
  }),
  store: section({
    url: maybeText(
      'postgres://user:password@host:port/database, shared by several processes; null: a file in the data folder.',
    ),
    schema: Type.String({
      default: 'haggle',
      pattern: '^[a-z_][a-z0-9_]{0,62}$',
      description: 'Schema of that database that holds everything.',
    }),
    connections: count(8, 2, 'Connections to that database at most.'),
    readUrl: maybeText('A standby of that database: trainings read there, once it has caught up; null: from url.'),
  }),
  catalogue: Type.String({
    default: 'products',
    minLength: 1,
    description: 'Catalogue (index) used where none is named.',
  }),
  currency: Type.String({
    default: 'XXX',
    pattern: '^[A-Z]{3}$',
    description: 'What prices are in, by its ISO 4217 code; XXX: none is named.',
  }),
  server: section({
    host: Type.String({ default: '127.0.0.1', minLength: 1 }),
    port: Type.Integer({ default: 8108, minimum: 0, maximum: 65535 }),
    adminKey: maybeText('Key that may do everything; made and kept in the data folder when null.'),
    openSearch: Type.Boolean({
      default: true,
      description: 'Whether searching, recommendations and events need no key; false: they need one.',
    }),
    drainSeconds: real(
      0,
      0,
      600,
      'How long it still answers when asked to stop, while /healthz says so: what a load balancer takes to notice.',
    ),
    bodyLimitBytes: count(10_000_000, 1_000, 'Largest request body; event requests are limited to 2 MB.'),
    origins: names(['*'], 'Origins whose pages may search, ask for recommendations and send events.'),
    proxies: names([], 'Addresses and networks (10.0.0.0/8) of proxies whose X-Forwarded headers are believed.'),
    metricsKey: maybeText('Bearer token that /metrics needs; null: none.'),
    hosts: names(
      [],
      'Host names whose requests are for this shop; where there are several shops (docs/operations.md).',
    ),
    deadlineMs: count(
      10_000,
      100,
      'A request of several questions is cut short, with a 422, once it has taken so long.',
    ),
    logLevel: Type.Union(
      (['silent', 'error', 'warn', 'info', 'debug'] as const).map((level) => Type.Literal(level)),
      { default: 'info' },
    ),
  }),
  limits: section({
    requestsPerSecond: most('Requests a second, twice as many at once; null: any number (one of several shops: 200).'),
    requestsUnderWay: most('Requests under way at once; null: 2,000 (one of several shops: 200).'),
    mebibytesUnderWay: most(
      'Memory for the bodies of requests under way; null: 25 of the largest (one of several shops: 64).',
    ),
    eventsPerSecond: most('Events a second over HTTP, twice as many at once; null: any (one of several shops: 1,000).'),
    products: most('Products in all indices together; null: any number (one of several shops: 200,000).'),
    shoppers: most('Shoppers with a profile in memory; null: any number (one of several shops: 500,000).'),
  }),
  kernels: section({
    backend: Type.Union([...(['fma', 'simd', 'plain'] as const).map((each) => Type.Literal(each)), Type.Null()], {
      default: null,
      description: 'Arithmetic to use: fma, simd or plain (TypeScript); null: the fastest that this machine accepts.',
    }),
    threads: Type.Union([Type.Integer({ minimum: 1, maximum: 64 }), Type.Null()], {
      default: null,
      description: 'Threads that learn together; null: one a core.',
    }),
  }),
  attributes: section({
    title: names(defaultAttributes.title, 'Record attributes that may hold the title, best first.'),
    description: names(defaultAttributes.description, 'The description.'),
    brand: names(defaultAttributes.brand, 'The brand.'),
    category: names(defaultAttributes.category, 'The category path.'),
    tags: names(defaultAttributes.tags, 'Further words worth learning from.'),
    price: names(defaultAttributes.price, 'The price in major units.'),
    stock: names(defaultAttributes.stock, 'Stock, as a boolean, a count or a word.'),
    hidden: names(defaultAttributes.hidden, 'True keeps an item from being shown.'),
    createdAt: names(defaultAttributes.createdAt, 'When the item came in.'),
  }),
  preprocess: section({
    sessionGapMinutes: real(30, 1, 1440, 'Silence that ends a visit.'),
    halfLifeDays: real(60, 0.1, 36_500, 'Age at which an event counts half.'),
    weights: section({
      search: real(0, 0, 1000, 'Strength of one event of each type.'),
      view: real(1, 0, 1000, ''),
      click: real(1, 0, 1000, ''),
      conversion: real(3, 0, 1000, ''),
      addToCart: real(3, 0, 1000, ''),
      purchase: real(5, 0, 1000, ''),
      return: real(-5, -1000, 0, 'Takes a purchase back.'),
    }),
    earliest: Type.String({
      default: '1995-01-01',
      pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
      description: 'Events before this day (yyyy-mm-dd) have an impossible time.',
    }),
    futureMinutes: real(10, 0, 525_600, 'How far ahead of the clock an event may be.'),
    floodPerMinute: count(
      60,
      1,
      'More events of one shopper within a minute are a flood: the rest of the minute is dropped.',
    ),
    robotEventsPerDay: count(2_000, 1, 'A shopper with more events on one day is a robot and is dropped whole.'),
    robotViewsWithoutAct: count(1_000, 1, 'A shopper with more views and not one click, cart or purchase is a robot.'),
    repeatSeconds: real(2, 0, 3600, 'The same shopper, item and type again within this time is one event.'),
    minimumEventsPerItem: count(1, 1, 'Items with fewer events are left to content similarity.'),
    coldItems: Type.Boolean({
      default: false,
      description:
        'Models know every item of the catalogue, also those without events; costs what as many more items cost.',
    }),
    keepSteps: Type.Boolean({
      default: false,
      description:
        'Tables keep every event in order, for models that learn from going back to something (the haggle with ' +
        '"repeats", the GRU); 16 bytes an event.',
    }),
  }),
  training: section({
    models: Type.Union([Type.Array(Type.String({ minLength: 1 })), Type.Null()], {
      default: null,
      description: 'Models that compete; null: those that suit each surface (docs/models.md).',
    }),
    config: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
      default: {},
      description: 'Model name → settings that differ from its defaults.',
    }),
    seed: Type.String({ default: 'haggle' }),
    testFraction: real(0.1, 0.01, 0.5, 'Latest share of the time span that is held out to judge models.'),
    validationFraction: real(0.1, 0.01, 0.5, 'Share before that on which models and epochs are chosen.'),
    cutoffs: Type.Array(Type.Integer({ minimum: 1, maximum: 1000 }), { default: [5, 20], minItems: 1 }),
    bootstrapRounds: count(1_000, 10, 'Rounds of the paired bootstrap.'),
    maximumTestUsers: count(20_000, 1, 'Users the evaluation samples when there are more.'),
    memoryMiB: Type.Union([count(4096, 16, ''), Type.Null()], {
      default: null,
      description: 'Memory that learning one model may take; null: seven eighths of what the machine has free.',
    }),
    everyMinutes: Type.Union([real(1440, 1, 525_600, ''), Type.Null()], {
      default: null,
      description: 'Train again after this time; null: only on demand.',
    }),
    afterEvents: Type.Union([count(10_000, 1, ''), Type.Null()], {
      default: null,
      description: 'Train again after this many new events.',
    }),
    onDrift: Type.Union([real(0.001, 0.000001, 0.5, ''), Type.Null()], {
      default: 0.001,
      description:
        'Train again when shoppers do what the live generation does not expect, at this chance of a false alarm a ' +
        'generation, however often it is looked at; null: never for this reason.',
    }),
    weighShoppers: Type.Boolean({
      default: false,
      description:
        'Accounts that look hired to push an item count less when models learn; costs an honest shop up to half a ' +
        'percent of NDCG, and some seconds.',
    }),
    keepGenerations: count(5, 2, 'How many generations stay to roll back to.'),
  }),
  search: section({
    embeddings: section({
      url: maybeText(
        'Endpoint in the format of OpenAI, with its /v1, that says what texts mean; null: the shop learns it from its own catalogue.',
      ),
      model: Type.String({ default: 'text-embedding-3-small', minLength: 1, description: 'The model asked for.' }),
      dimensions: Type.Union([count(256, 1, ''), Type.Null()], {
        default: null,
        description: 'Length of its vectors, where the model offers several; memory is 4 bytes each a product.',
      }),
      key: maybeText('Sent as a bearer token; HAGGLE_EMBEDDINGS_KEY stands over it.'),
      folder: maybeText('In the place of url: a folder of this machine with an ONNX model and its tokenizer.json.'),
      pooling: Type.Union([Type.Literal('mean'), Type.Literal('first')], {
        default: 'mean',
        description: 'What stands for a text where the model in the folder has a vector a token.',
      }),
      queryPrefix: Type.String({
        default: '',
        description: 'Before a search, as models want it that tell them apart.',
      }),
      productPrefix: Type.String({ default: '', description: 'Before the text of a product.' }),
      deadlineMs: count(150, 1, 'How long a search may wait for what its words mean; later it goes without.'),
      batch: count(64, 1, 'Products asked about at once.'),
      allowPrivate: Type.Boolean({
        default: false,
        description: 'Whether the endpoint may be on this machine or on a private network.',
      }),
    }),
    suggestions: section({
      shoppers: count(
        3,
        2,
        'A search is suggested to others, or taken for a better one, once so many different shoppers have typed it.',
      ),
      most: count(5_000, 0, 'Suggestions at most; 0: none.'),
    }),
  }),
  privacy: section({
    consent: section({
      analytics: Type.Boolean({ default: true, description: 'What holds for shoppers who have said nothing.' }),
      personalization: Type.Boolean({ default: true }),
      training: Type.Boolean({ default: true }),
    }),
    keepDays: section({
      events: days(null, 'Events are removed when they are older than this; null: never.'),
      exposures: days(null, 'What was shown to whom, the log of followed searches with it.'),
      searchCounts: days(400, 'Searches that are counted by day and name nobody.'),
    }),
    pseudonyms: section({
      rotateDays: days(null, 'Shoppers are kept under names that change this often; null: under their tokens.'),
    }),
    trainWithinHours: Type.Union([real(24, 0, 8760, ''), Type.Null()], {
      default: 24,
      description:
        'A shopper who was erased and cannot be taken out of the live models at once is out of them by a training that ' +
        'starts within this time; null: by the next one there is.',
    }),
  }),
  recommend: section({
    limit: count(30, 1, 'Results where the request names no number; at most 1,000.'),
    historyLimit: count(200, 1, "How many of a shopper's latest items are looked at."),
    freshDays: real(14, 0, 3650, 'How long an item counts as new and may take a place kept for new items.'),
    freshShare: real(0.1, 0, 1, 'Share of places new items without history may take where they fit the shopper.'),
    diversity: real(
      0.15,
      0,
      10,
      'How much a list avoids more of the same kind; 0: not at all, 1: as much as the whole range of scores, at its end.',
    ),
    calibration: real(
      0.2,
      0,
      10,
      "How much a list keeps to the shopper's own shares of kinds; 0: not at all. Kinds are the parts of categories.",
    ),
    trendHalfLifeHours: real(72, 0.1, 8760, 'Half-life of the counts behind trending items.'),
  }),
  shops: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
    default: {},
    description: 'Several shops in one installation: application id → settings that differ (docs/operations.md).',
  }),
})

export type Config = Static<typeof configSchema>

/** The configuration with every default in place. */
export function defaultConfig(): Config {
  return readConfig({})
}

/**
 * Checks a partial configuration and fills the defaults.
 * @throws `bad-config` naming every key that is unknown or of the wrong type; `source` says where it came from.
 */
export function readConfig(value: unknown, source = 'configuration'): Config {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HaggleError('bad-config', `${source}: expected an object of settings.`)
  }
  const filled: unknown = Value.Default(configSchema, structuredClone(value))
  const problems = [...Value.Errors(configSchema, filled)].map(describe)
  if (problems.length > 0) {
    throw new HaggleError(
      'bad-config',
      `${source}: ${[...new Set(problems)].join('; ')}. \`haggle doctor --settings\` lists every key.`,
    )
  }
  return filled as Config
}

/** Reads a configuration file (defaults where `path` is null and no file is there) and applies the environment. */
export function loadConfig(
  path: string | null,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const file = path ?? 'haggle.config.json'
  const present = existsSync(file)
  if (!present && path !== null) {
    throw new HaggleError('bad-config', `Configuration file ${path} does not exist. \`haggle init\` writes one.`)
  }
  const value = present ? parse(readFileSync(file, 'utf8'), file) : {}
  const config = readConfig(value, present ? file : 'configuration')
  const { HAGGLE_PORT: port, HAGGLE_KERNELS: kernels, HAGGLE_THREADS: threads } = environment
  return readConfig(
    {
      ...config,
      dataFolder: environment.HAGGLE_DATA_FOLDER ?? config.dataFolder,
      store: { ...config.store, url: environment.HAGGLE_STORE_URL ?? config.store.url },
      server: {
        ...config.server,
        host: environment.HAGGLE_HOST ?? config.server.host,
        port: port === undefined ? config.server.port : Number(port),
        adminKey: environment.HAGGLE_ADMIN_KEY ?? config.server.adminKey,
      },
      search: {
        ...config.search,
        embeddings: {
          ...config.search.embeddings,
          key: environment.HAGGLE_EMBEDDINGS_KEY ?? config.search.embeddings.key,
        },
      },
      kernels: {
        backend: kernels ? kernels : config.kernels.backend,
        threads: threads ? Number(threads) : config.kernels.threads,
      },
    },
    'environment',
  )
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new HaggleError('bad-config', `${file} is not valid JSON: ${(error as Error).message}`)
  }
}

function describe(error: ValueError): string {
  const key = error.path.slice(1).replaceAll('/', '.') || 'the whole'
  return error.message === 'Unexpected property' ? `unknown key "${key}"` : `"${key}": ${error.message.toLowerCase()}`
}

/** What others must not read, by its name in the configuration; the address of a database holds its password. */
const secretSettings = new Set([
  'server.adminKey',
  'server.metricsKey',
  'store.url',
  'store.readUrl',
  'search.embeddings.key',
])

export function isSecret(name: string): boolean {
  return secretSettings.has(name)
}
