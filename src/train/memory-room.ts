/**
 * Refuses at once what would not fit, before hours are spent on it: a fit's plan against what the machine has left.
 *
 * Two bounds: the memory of the kernels (at most 4 GiB, and free stretches of it cost nothing more), and all of it
 * together, `training.memoryMiB` or seven eighths of what the system says is available.
 */
import { HaggleError } from '../domain/errors.ts'
import { wasmBackend } from '../kernels/backend.ts'
import { availableBytes } from '../kernels/host.ts'
import type { MemoryPlan } from '../models/model.ts'

const share = 7 / 8

/** @throws `too-little-memory` with the estimate and what to do */
export function refuseTooLarge(model: string, plan: MemoryPlan | undefined, limitMiB: number | null): void {
  if (plan === undefined) return
  const arena = wasmBackend()?.arena
  const { kernels, heap } = plan
  if (arena !== undefined && kernels > arena.buffer.byteLength - arena.taken()) {
    throw refusal(model, kernels, arena.buffer.byteLength - arena.taken(), 'of what the kernels can address')
  }
  const whole = kernels + heap
  const room = limitMiB === null ? share * (availableBytes() + (arena?.idle() ?? 0)) : limitMiB * 2 ** 20
  if (whole > room) throw refusal(model, whole, room, limitMiB === null ? 'on this machine' : 'by training.memoryMiB')
}

function refusal(model: string, needed: number, room: number, where: string): HaggleError {
  const inMegabytes = (bytes: number) => Math.ceil(bytes / 2 ** 20)
  return new HaggleError(
    'too-little-memory',
    `${model}: learning would take about ${inMegabytes(needed)} MiB; there are ${inMegabytes(room)} ${where}. Leave it out of ` +
      'training.models, make it smaller (factors, neighbours, layers), or leave rare items out ' +
      '(preprocess.minimumEventsPerItem).',
  )
}
