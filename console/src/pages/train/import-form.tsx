/** Files into the shop: from this computer or from the server's, checked first where one likes. */
import { Button, Checkbox, FileInput, Group, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ask } from '../../api.ts'
import { Part } from '../../pieces/page.tsx'
import { Problem } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAct, useTarget } from '../../queries.ts'

export function ImportForm() {
  const { say } = useText()
  const index = useTarget()
  const [files, setFiles] = useState<File[]>([])
  const [paths, setPaths] = useState('')
  const [preset, setPreset] = useState('')
  const [dryRun, setDryRun] = useState(false)
  const start = useAct(async () => {
    const uploaded: string[] = []
    for (const file of files) {
      const { path } = await ask('PUT /haggle/v1/uploads/:name', { path: { name: file.name }, body: file })
      uploaded.push(path)
    }
    const all = [
      ...uploaded,
      ...paths
        .split('\n')
        .map((path) => path.trim())
        .filter(Boolean),
    ]
    const sources = all.map((path) => ({ path, ...(preset === '' ? {} : { mapping: preset }) }))
    return ask('POST /haggle/v1/jobs', { body: { kind: 'import', index, options: { files: sources, dryRun } } })
  })
  const none = files.length === 0 && paths.trim() === ''
  return (
    <Part title={say('importFiles')}>
      <Stack gap="sm">
        <FileInput label={say('chooseFiles')} value={files} onChange={setFiles} multiple clearable />
        <Textarea
          label={say('serverPath')}
          value={paths}
          onChange={(event) => setPaths(event.currentTarget.value)}
          autosize
          minRows={2}
          classNames={{ input: 'mono' }}
        />
        <TextInput label={say('preset')} value={preset} onChange={(event) => setPreset(event.currentTarget.value)} />
        <Checkbox label={say('dryRun')} checked={dryRun} onChange={(event) => setDryRun(event.currentTarget.checked)} />
        <Problem error={start.error} />
        <Group>
          <Button onClick={() => start.mutate(undefined)} loading={start.isPending} disabled={none}>
            {say('startImport')}
          </Button>
        </Group>
      </Stack>
    </Part>
  )
}
