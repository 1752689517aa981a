/** Finds out what a file holds: from its name, its columns and its first rows. */
import { HaggleError } from '../../domain/errors.ts'
import { type ImportMapping, readMapping } from './mapping.ts'
import { type Preset, presets, type Shape } from './presets.ts'
import type { FileSample } from './sample-file.ts'

export interface Recognised {
  /** `null` for a mapping of one's own. */
  readonly preset: string | null
  readonly mapping: ImportMapping
}

export function detectPreset(sample: FileSample, among: readonly Preset[] = presets): Recognised | null {
  for (const preset of among) {
    const shape = preset.shapes.find((each) => fits(each, sample))
    if (shape !== undefined) return { preset: preset.name, mapping: shape.mapping }
  }
  return null
}

function fits({ file, columns, fits: looks }: Shape, sample: FileSample): boolean {
  if (file !== undefined && !file.test(sample.name)) return false
  if (columns !== undefined && !columns.every((column) => sample.columns.includes(column))) return false
  return looks === undefined || looks(sample)
}

/**
 * The mapping of a file: the one given, the shape of the preset given, or whatever preset knows its shape.
 * @throws `bad-request` with the columns that were found where nothing fits.
 */
export function recognise(sample: FileSample, given: unknown): Recognised {
  if (given !== undefined && typeof given !== 'string') return { preset: null, mapping: readMapping(given) }
  const among = given === undefined ? presets : presets.filter((preset) => preset.name === given)
  if (among.length === 0) {
    throw new HaggleError('bad-request', `There is no preset "${given}". There are: ${names(presets)}.`)
  }
  const found = detectPreset(sample, among)
  if (found !== null) return found
  const looked = given === undefined ? 'like none of the shapes Haggle knows' : `like no file of preset ${given}`
  const columns = sample.columns.slice(0, 20).join(', ')
  throw new HaggleError(
    'bad-request',
    `${sample.name} looks ${looked}${columns === '' ? '' : ` (columns: ${columns})`}. Say what its columns mean with a mapping such as {"events": {"user": "…", "item": "…", "type": {"value": "view"}, "time": {"column": "…", "format": "iso"}}} or {"items": {"id": "…", "attributes": {"title": "…"}}}, or name a preset: ${names(presets)}.`,
  )
}

function names(list: readonly Preset[]): string {
  return list.map((preset) => preset.name).join(', ')
}
