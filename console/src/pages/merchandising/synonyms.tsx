/** Synonyms: words that find what others find, seen at work before they are saved. */
import { SimpleGrid, Stack, TagsInput, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { ask, type Entry } from '../../api.ts'
import { Choice } from '../../pieces/choice.tsx'
import { Part } from '../../pieces/page.tsx'
import { Loaded } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAct, useAsked, useIndex } from '../../queries.ts'
import { DraftPreview } from './draft-preview.tsx'
import { EntryActions, EntryList } from './entry-list.tsx'

const types = ['synonym', 'onewaysynonym', 'altcorrection1', 'altcorrection2', 'placeholder'] as const
type Type = (typeof types)[number]

interface SynonymForm {
  readonly objectID: string
  readonly type: Type
  readonly word: string
  readonly words: readonly string[]
}

/** How the wire calls the one word and the others, by type. */
const parts: Readonly<Record<Type, { readonly word: string | null; readonly words: string }>> = {
  synonym: { word: null, words: 'synonyms' },
  onewaysynonym: { word: 'input', words: 'synonyms' },
  altcorrection1: { word: 'word', words: 'corrections' },
  altcorrection2: { word: 'word', words: 'corrections' },
  placeholder: { word: 'placeholder', words: 'replacements' },
}
const most = 1000

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function read(raw: Entry): SynonymForm {
  const type = types.find((each) => each === textOf(raw.type).toLowerCase()) ?? 'synonym'
  const { word, words } = parts[type]
  const others = raw[words]
  return {
    objectID: raw.objectID,
    type,
    word: word === null ? '' : textOf(raw[word]),
    words: Array.isArray(others) ? others.map(String) : [],
  }
}

function write({ objectID, type, word, words }: SynonymForm): Entry {
  const names = parts[type]
  return { objectID, type, [names.words]: words, ...(names.word === null ? {} : { [names.word]: word }) }
}

function fresh(about: string | null): SynonymForm {
  return { objectID: `synonym-${Date.now().toString(36)}`, type: 'synonym', word: '', words: about ? [about] : [] }
}

const isReady = ({ type, word, words }: SynonymForm) =>
  parts[type].word === null ? words.length > 1 : word.trim() !== '' && words.length > 0

export function Synonyms({ about }: { about: string | null }) {
  const { say } = useText()
  const index = useIndex()
  const body = { query: '', hitsPerPage: most }
  const saved = useAsked('POST /1/indexes/:index/synonyms/search', { path: { index }, body })
  const [form, setForm] = useState<SynonymForm | null>(about === null ? null : fresh(about))
  // How words are read changes with a placeholder: it shows once saved.
  const draft = useMemo(
    () => (form !== null && isReady(form) && form.type !== 'placeholder' ? { synonyms: [write(form)] } : {}),
    [form],
  )
  return (
    <Loaded query={saved}>
      {({ hits }) => (
        <Stack>
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <EntryList
              title={say('synonyms')}
              none={{ title: say('noSynonyms'), next: say('noSynonymsNext') }}
              hits={hits}
              listed={(hit) => {
                const { type, word, words } = read(hit)
                return { name: [word, ...words].filter(Boolean).join(', '), note: say(type), off: false }
              }}
              chosen={form?.objectID ?? null}
              choose={(hit) => setForm(read(hit))}
              add={{ name: say('newSynonym'), act: () => setForm(fresh(null)) }}
            />
            {form === null ? null : (
              <Editor
                key={form.objectID}
                form={form}
                isSaved={hits.some(({ objectID }) => objectID === form.objectID)}
                change={setForm}
              />
            )}
          </SimpleGrid>
          <DraftPreview draft={draft} about={about ?? ''} />
        </Stack>
      )}
    </Loaded>
  )
}

function Editor(props: { form: SynonymForm; isSaved: boolean; change: (form: SynonymForm | null) => void }) {
  const { say } = useText()
  const index = useIndex()
  const { form, isSaved, change } = props
  const path = { index, id: form.objectID }
  const save = useAct(() => ask('PUT /1/indexes/:index/synonyms/:id', { path, body: write(form) }))
  const put = (some: Partial<SynonymForm>) => {
    save.reset()
    change({ ...form, ...some })
  }
  const remove = async () => {
    await ask('DELETE /1/indexes/:index/synonyms/:id', { path })
    change(null)
  }
  const name = [form.word, ...form.words].filter(Boolean).join(', ') || say('newSynonym')
  return (
    <Part title={name}>
      <Stack gap="sm">
        <Choice
          label={say('synonymType')}
          data={types.map((value) => ({ value, label: say(value) }))}
          value={form.type}
          choose={(type) => put({ type })}
        />
        {parts[form.type].word === null ? null : (
          <TextInput
            label={say('word')}
            value={form.word}
            onChange={(event) => put({ word: event.currentTarget.value })}
          />
        )}
        <TagsInput label={say('otherWords')} value={[...form.words]} onChange={(words) => put({ words })} />
        <EntryActions
          name={name}
          save={{ ...save, mutate: () => save.mutate(undefined) }}
          remove={isSaved ? remove : null}
          ready={isReady(form)}
        />
      </Stack>
    </Part>
  )
}
