/**
 * A folder with a model that knows a few words: one row of numbers a word (`Gather`), as an ONNX file written byte by
 * byte in the wire format of protocol buffers (field numbers of onnx.proto3), and the tokenizer for it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest & 127) | 128)
  }
}
const number = (field: number, value: number) => Buffer.concat([varint(field << 3), varint(value)])
const bytes = (field: number, ...parts: (Buffer | string)[]) => {
  const all = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  return Buffer.concat([varint((field << 3) | 2), varint(all.length), all])
}

const [float, int64] = [1, 7]
const value = (name: string, type: number, sizes: readonly string[]) => {
  const shape = bytes(2, ...sizes.map((size) => bytes(1, bytes(2, size))))
  return Buffer.concat([bytes(1, name), bytes(2, bytes(1, number(1, type), shape))])
}

function gatherModel(rows: readonly (readonly number[])[]): Buffer {
  const table = Buffer.from(Float32Array.from(rows.flat()).buffer)
  const graph = [
    bytes(1, bytes(1, 'table'), bytes(1, 'input_ids'), bytes(2, 'last_hidden_state'), bytes(4, 'Gather')),
    bytes(2, 'words'),
    bytes(5, number(1, rows.length), number(1, rows[0].length), number(2, float), bytes(8, 'table'), bytes(9, table)),
    bytes(11, value('input_ids', int64, ['texts', 'tokens'])),
    bytes(11, value('attention_mask', int64, ['texts', 'tokens'])),
    bytes(12, value('last_hidden_state', float, ['texts', 'tokens', 'width'])),
  ]
  return Buffer.concat([number(1, 8), bytes(8, number(2, 13)), bytes(7, ...graph)])
}

/** `words` by what they mean; any other word means nothing. */
export function writeModel(folder: string, words: Readonly<Record<string, readonly number[]>>): void {
  const vocab = Object.fromEntries(['[UNK]', ...Object.keys(words)].map((word, at) => [word, at]))
  const rows = [Object.values(words)[0].map(() => 0), ...Object.values(words)]
  mkdirSync(join(folder, 'onnx'), { recursive: true })
  writeFileSync(join(folder, 'onnx', 'model.onnx'), gatherModel(rows))
  const tokenizer = {
    ...{ version: '1.0', truncation: null, padding: null, added_tokens: [] },
    ...{
      normalizer: { type: 'Lowercase' },
      pre_tokenizer: { type: 'Whitespace' },
      post_processor: null,
      decoder: null,
    },
    model: {
      type: 'WordPiece',
      vocab,
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
    },
  }
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
}
