/**
 * A thread that says what texts mean by an ONNX model of this machine, so that answers need not wait for it. Plain
 * JavaScript, so that it starts as it stands from the sources and from `dist`. Its packages are the shop's to install.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

const { folder, model, pooling } = workerData
/** What nearly every such model was made for; its own `tokenizer_config.json` may ask for fewer. */
const mostTokens = 512

async function firstOf(names) {
  for (const name of names) {
    try {
      return await import(name)
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    }
  }
  throw new Error(`it needs the package ${names.join(' or ')}: npm install ${names.at(-1)}`)
}

const json = async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))

async function load() {
  const { Tokenizer } = await firstOf(['@huggingface/tokenizers'])
  // The one that is compiled for this machine where it is there; the other runs everywhere.
  const runtime = await firstOf(['onnxruntime-node', 'onnxruntime-web'])
  runtime.env.wasm.numThreads = 1
  const settings = await json('tokenizer_config.json').catch(() => ({}))
  const tokenizer = new Tokenizer(await json('tokenizer.json'), settings)
  const session = await runtime.InferenceSession.create(await readFile(model), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  })
  const longest = Math.min(mostTokens, settings.model_max_length ?? mostTokens)
  return { session, tokens: (text) => cut(tokenizer.encode(text).ids, longest), Tensor: runtime.Tensor }
}

/** The last token closes the text, and stays. */
const cut = (ids, longest) => (ids.length > longest ? [...ids.slice(0, longest - 1), ids.at(-1)] : ids)

/** @returns one row of numbers a text, `width` in each, one after the other */
async function embed({ session, tokens, Tensor }, texts) {
  const rows = texts.map(tokens)
  const length = Math.max(1, ...rows.map((row) => row.length))
  const shape = [rows.length, length]
  const table = (value) => {
    const numbers = new BigInt64Array(rows.length * length)
    rows.forEach((row, at) => row.forEach((id, place) => (numbers[at * length + place] = BigInt(value(id)))))
    return new Tensor('int64', numbers, shape)
  }
  const known = { input_ids: (id) => id, attention_mask: () => 1, token_type_ids: () => 0 }
  const wrong = session.inputNames.filter((name) => !(name in known))
  if (wrong.length > 0) throw new Error(`the model asks for "${wrong.join('", "')}", which no text has`)
  const outputs = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, table(known[name])])))
  const { data, dims } = outputs.sentence_embedding ?? outputs.last_hidden_state ?? outputs[session.outputNames[0]]
  const width = dims.at(-1)
  const vectors = new Float32Array(rows.length * width)
  rows.forEach((row, at) => {
    // A vector a text, or one a token: their mean, or that of the first.
    const counted = dims.length === 2 ? 1 : pooling === 'first' ? Math.min(1, row.length) : row.length
    const from = dims.length === 2 ? at * width : at * length * width
    for (let place = 0; place < counted; place++) {
      for (let column = 0; column < width; column++) {
        vectors[at * width + column] += data[from + place * width + column] / counted
      }
    }
  })
  return { vectors, width }
}

const loading = load()
loading.catch(() => undefined)
let last = Promise.resolve()
parentPort.on('message', ({ id, texts }) => {
  last = last.then(async () => {
    try {
      const { vectors, width } = await embed(await loading, texts)
      parentPort.postMessage({ id, vectors, width }, [vectors.buffer])
    } catch (error) {
      parentPort.postMessage({ id, problem: error.message })
    }
  })
})
