/**
 * The memory of one item table and the kernels that run on it.
 *
 * One after the other, each beginning at a multiple of 64: the rows, padded to whole 16 bytes; their scales (int8); the
 * bias; and the desk on which a question is laid and answered: vector, sums, scores, mask, heap, history. All of it is
 * of fixed size, so that the memory never grows and its views stay valid; pages cost nothing until they are written.
 */
import { HaggleError } from '../domain/errors.ts'
import { binaryOf } from './backend.ts'
import type { Precision, TableOperations, TableParts } from './item-table-parts.ts'
import { wasmBinaries } from './wasm-binaries.ts'
import { toBytes } from './vector-bytes.ts'

/** History entries laid out at a time. */
const entriesAtOnce = 1024
const pageBytes = 65_536

export interface WasmTable {
  readonly parts: TableParts
  readonly operations: TableOperations
}

type Kernels = Readonly<Record<string, (...values: number[]) => number>>
const modules = new Map<string, WebAssembly.Module>()

export function openWasmTable(name: 'fma' | 'simd', rowCount: number, width: number, precision: Precision): WasmTable {
  const bytes = precision === 'int8'
  const rowBytes = Math.ceil((bytes ? width : 4 * width) / 16) * 16
  const stride = bytes ? rowBytes : rowBytes / 4
  const places = layout({
    cells: rowCount * rowBytes,
    scales: bytes ? 4 * rowCount : 0,
    bias: 4 * rowCount,
    vector: 4 * stride,
    sums: 4 * stride,
    scores: 4 * rowCount,
    skip: rowCount,
    bestScores: 4 * rowCount,
    bestRows: 4 * rowCount,
    rows: 4 * entriesAtOnce,
    strengths: 4 * entriesAtOnce,
  })
  const { kernels, buffer } = instantiate(name, places.end)
  const floats = (at: number, length: number) => new Float32Array(buffer, at, length)
  const scales = bytes ? floats(places.scales, rowCount) : null
  const bias = floats(places.bias, rowCount)
  const cells = bytes ? new Int8Array(buffer, places.cells, rowCount * stride) : floats(places.cells, rowCount * stride)
  const parts = { rowCount, width, stride, cells, scales, bias }
  return { parts, operations: operationsOn(kernels, buffer, places, rowBytes, parts) }
}

type Part =
  | 'cells'
  | 'scales'
  | 'bias'
  | 'vector'
  | 'sums'
  | 'scores'
  | 'skip'
  | 'bestScores'
  | 'bestRows'
  | 'rows'
  | 'strengths'

/** The address of each part. The first 64 bytes stay empty: address 0 stands for "none". */
function layout(sizes: Readonly<Record<Part, number>>): Record<Part | 'end', number> {
  const places: Partial<Record<Part, number>> = {}
  let end = 64
  for (const [part, size] of Object.entries(sizes)) {
    places[part as Part] = end
    end += Math.ceil(size / 64) * 64
  }
  return { ...(places as Record<Part, number>), end }
}

function instantiate(name: 'fma' | 'simd', bytes: number): { kernels: Kernels; buffer: ArrayBuffer } {
  const pages = Math.ceil(bytes / pageBytes)
  const memory = memoryOf(pages)
  const module = modules.get(name) ?? new WebAssembly.Module(binaryOf(wasmBinaries[name]))
  modules.set(name, module)
  const abort = () => {
    throw new Error('A kernel aborted.')
  }
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } })
  return { kernels: exports as Kernels, buffer: memory.buffer }
}

function memoryOf(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages })
  } catch (error) {
    const megabytes = Math.ceil((pages * pageBytes) / 2 ** 20)
    const advice =
      'Choose a smaller model (factors, widths), or leave rare items out (preprocess.minimumEventsPerItem).'
    throw new HaggleError('too-little-memory', `A table of ${megabytes} MiB finds no room. ${advice}`, { cause: error })
  }
}

function operationsOn(
  kernels: Kernels,
  buffer: ArrayBuffer,
  places: Record<Part, number>,
  rowBytes: number,
  { rowCount, width, scales }: TableParts,
): TableOperations {
  const { itemByteCombine, itemByteDots, itemCombine, itemDots, pickBest, sortBest } = kernels
  const vectorFloats = new Float32Array(buffer, places.vector, width)
  const vectorBytes = new Int16Array(buffer, places.vector, width)
  const scoresHere = new Float32Array(buffer, places.scores, rowCount)
  const skipHere = new Uint8Array(buffer, places.skip, rowCount)
  const sumsHere = new Float32Array(buffer, places.sums, width)
  const rowsHere = new Int32Array(buffer, places.rows, entriesAtOnce)
  const strengthsHere = new Float32Array(buffer, places.strengths, entriesAtOnce)

  const score: (vector: Float32Array | Float64Array) => void =
    scales === null
      ? (vector) => {
          vectorFloats.set(vector)
          itemDots(places.cells, rowBytes, places.vector, places.bias, places.scores, 0, rowCount)
        }
      : (vector) => {
          const by = toBytes(vector, 0, width, vectorBytes, 0)
          const { cells, scales: factors, vector: from, bias, scores } = places
          itemByteDots(cells, rowBytes, factors, from, by, bias, scores, 0, rowCount)
        }
  const add =
    scales === null
      ? (count: number) => itemCombine(places.cells, rowBytes, places.rows, places.strengths, count, places.sums)
      : (count: number) =>
          itemByteCombine(places.cells, rowBytes, places.scales, places.rows, places.strengths, count, places.sums)

  return {
    dots: (vector, scores) => {
      score(vector)
      scores.set(scoresHere)
    },
    best: (vector, k, skip) => {
      score(vector)
      if (skip !== null) skipHere.set(skip)
      const { scores, bestScores, bestRows } = places
      const mask = skip === null ? 0 : places.skip
      const size = pickBest(scores, mask, Math.min(k, rowCount), bestScores, bestRows, 0, 0, rowCount)
      sortBest(bestScores, bestRows, size)
      return {
        rows: new Int32Array(buffer, bestRows, size).slice(),
        scores: new Float32Array(buffer, bestScores, size).slice(),
      }
    },
    combine: (rows, strengths, sums) => {
      sumsHere.set(sums)
      for (let from = 0; from < rows.length; from += entriesAtOnce) {
        const to = Math.min(rows.length, from + entriesAtOnce)
        rowsHere.set(rows.subarray(from, to))
        strengthsHere.set(strengths.subarray(from, to))
        add(to - from)
      }
      sums.set(sumsHere)
    },
  }
}
