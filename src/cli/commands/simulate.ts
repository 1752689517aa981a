/** `haggle simulate`: a shop that never was, with shoppers that have tastes, as files the importer takes. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { createWorld } from '../../simulate/world.ts'
import { writeShop } from '../../simulate/write-shop.ts'
import { createBars, print } from '../terminal.ts'
import { wholeNumber } from './recommend.ts'

interface Options {
  seed: string
  products: number
  shoppers: number
  days: number
  out: string
}

export function simulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('make a seeded shop: catalogue.jsonl, events.jsonl and what was planted in them')
    .option('--seed <seed>', 'the same seed makes the same shop', '7')
    .option('--products <n>', 'how many products', wholeNumber, 3000)
    .option('--shoppers <n>', 'how many shoppers', wholeNumber, 800)
    .option('--days <n>', 'how many days of history', wholeNumber, 120)
    .option('--out <folder>', 'where the files go', 'simulated-shop')
    .action(async ({ out, ...options }: Options) => {
      const bars = createBars()
      const shop = await writeShop(createWorld(options), resolve(out), { progress: bars })
      bars.stop()
      const next = `haggle import ${shop.files.join(' ')}`
      print(shop, `${shop.products} products and ${shop.rows} events in ${out}. Next: ${next}`)
    })
}
