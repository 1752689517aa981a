/** Rules: written in a form, seen at work before they are saved. */
import { Checkbox, Group, SimpleGrid, Stack, TagsInput, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { ask, type Entry } from '../../api.ts'
import { Choice } from '../../pieces/choice.tsx'
import { Part } from '../../pieces/page.tsx'
import { Loaded } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAct, useAsked, useIndex } from '../../queries.ts'
import { DraftPreview } from './draft-preview.tsx'
import { EntryActions, EntryList } from './entry-list.tsx'
import { Pairs } from './pairs.tsx'
import { anchorings, newRule, readRule, type RuleForm, writeRule } from './rule-form.ts'

const most = 1000

export function Rules({ about }: { about: string | null }) {
  const { say } = useText()
  const index = useIndex()
  const saved = useAsked('POST /1/indexes/:index/rules/search', {
    path: { index },
    body: { query: '', hitsPerPage: most },
  })
  const [form, setForm] = useState<RuleForm | null>(about === null ? null : newRule(about))
  return (
    <Loaded query={saved}>
      {({ hits }) => (
        <Stack>
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <EntryList
              title={say('rules')}
              none={{ title: say('noRules'), next: say('noRulesNext') }}
              hits={hits}
              listed={(hit) => listed(hit, say('typedWords'))}
              chosen={form?.objectID ?? null}
              choose={(hit) => setForm(readRule(hit))}
              add={{ name: say('newRule'), act: () => setForm(newRule(about)) }}
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
          <Preview key={form?.objectID ?? ''} form={form} saved={hits} about={about} change={setForm} />
        </Stack>
      )}
    </Loaded>
  )
}

function listed(hit: Entry, typed: string) {
  const { description, pattern, anchoring, enabled } = readRule(hit)
  const note = pattern === '' ? '' : `${typed}: ${pattern} (${anchoring})`
  return { name: description || hit.objectID, note, off: !enabled }
}

function Preview(props: {
  form: RuleForm | null
  saved: readonly Entry[]
  about: string | null
  change: (form: RuleForm) => void
}) {
  const { say } = useText()
  const { form, saved, change } = props
  const written = useMemo(() => (form === null ? null : writeRule(form)), [form])
  const draft = useMemo(() => {
    if (form === null || written === null) return {}
    const contexts = form.context === '' ? {} : { ruleContexts: [form.context] }
    // A rule that only stands there does nothing yet.
    const idle = !saved.some(({ objectID }) => objectID === form.objectID) && isIdle(form)
    return idle ? {} : { rules: [written], ...contexts }
  }, [form, written, saved])
  const act =
    form === null
      ? []
      : [
          {
            label: say('pinIt'),
            on: (id: string) => {
              const others = form.pins.filter(([each]) => each !== id)
              change({ ...form, pins: [...others, [id, '1']], hides: form.hides.filter((each) => each !== id) })
            },
          },
          {
            label: say('hideIt'),
            on: (id: string) => {
              const pins = form.pins.filter(([each]) => each !== id)
              change({ ...form, pins, hides: [...new Set([...form.hides, id])] })
            },
          },
        ]
  return <DraftPreview draft={draft} about={props.about ?? form?.pattern ?? ''} act={act} />
}

function isIdle({ pins, hides, boosts, filter, replaces }: RuleForm): boolean {
  return pins.length + hides.length + boosts.length + replaces.length === 0 && filter.trim() === ''
}

function Editor({
  form,
  isSaved,
  change,
}: {
  form: RuleForm
  isSaved: boolean
  change: (form: RuleForm | null) => void
}) {
  const { say } = useText()
  const index = useIndex()
  const path = { index, id: form.objectID }
  const save = useAct(() => ask('PUT /1/indexes/:index/rules/:id', { path, body: writeRule(form) }))
  const put = <Name extends keyof RuleForm>(name: Name, value: RuleForm[Name]) => {
    save.reset()
    change({ ...form, [name]: value })
  }
  const remove = async () => {
    await ask('DELETE /1/indexes/:index/rules/:id', { path })
    change(null)
  }
  return (
    <Part title={form.description || (isSaved ? form.objectID : say('newRule'))}>
      <Stack gap="sm">
        <TextInput
          label={say('ruleName')}
          value={form.description}
          onChange={(event) => put('description', event.currentTarget.value)}
        />
        <Group align="flex-end" wrap="nowrap">
          <TextInput
            label={say('pattern')}
            value={form.pattern}
            flex={1}
            onChange={(event) => put('pattern', event.currentTarget.value)}
          />
          <Choice
            label={say('anchoring')}
            w={140}
            data={anchorings.map((value) => ({ value, label: say(value) }))}
            value={form.anchoring}
            choose={(value) => put('anchoring', value)}
          />
        </Group>
        <Pairs
          label={say('pins')}
          first={say('productId')}
          second={say('placeNumber')}
          pairs={form.pins}
          fresh={['', '1']}
          change={(pairs) => put('pins', pairs)}
        />
        <TagsInput label={say('hides')} value={[...form.hides]} onChange={(value) => put('hides', value)} />
        <TagsInput label={say('boosts')} value={[...form.boosts]} onChange={(value) => put('boosts', value)} />
        <TextInput
          label={say('filter')}
          value={form.filter}
          classNames={{ input: 'mono' }}
          onChange={(event) => put('filter', event.currentTarget.value)}
        />
        <Pairs
          label={say('replaces')}
          first={say('wordBefore')}
          second={say('wordAfter')}
          pairs={form.replaces}
          fresh={['', '']}
          change={(pairs) => put('replaces', pairs)}
        />
        <Group grow>
          {(['from', 'until'] as const).map((name) => (
            <TextInput
              key={name}
              type="datetime-local"
              label={say(name === 'from' ? 'windowFrom' : 'windowUntil')}
              value={form[name]}
              onChange={(event) => put(name, event.currentTarget.value)}
            />
          ))}
        </Group>
        <TextInput
          label={say('context')}
          value={form.context}
          onChange={(event) => put('context', event.currentTarget.value)}
        />
        <Checkbox
          label={say('enabled')}
          checked={form.enabled}
          onChange={(event) => put('enabled', event.currentTarget.checked)}
        />
        <EntryActions
          name={form.description || form.objectID}
          save={{ ...save, mutate: () => save.mutate(undefined) }}
          remove={isSaved ? remove : null}
        />
      </Stack>
    </Part>
  )
}
