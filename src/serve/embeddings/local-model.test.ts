import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalModel } from './local-model.ts'
import { writeModel } from './onnx-fixture.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'haggle-model-'))
  writeModel(folder, { query: [0, 0, 4], sofa: [3, 0, 0], couch: [2, 0, 0], lamp: [0, 1, 0] })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('an ONNX model of this machine', () => {
  it('gives a unit vector for each text in order, the mean of its tokens, however long the others are', async () => {
    const embed = createLocalModel({ folder, pooling: 'mean' })
    const texts = ['sofa', 'Couch lamp', 'lamp', 'sofa sofa lamp', 'word', ...Array<string>(20).fill('couch')]
    const vectors = (await embed(texts, 1)).map((vector) => [...vector].map((each) => Math.round(each * 1e6) / 1e6))
    const slope = (up: number, aside: number) => [aside, up, 0].map((each) => each / Math.hypot(up, aside))
    expect(vectors.slice(0, 3)).toEqual([[1, 0, 0], slope(1, 2).map((x) => Math.round(x * 1e6) / 1e6), [0, 1, 0]])
    expect(vectors[3][0] / vectors[3][1]).toBeCloseTo(6, 4)
    expect(vectors[4]).toEqual([0, 0, 0])
    expect(vectors.slice(5)).toEqual(Array(20).fill([1, 0, 0]))
  })

  it('takes the first token where it was trained so, and no more tokens than it was made for', async () => {
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ model_max_length: 4 }))
    const first = await createLocalModel({ folder, pooling: 'first' })(['lamp sofa sofa'], 1)
    expect([...first[0]]).toEqual([0, 1, 0])
    const other = mkdtempSync(join(tmpdir(), 'haggle-model-'))
    writeModel(other, { sofa: [3, 0, 0], lamp: [0, 3, 0] })
    writeFileSync(join(other, 'tokenizer_config.json'), JSON.stringify({ model_max_length: 4 }))
    const [cut] = await createLocalModel({ folder: other, pooling: 'mean' })([`${'sofa '.repeat(50)} lamp`], 1)
    expect(cut[0] / cut[1]).toBeCloseTo(3)
    rmSync(other, { recursive: true })
  })

  it('says what is wrong with a folder, and with a file that is no model, and is asked again', async () => {
    expect(() => createLocalModel({ folder: join(folder, 'none'), pooling: 'mean' })).toThrow(/folder: .*none lacks/)
    const broken = mkdtempSync(join(tmpdir(), 'haggle-model-'))
    writeModel(broken, { sofa: [1, 0] })
    writeFileSync(join(broken, 'onnx', 'model.onnx'), 'no model')
    const embed = createLocalModel({ folder: broken, pooling: 'mean' })
    const refused = { code: 'unavailable', message: expect.stringMatching(/embedding model failed/) as string }
    await expect(embed(['sofa'], 1)).rejects.toMatchObject(refused)
    await expect(embed(['sofa'], 1)).rejects.toMatchObject(refused)
    rmSync(broken, { recursive: true })
  })
})
