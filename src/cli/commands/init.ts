/** `haggle init`: a configuration file to start from. */
import { existsSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { defaultConfig } from '../../base/config.ts'
import { HaggleError } from '../../domain/errors.ts'
import { print } from '../terminal.ts'

const usualFile = 'haggle.config.json'

export function initCommand(program: Command): void {
  program
    .command('init')
    .description(`write ${usualFile} (or the file of --config) with every setting and its default`)
    .option('--force', 'replace a file that is there')
    .action((options: { force?: boolean }, command: Command) => {
      const file = command.optsWithGlobals<{ config?: string }>().config ?? usualFile
      if (existsSync(file) && options.force !== true) {
        throw new HaggleError('bad-request', `${file} is already here; --force replaces it.`)
      }
      writeFileSync(file, `${JSON.stringify(defaultConfig(), null, 2)}\n`)
      print({ file }, `Wrote ${file}. Next: haggle import <files>, haggle train, haggle serve.`)
    })
}
