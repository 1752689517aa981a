/**
 * Asks an ONNX model in a folder of this machine what texts mean, one vector a text; nothing leaves the machine.
 *
 * The folder is as such models are published: `onnx/model.onnx` or `model.onnx`, `tokenizer.json`, and its
 * `tokenizer_config.json` where there is one. A thread of its own works on it, one for all shops of this process that
 * name the folder, a few texts at a time so that a search need not wait for a batch of products. The runtime
 * (`onnxruntime-web`, or `onnxruntime-node` where it is installed) and `@huggingface/tokenizers` are not among what
 * Haggle installs. Memory: the model, and some 30 MB for the runtime.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { HaggleError } from '../../domain/errors.ts'
import type { Embed } from './endpoint.ts'
import { unit } from './unit.ts'

export interface LocalModelOptions {
  readonly folder: string
  /** Where the model gives a vector a token: the mean of all, or the first, as it was trained for. */
  readonly pooling: 'mean' | 'first'
}

const textsAtOnce = 8

type Answer = { readonly id: number } & (
  | { readonly vectors: Float32Array; readonly width: number }
  | { readonly problem: string }
)

/** Of a few texts at once. */
type Ask = (texts: readonly string[]) => Promise<Float32Array[]>

const threads = new Map<string, Ask>()

/** @throws `bad-config` where the folder holds no such model */
export function createLocalModel({ folder, pooling }: LocalModelOptions): Embed {
  const place = resolve(folder)
  const model = ['onnx/model.onnx', 'model.onnx'].map((name) => join(place, name)).find((file) => existsSync(file))
  if (model === undefined || !existsSync(join(place, 'tokenizer.json'))) {
    throw new HaggleError(
      'bad-config',
      `search.embeddings.folder: ${place} lacks onnx/model.onnx (or model.onnx) or tokenizer.json.`,
    )
  }
  const key = JSON.stringify([place, pooling])
  const ask = threads.get(key) ?? openThread({ folder: place, model, pooling })
  threads.set(key, ask)
  // No time is too long: nobody but a search waits, and that goes without when it is late.
  return async (texts) => {
    const vectors: Float32Array[] = []
    for (let from = 0; from < texts.length; from += textsAtOnce) {
      vectors.push(...(await ask(texts.slice(from, from + textsAtOnce))))
    }
    return vectors
  }
}

function failed(reason: string): HaggleError {
  return new HaggleError('unavailable', `The embedding model failed: ${reason}. See search.embeddings in the settings.`)
}

/** Starts with the first question, and again after it has fallen; keeps no process alive but while it is asked. */
function openThread(workerData: { folder: string; model: string; pooling: string }): Ask {
  const waiting = new Map<number, { done: (vectors: Float32Array[]) => void; fail: (error: HaggleError) => void }>()
  let worker: Worker | null = null
  let asked = 0

  const start = (): Worker => {
    const started = new Worker(new URL('./local-model-worker.js', import.meta.url), { workerData, execArgv: [] })
    const fall = (reason: string) => {
      if (worker !== started) return
      worker = null
      for (const { fail } of waiting.values()) fail(failed(reason))
      waiting.clear()
    }
    started.on('error', (error: Error) => fall(error.message))
    started.on('exit', () => fall('its thread ended'))
    started.on('message', (answer: Answer) => {
      const asker = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (waiting.size === 0) started.unref()
      if ('problem' in answer) asker?.fail(failed(answer.problem))
      else asker?.done(split(answer.vectors, answer.width))
    })
    return started
  }
  return (texts) =>
    new Promise((done, fail) => {
      const id = asked++
      waiting.set(id, { done, fail })
      worker ??= start()
      worker.ref()
      worker.postMessage({ id, texts })
    })
}

function split(vectors: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: vectors.length / width }, (_, at) => unit(vectors.subarray(at * width, (at + 1) * width)))
}
