/**
 * A memory that follows a visit click by click: at each step it decides what to keep and what to take in.
 *
 *   r, z = σ(x·W_rz + h·U_rz);  c = tanh(x·W_c + r ⊙ (h·U_c));  h' = (1 − z) ⊙ c + z ⊙ h        (biases left out here)
 * x is rows × inputs, h and h' rows × width; the blocks r, z, c of W (inputs × 3·width) and of U (width × 3·width) lie
 * side by side. O(rows · (inputs + width) · width). The form with the reset gate behind the product (Cho et al. 2014 as
 * common libraries have it), so that each step is two products.
 */
import type { Rng } from '../base/rng.ts'
import type { Space } from '../kernels/space.ts'
import type { Floats } from '../kernels/vector.ts'
import { createDenseLayer } from './dense-layer.ts'
import { sigmoid } from './losses.ts'
import { batchMatrix, type Matrix, type Parameter } from './parameter.ts'

/** What a step leaves for the way back. */
export interface GruTrace {
  readonly input: Matrix
  readonly hidden: Matrix
  /** r, z and c beside one another. */
  readonly gates: Matrix
  /** h·U_c, before the reset gate. */
  readonly recalled: Matrix
  readonly next: Matrix
}

export interface GruCell {
  readonly parameters: readonly Parameter[]
  forward(input: Matrix, hidden: Matrix): GruTrace
  /** Adds the gradients of the weights and hands back those of the step's input and hidden state. */
  backward(trace: GruTrace, nextGradient: Matrix): { readonly input: Matrix; readonly hidden: Matrix }
}

export function createGruCell(inputs: number, width: number, rng: Rng, space: Space): GruCell {
  const heard = createDenseLayer(inputs, 3 * width, rng, space)
  const remembered = createDenseLayer(width, 3 * width, rng, space)
  return {
    parameters: [...heard.parameters, ...remembered.parameters],
    forward: (input, hidden) => {
      const gates = heard.forward(input)
      const recalled = batchMatrix(input.rowCount, width, space)
      const next = batchMatrix(input.rowCount, width, space)
      bendGates(gates.values, remembered.forward(hidden).values, hidden.values, recalled.values, next.values, width)
      return { input, hidden, gates, recalled, next }
    },
    backward: (trace, nextGradient) => {
      const { rowCount } = nextGradient
      const heardGradient = batchMatrix(rowCount, 3 * width, space)
      const rememberedGradient = batchMatrix(rowCount, 3 * width, space)
      gateGradients(trace, nextGradient.values, heardGradient.values, rememberedGradient.values, width)
      heard.addGradient(trace.input, heardGradient)
      remembered.addGradient(trace.hidden, rememberedGradient)
      const hidden = remembered.inputGradient(rememberedGradient)
      addKept(trace, nextGradient.values, hidden.values, width)
      return { input: heard.inputGradient(heardGradient), hidden }
    },
  }
}

/** `gates` holds the sums from the input and becomes r, z, c. */
function bendGates(
  gates: Floats,
  fromHidden: Floats,
  hidden: Floats,
  recalled: Floats,
  next: Floats,
  width: number,
): void {
  for (let at = 0; at < next.length; at++) {
    const r = Math.floor(at / width) * 3 * width + (at % width)
    const z = r + width
    const c = z + width
    gates[r] = sigmoid(gates[r] + fromHidden[r])
    gates[z] = sigmoid(gates[z] + fromHidden[z])
    recalled[at] = fromHidden[c]
    gates[c] = Math.tanh(gates[c] + gates[r] * fromHidden[c])
    next[at] = (1 - gates[z]) * gates[c] + gates[z] * hidden[at]
  }
}

/** The gradients of the sums from the input and of those from the hidden state: they differ in the block c. */
function gateGradients(
  { gates: { values: gates }, recalled, hidden }: GruTrace,
  next: Floats,
  heard: Floats,
  remembered: Floats,
  width: number,
): void {
  for (let at = 0; at < next.length; at++) {
    const r = Math.floor(at / width) * 3 * width + (at % width)
    const z = r + width
    const c = z + width
    heard[c] = next[at] * (1 - gates[z]) * (1 - gates[c] * gates[c])
    heard[z] = next[at] * (hidden.values[at] - gates[c]) * gates[z] * (1 - gates[z])
    heard[r] = heard[c] * recalled.values[at] * gates[r] * (1 - gates[r])
    remembered[r] = heard[r]
    remembered[z] = heard[z]
    remembered[c] = heard[c] * gates[r]
  }
}

/** What of the hidden state went straight through. */
function addKept({ gates }: GruTrace, next: Floats, hiddenGradient: Floats, width: number): void {
  for (let at = 0; at < next.length; at++) {
    hiddenGradient[at] += next[at] * gates.values[Math.floor(at / width) * 3 * width + width + (at % width)]
  }
}
