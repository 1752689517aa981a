/** What a thread that learns does: the one task it was started for, told to learning-thread.ts as it goes. */
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { createLog } from '../base/log.ts'
import { HaggleError } from '../domain/errors.ts'
import { useBackend } from '../kernels/backend.ts'
import { openReader } from '../store/open-store.ts'
import { cleanShop } from './check-shop.ts'
import { compareModels } from './evaluate-shop.ts'
import { learnGeneration, type LearntGeneration } from './learn-generation.ts'
import {
  type LearningHooks,
  type LearningTask,
  stopWord,
  type TaskName,
  type ThreadInput,
  type ThreadMessage,
} from './learning-thread.ts'
import { tuneModels } from './tune-shop.ts'

const tasks: Readonly<Record<TaskName, LearningTask<never, object>>> = {
  train: learnGeneration,
  tune: tuneModels,
  evaluate: compareModels,
  check: cleanShop,
}

/** Progress that says nothing new is told this often. */
const everyMs = 50

const { task, options, kernels } = workerData as ThreadInput
const stopped = new AbortController()
// Heard whenever the task breathes.
parentPort?.on('message', (word) => {
  if (word === stopWord) stopped.abort()
})

// On Linux this is about the calling thread and those it starts, elsewhere about the whole process.
if (process.platform === 'linux') setPriority(3)
await useBackend(kernels)
await perform()

async function perform(): Promise<void> {
  const store = await openReader(options.config, createLog(options.config.server.logLevel))
  try {
    const hooks: LearningHooks = {
      store,
      progress: createProgress(),
      onEpoch: (...epoch) => tell({ kind: 'epoch', epoch }),
      signal: stopped.signal,
    }
    const result = await tasks[task](options as never, hooks)
    tell({ kind: 'done', result }, buffersOf(result))
  } catch (error) {
    const { message, stack = '' } = error as Error
    tell({ kind: 'failed', code: error instanceof HaggleError ? error.code : null, message, stack })
  } finally {
    await store.close()
  }
}

function tell(message: ThreadMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer)
}

function createProgress(): LearningHooks['progress'] {
  let told = ''
  let toldMs = 0
  return {
    report: (...step) => {
      const [stage, , , note] = step
      const news = `${stage} ${note}`
      if (news === told && performance.now() - toldMs < everyMs) return
      told = news
      toldMs = performance.now()
      tell({ kind: 'progress', step })
    },
  }
}

/** Bytes that need not be copied on their way out. */
function buffersOf(result: object): ArrayBuffer[] {
  const artefacts = 'artefacts' in result ? (result as LearntGeneration).artefacts : []
  return artefacts.map(({ bytes }) => bytes.buffer as ArrayBuffer)
}
