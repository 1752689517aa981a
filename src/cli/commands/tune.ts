/** `haggle tune`: better settings for the models, found on the shop's own data, or the defaults where none are surely better. */
import { type Command, InvalidArgumentError } from 'commander'
import { describeShopTuning, describeTuned, type ShopTuning, type TunedSettings } from '../../engine.ts'
import { openSession, perform } from '../session.ts'
import { print } from '../terminal.ts'

interface Options {
  readonly model?: string[]
  readonly surface?: string[]
  readonly fits?: number
  readonly minutes?: number
  readonly undo?: boolean
}

export function tuneCommand(program: Command): void {
  program
    .command('tune')
    .description('look for better settings of the models; the next training uses what is surely better')
    .option('--model <names...>', 'only these models (default: those of training.models)')
    .option('--surface <names...>', 'only these surfaces (default: all that are trained)')
    .option('--fits <count>', 'at most so many fits on each model of each surface (default: 24)', count)
    .option('--minutes <minutes>', 'instead: so many minutes in all', positive)
    .option('--undo', 'go back to the defaults')
    .action(async ({ model, surface, fits, minutes, undo }: Options, command: Command) => {
      const session = openSession(command)
      if (undo === true) {
        const before = (await perform(session, 'untune', {})) as TunedSettings
        print(before, describeUndo(before))
        return
      }
      const budget = minutes === undefined ? fits && { fits } : { minutes }
      const asked = {
        ...(model && { models: model }),
        ...(surface && { surfaces: surface }),
        ...(budget && { budget }),
      }
      const tuning = (await perform(session, 'tune', asked)) as ShopTuning
      print(tuning, describeShopTuning(tuning))
    })
}

function describeUndo(before: TunedSettings): string {
  const lines = Object.entries(before).flatMap(([surface, found]) =>
    describeTuned(found).map((line) => `  ${surface}: no more ${line}`),
  )
  if (lines.length === 0) return 'There was nothing to undo: no settings had been found.'
  return ['The next `haggle train` uses the defaults and the configuration again:', ...lines].join('\n')
}

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1.')
  return value
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('expected a number above 0.')
  return value
}
