/**
 * Where a thread that learns begins. Plain JavaScript, so that it starts as it stands from the sources, where Node must
 * first be taught TypeScript, and from `dist`, where the compiler has put .js for .ts below.
 */
import { existsSync } from 'node:fs'

if (existsSync(new URL('./learning-tasks.ts', import.meta.url))) (await import('tsx/esm/api')).register()
await import('./learning-tasks.ts')
